"""Two ends of TCP connections that do what they are told."""

import hashlib
import json
from time import monotonic, sleep
from typing import Any

from traffic_labs import in_lab

from wirelab.emulator import Lab
from wirelab.topologies.routed import Routed
from wirelab.traffic.daemon import Place, Running, start
from wirelab.traffic.tcp_peers import (
    DRAIN,
    FINISH,
    RESET,
    WAIT,
    Talk,
    TcpCaller,
    TcpListener,
    receive,
    send,
    tell,
)

PORT = 7000


def _connection(text: str = "", error: str = "") -> dict[str, Any]:
    seen = text.encode()
    return {"received": len(seen), "sha256": hashlib.sha256(seen).hexdigest(), "error": error}


def _connections(peer: Running, count: int) -> Any:
    """What a peer says of its connections, as soon as `count` are over."""
    deadline = monotonic() + 10
    while len(told := peer.facts()["connections"]) < count and monotonic() < deadline:  # type: ignore[arg-type]  # facts are for JSON
        sleep(0.005)
    return told


def _talk(listener: tuple[Talk, ...], caller: tuple[Talk, ...], *, told: bool = False) -> Any:
    def work(lab: Lab) -> Any:
        s = start(lab, lab["s"], TcpListener(PORT, listener))
        c = start(lab, lab["c"], TcpCaller(lab["s"].ip(), PORT, caller))
        before = len(s.facts()["connections"])  # type: ignore[arg-type]  # facts are for JSON
        if told:
            tell(s)
        return before, _connections(s, len(listener)), _connections(c, len(caller))

    return in_lab(Routed(), work)


def test_both_ends_hear_what_the_other_says() -> None:
    asked = (send("hello"), receive(3))
    _, s, c = _talk(((receive(5), send("hi!")), (DRAIN,)), (asked, (send("again"),)))
    assert s == [_connection("hello"), _connection("again")]
    assert c == [_connection("hi!"), _connection()]


def test_one_direction_can_end_before_the_other() -> None:
    _, s, c = _talk(((DRAIN, send("all of it")),), ((send("done"), FINISH, DRAIN),))
    assert (s, c) == ([_connection("done")], [_connection("all of it")])


def test_a_connection_that_is_broken_off_is_an_error_of_the_other_end() -> None:
    _, s, _ = _talk(((DRAIN,),), ((RESET,),))
    assert s == [_connection(error="ECONNRESET")]


def test_who_waits_goes_on_when_told() -> None:
    before, s, c = _talk(((WAIT, send("at last")),), ((DRAIN,),), told=True)
    assert (before, s, c) == (0, [_connection()], [_connection("at last")])


def test_a_connection_that_is_under_way_at_the_end_is_told() -> None:
    def work(lab: Lab) -> Any:
        s = start(lab, lab["s"], TcpListener(PORT, ((receive(1), send("y"), WAIT),)))
        c = start(lab, lab["c"], TcpCaller(lab["s"].ip(), PORT, ((send("x"), receive(1)),)))
        _connections(c, 1)
        before = s.facts()["connections"]
        s.stop()
        return before, s.facts()["connections"]

    assert in_lab(Routed(), work) == ([], [_connection("x")])


def test_it_works_with_one_user_id(play: Any) -> None:
    def work(lab: Lab) -> Any:
        s = start(lab, lab["s"], TcpListener(PORT, ((WAIT, DRAIN),)))
        start(lab, lab["c"], TcpCaller(lab["s"].ip(), PORT, ((send("x"),),)))
        tell(s)
        return _connections(s, 1)

    assert play(Routed(), work) == [_connection("x")]


def test_orders_are_written_down(place: Place) -> None:
    caller = TcpCaller("10.0.0.1", PORT, ((send("x"), WAIT),), receive_buffer=4096)
    (orders,) = caller.files(place).values()
    assert json.loads(orders) == {
        "listens": False,
        "address": "10.0.0.1",
        "port": PORT,
        "talks": [[["send", "x"], ["wait", ""]]],
        "receive_buffer": 4096,
    }
    assert not caller.ready(place, frozenset())
