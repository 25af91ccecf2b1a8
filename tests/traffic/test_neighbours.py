"""What a kernel says of its neighbours."""

from typing import Any

import pytest
from traffic_labs import in_lab

from wirelab.emulator import CommandFailed, Lab
from wirelab.topologies.lan import Lan
from wirelab.traffic.clients import Neighbour, await_neighbour, neighbours, ping
from wirelab.traffic.clients.neighbours import parse_neighbours

SAID = """[{"dst":"192.168.10.9","dev":"c-eth0","state":["FAILED"]},
{"dst":"192.168.10.1","dev":"c-eth0","lladdr":"02:00:00:00:00:01","state":["REACHABLE"]}]"""


def test_entries_are_read_by_address() -> None:
    assert parse_neighbours(SAID) == (
        Neighbour("192.168.10.1", "02:00:00:00:00:01", "REACHABLE", "c-eth0"),
        Neighbour("192.168.10.9", "", "FAILED", "c-eth0"),
    )


def test_an_empty_table_is_read() -> None:
    assert parse_neighbours("") == parse_neighbours("[]") == ()


def test_a_neighbour_is_known_after_a_ping(play: Any) -> None:
    def work(lab: Lab) -> tuple[tuple[Neighbour, ...], Neighbour, str]:
        c, s = lab["c"], lab["s"]
        before = neighbours(c)
        ping(c, s.ip())
        return before, await_neighbour(c, s.ip(), "REACHABLE"), s.mac()

    before, found, mac = play(Lan(), work)
    assert before == ()
    assert (found.mac, found.interface) == (mac, "c-eth0")


def test_what_does_not_come_is_an_error_that_tells_what_there_is() -> None:
    def work(lab: Lab) -> None:
        await_neighbour(lab["c"], lab["s"].ip(), "FAILED", timeout=0.1)

    with pytest.raises(CommandFailed, match=r"192\.168\.10\.1 is not FAILED within 0\.1 s"):
        in_lab(Lan(), work)
