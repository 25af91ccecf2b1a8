"""Conversations between hosts of a lab, by real sockets: what was recorded arrives."""

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest
from frames import MS
from recorded_talks import (
    ACK,
    FIN,
    RST,
    C,
    Connection,
    Recorder,
    S,
    odd_capture,
    packet,
    write_pcap,
)

from wirelab.emulator import Lab, sandbox
from wirelab.topologies.routed import Routed
from wirelab.topologies.routed6 import Routed6
from wirelab.traffic.replay.conversations.options import TalkOptions
from wirelab.traffic.replay.conversations.orders import orders
from wirelab.traffic.replay.conversations.players import PlayerError
from wirelab.traffic.replay.conversations.prepared import Conversations, prepare
from wirelab.traffic.replay.errors import ReplayError
from wirelab.traffic.replay.kind import Judged, Played
from wirelab.verify import CaptureError

TOP_SPEED = TalkOptions(speed=None)


def prepared(
    recorder: Recorder, folder: Path, options: TalkOptions = TOP_SPEED, **topology: Any
) -> Conversations:
    path = folder / "recorded.pcap"
    path.write_bytes(write_pcap(recorder.frames))
    return prepare(path, Routed(**topology), options)


def replayed(
    conversations: Conversations, *, progress: Any = lambda done: None, **topology: Any
) -> tuple[Played, Judged]:
    def body() -> tuple[Played, Judged]:
        lab = Lab(Routed(**topology), taps=conversations.points)
        lab.start()
        played = conversations.play(lab, progress)
        lab.taps.stop()
        return played, conversations.judge(played, lab.taps.frames())

    answer: tuple[Played, Judged] = sandbox.call(body)
    return answer


def web(recorder: Recorder, size: int = 50_000) -> None:
    talk = Connection(recorder).open()
    talk.say(C, b"GET /one\r\n").say(S, bytes(range(250)) * (size // 250))
    talk.say(C, b"GET /two\r\n").say(S, b"second").close()


@pytest.mark.parametrize(
    "topology",
    [
        {},
        {"hops": 2, "mtu": 700, "delay": 10},
        {"lan_mtu": 600},
        {"hops": 2, "delay": 5, "loss": 5},
    ],
    ids=["plain", "slow with a small MTU", "small MTU at the client", "lossy"],
)
def test_both_streams_arrive_equal_whatever_the_topology(
    tmp_path: Path, topology: Mapping[str, Any]
) -> None:
    recorder = Recorder()
    web(recorder)
    conversations = prepared(recorder, tmp_path, **topology)
    played, judged = replayed(conversations, **topology)
    assert judged.problems == []
    assert (played.sent, played.otherwise) == (conversations.total, {})
    assert judged.details["streams_compared"] == 2


def test_thinking_takes_as_long_as_recorded_divided_by_the_speed(tmp_path: Path) -> None:
    recorder = Recorder()
    Connection(recorder).open().say(C, b"?", after=400 * MS).say(S, b"!", after=600 * MS).close()
    took = []
    for speed in (1.0, 10.0):
        played, judged = replayed(prepared(recorder, tmp_path, TalkOptions(speed=speed)))
        assert not judged.problems
        took.append(played.facts["conversations"][0]["sides"]["server"]["ended_s"])
        assert min(each["late_most_ns"] for each in _sides(played)) >= 0
    assert took[0] >= 1.0
    assert 0.1 <= took[1] < took[0]


def _sides(played: Played) -> list[Any]:
    return [side for talk in played.facts["conversations"] for side in talk["sides"].values()]


def test_a_half_closed_connection_goes_on_in_the_other_direction(tmp_path: Path) -> None:
    recorder = Recorder()
    talk = Connection(recorder).open().say(C, b"all")
    talk.segment(C, FIN | ACK)
    talk.say(S, b"reply" * 1000)
    talk.segment(S, FIN | ACK)
    played, judged = replayed(prepared(recorder, tmp_path))
    assert (judged.problems, played.otherwise) == ([], {})


def test_a_reset_comes_after_all_was_heard(tmp_path: Path) -> None:
    recorder = Recorder()
    talk = Connection(recorder).open().say(C, b"q").say(S, bytes(200_000))
    talk.segment(S, RST | ACK)
    conversations = prepared(recorder, tmp_path, delay=10)
    played, judged = replayed(conversations, delay=10)
    assert (judged.problems, played.otherwise) == ([], {})


def test_control_and_data_connections_keep_their_order(tmp_path: Path) -> None:
    recorder = Recorder()
    control = Connection(recorder, server=("10.0.0.2", 21)).open().say(C, b"PORT\r\n")
    control.say(S, b"200\r\n").say(C, b"RETR\r\n")
    active = Connection(recorder, client=("10.0.0.2", 20), server=("10.0.0.1", 4000))
    active.open().say(C, bytes(30_000)).close()
    control.say(S, b"226\r\n").close()
    played, judged = replayed(prepared(recorder, tmp_path, delay=5), delay=5)
    assert judged.problems == []
    one, other = played.facts["conversations"]
    assert other["hosts"] == ["s", "c"]
    opened, finished = (other["sides"]["client"][key] for key in ("began_s", "ended_s"))
    assert one["sides"]["client"]["began_s"] < opened < one["sides"]["client"]["ended_s"]
    assert finished < one["sides"]["client"]["ended_s"]


def test_both_sides_may_speak_at_once_and_much(tmp_path: Path) -> None:
    recorder = Recorder()
    talk = Connection(recorder).open()
    for _ in range(400):  # neither has heard the other: acknowledgments lag behind
        heard, talk.seqs[S] = talk.seqs[S], 5001
        talk.segment(C, ACK, bytes(1460))
        talk.seqs[S], sent = heard, talk.seqs[C]
        talk.seqs[C] = 1001
        talk.segment(S, ACK, bytes(1460))
        talk.seqs[C] = sent
    talk.segment(C, ACK)
    talk.segment(S, ACK)
    talk.close()
    conversations = prepared(recorder, tmp_path)
    assert conversations.total == 2
    assert replayed(conversations)[1].problems == []


@pytest.mark.parametrize("seed", range(6))
def test_any_conversations_arrive_equal(tmp_path: Path, seed: int) -> None:
    draw = Random(seed)
    recorder = Recorder()
    open_ones = [
        Connection(
            recorder, (f"10.0.0.{draw.randrange(1, 4)}", 40000 + n), ("10.0.1.1", 80 + n % 2)
        )
        for n in range(draw.randrange(1, 6))
    ]
    for each in open_ones:
        each.open(draw.randrange(5 * MS))
    for _ in range(draw.randrange(30)):
        size = draw.choice([1, 100, 1460, 5000, 100_000])
        draw.choice(open_ones).say(draw.choice([C, S]), draw.randbytes(size), after=0)
    for each in open_ones:
        how = draw.randrange(4)
        if how == 0:
            each.segment(draw.choice([C, S]), RST | ACK)
        elif how < 3:
            each.close(draw.choice([C, S]))
    topology = draw.choice([{}, {"hops": 2, "loss": 2, "delay": 2}, {"lan_mtu": 576}])
    conversations = prepared(recorder, tmp_path, **topology)
    played, judged = replayed(conversations, **topology)
    assert (judged.problems, played.otherwise) == ([], {})
    assert played.sent == conversations.total


@pytest.mark.parametrize("seed", range(8))
def test_what_an_odd_capture_has_whole_arrives_equal(tmp_path: Path, seed: int) -> None:
    recorder = odd_capture(seed)
    recorder.frames = [replace(frame, point="") for frame in recorder.frames]
    Connection(recorder, client=("10.0.9.9", 9)).open().say(C, b"at least this").close()
    skipping = TalkOptions(speed=None, incomplete="skip", patience=3)
    conversations = prepared(recorder, tmp_path, skipping)
    played, judged = replayed(conversations)
    assert judged.problems == []
    assert set(played.otherwise) <= {"skipped"}
    assert played.sent == conversations.total > 0


def test_many_connections_at_once(tmp_path: Path) -> None:
    recorder = Recorder()
    all_of_them = [
        Connection(recorder, (f"10.0.0.{n % 7 + 10}", 40000 + n), ("10.0.0.2", 80 + n % 3)).open(0)
        for n in range(200)
    ]
    for each in all_of_them:
        each.say(C, b"question", after=0).say(S, b"answer" * 50, after=0)
    for each in all_of_them:
        each.close()
    played, judged = replayed(prepared(recorder, tmp_path))
    assert (judged.problems, played.sent, played.facts["strangers"]) == ([], 400, 0)


def test_datagrams_arrive_also_where_a_small_mtu_cuts_them(tmp_path: Path) -> None:
    recorder = Recorder()
    for number in range(20):
        ports = (5000, 69) if number % 2 == 0 else (69, 5000)
        ends = ("10.0.0.1", "10.0.0.2") if number % 2 == 0 else ("10.0.0.2", "10.0.0.1")
        recorder.add(packet(*ends, ports, bytes([number]) * (number * 70)), after=MS)
    topology = {"hops": 2, "mtu": 600}
    played, judged = replayed(prepared(recorder, tmp_path, **topology), **topology)
    assert (judged.problems, played.sent, played.otherwise) == ([], 20, {})
    assert judged.details["datagrams_lost"] == 0


def test_what_comes_late_is_not_lost(tmp_path: Path) -> None:
    recorder = Recorder()
    for number in range(30):  # in a row: each waits for the one before
        recorder.add(packet("10.0.0.1", "10.0.0.2", (5000 + number, 53), b"who?"), after=MS)
        recorder.add(packet("10.0.0.2", "10.0.0.1", (53, 5000 + number), b"me"), after=MS)
    topology = {"hops": 2, "delay": 50}
    played, judged = replayed(prepared(recorder, tmp_path, **topology), **topology)
    assert (judged.problems, played.otherwise) == ([], {})
    assert played.facts["conversations"][-1]["sides"]["client"]["ended_s"] > 3


def test_datagrams_that_are_all_the_same_are_told_apart(tmp_path: Path) -> None:
    recorder = Recorder()
    for _ in range(50):
        recorder.add(packet("10.0.0.1", "10.0.0.2", (5000, 514), b"same"), after=20 * MS)
    played, judged = replayed(prepared(recorder, tmp_path))
    assert (judged.problems, played.otherwise) == ([], {})


def test_a_lost_datagram_is_counted_and_the_rest_goes_on(tmp_path: Path) -> None:
    recorder = Recorder()
    for number in range(40):
        recorder.add(packet("10.0.0.1", "10.0.0.2", (5000, 514), b"%d" % number), after=MS)
    topology = {"hops": 2, "loss": 30}
    played, judged = replayed(prepared(recorder, tmp_path, **topology), **topology)
    assert judged.problems == []
    assert 0 < played.otherwise["lost"] < 40
    assert judged.details["datagrams_lost"] == played.otherwise["lost"]
    assert played.sent == 40


def test_what_cannot_go_on_says_which_conversation_and_where(tmp_path: Path) -> None:
    recorder = Recorder()
    web(recorder)
    topology = {"hops": 2, "loss": 100}
    options = TalkOptions(speed=None, patience=1)
    played, judged = replayed(prepared(recorder, tmp_path, options, **topology), **topology)
    assert played.otherwise["given_up"] == 1
    assert any("conversation 1, TCP 10.0.0.1:40000 > 10.0.0.2:80" in p for p in judged.problems)
    assert any("stands still" in problem for problem in judged.problems)


def test_a_port_that_is_taken_is_told(tmp_path: Path) -> None:
    recorder = Recorder()
    web(recorder)
    conversations = prepared(recorder, tmp_path)

    def body() -> None:
        with Lab(Routed()) as lab:
            serve = "s = socket.create_server(('', 80)); print(1, flush=True); s.accept()"
            program = f"import socket; {serve}"
            taken = lab["s"].popen(["python3", "-c", program])
            taken.stdout.readline()
            try:
                conversations.play(lab, lambda done: None)
            finally:
                taken.kill()

    with pytest.raises(PlayerError, match=r"s cannot serve at 10\.0\.20\.20 port 80: Address alr"):
        sandbox.call(body)


def test_who_watches_the_progress_may_stop_it(tmp_path: Path) -> None:
    recorder = Recorder()
    Connection(recorder).open().say(C, b"now").say(S, b"in an hour", after=3_600_000 * MS)
    conversations = prepared(recorder, tmp_path, TalkOptions())

    def stop(done: int) -> None:
        if done:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        replayed(conversations, progress=stop)


def test_bytes_that_were_changed_on_the_way_are_problems(tmp_path: Path) -> None:
    recorder = Recorder()
    web(recorder)
    conversations = prepared(recorder, tmp_path)

    def body() -> Judged:
        lab = Lab(Routed(), taps=conversations.points)
        lab.start()
        played = conversations.play(lab, lambda done: None)
        lab.taps.stop()
        frames = [frame for frame in lab.taps.frames() if b"second" not in frame.data]
        return conversations.judge(played, frames)

    judged = sandbox.call(body)
    assert [problem.partition(": ")[2] for problem in judged.problems] == [
        "at s the server says 50000 bytes, recorded are 50006; they differ from byte 50000 on",
        "at c the server says 50000 bytes, recorded are 50006; they differ from byte 50000 on",
    ]


def test_a_player_that_hears_something_else_says_from_which_byte_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorder = Recorder()
    web(recorder)
    recorder.add(packet("10.0.0.1", "10.0.0.2", (5000, 53), b"?"), after=MS)

    def expecting_something_else(*args: Any, **options: Any) -> Mapping[str, Any]:
        made = orders(*args, **options)
        for end in made["s"]["ends"]:
            end["hears"][0] += 4  # what it is to hear begins elsewhere in the file
        return made

    monkeypatch.setattr(
        "wirelab.traffic.replay.conversations.prepared.orders", expecting_something_else
    )
    played, judged = replayed(prepared(recorder, tmp_path))
    assert played.otherwise == {"lost": 1}
    assert [problem.partition(": ")[2] for problem in judged.problems] == [
        "what the server hears differs from byte 0 on",
        "the server got 1 datagrams that were not recorded",
    ]


def test_the_example_of_the_page_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    recorder = Recorder()
    web(recorder)
    (tmp_path / "session.pcapng").write_bytes(write_pcap(recorder.frames))
    page = Path(__file__).parents[3] / "docs" / "conversations.md"
    (example,) = re.findall(r"^```python\n(.*?)^```", page.read_text(), re.MULTILINE | re.DOTALL)
    monkeypatch.chdir(tmp_path)

    def body() -> Judged:
        names: dict[str, Any] = {}
        exec(example, names)
        judged: Judged = names["judged"]
        return judged

    assert sandbox.call(body).problems == []


def test_incomplete_conversations_are_refused_or_skipped_and_counted(tmp_path: Path) -> None:
    recorder = Recorder()
    web(recorder)
    Connection(recorder, client=("10.0.0.1", 40001)).say(C, b"and so on")
    with pytest.raises(ReplayError, match=r"40001 > 10\.0\.0\.2:80: .*middle.*--incomplete skip"):
        prepared(recorder, tmp_path)
    skipping = TalkOptions(speed=None, incomplete="skip")
    played, judged = replayed(prepared(recorder, tmp_path, skipping))
    assert (judged.problems, played.otherwise) == ([], {"skipped": 1})


def test_where_the_capture_has_holes_the_players_judge(tmp_path: Path) -> None:
    recorder = Recorder()
    web(recorder)
    conversations = prepared(recorder, tmp_path)
    played, _ = replayed(conversations)
    assert conversations.count(played, {}).problems == []
    heard = played.facts["conversations"][0]["sides"]["server"]
    heard["heard_by_other"] -= 1
    (problem,) = conversations.count(played, {}).problems
    assert problem.endswith("the client heard 50005 of the 50006 bytes of the server")


def test_hosts_without_ipv4_play_over_ipv6(tmp_path: Path) -> None:
    recorder = Recorder()
    web(recorder)
    recorder.add(packet("10.0.0.1", "10.0.0.2", (5000, 53), bytes(2000)), after=MS)
    path = tmp_path / "recorded.pcap"
    path.write_bytes(write_pcap(recorder.frames))
    conversations = prepare(path, Routed6(mtu=1300), TOP_SPEED)

    def body() -> tuple[Played, Judged]:
        lab = Lab(Routed6(mtu=1300), taps=conversations.points)
        lab.start()
        played = conversations.play(lab, lambda done: None)
        lab.taps.stop()
        return played, conversations.judge(played, lab.taps.frames())

    played, judged = sandbox.call(body)
    assert (judged.problems, played.otherwise) == ([], {})
    assert ":" in played.facts["conversations"][0]["sides"]["client"]["address"]


def test_it_works_with_one_user_id(tmp_path: Path, play: Any) -> None:
    recorder = Recorder()
    web(recorder)
    conversations = prepared(recorder, tmp_path)
    played = play(Routed(), lambda lab: conversations.play(lab, lambda done: None))
    assert (played.sent, played.otherwise) == (conversations.total, {})


@pytest.mark.parametrize("damage", ["empty", "cut off", "something else"])
def test_damaged_captures_are_refused(tmp_path: Path, damage: str) -> None:
    recorder = Recorder()
    web(recorder)
    data = write_pcap(recorder.frames)
    path = tmp_path / "damaged.pcap"
    damaged = {"empty": b"", "cut off": data[:-10], "something else": b"no capture at all"}
    path.write_bytes(damaged[damage])
    with pytest.raises(CaptureError):
        prepare(path, Routed(), TOP_SPEED)


def test_what_would_be_done_is_told(tmp_path: Path) -> None:
    recorder = Recorder()
    web(recorder)
    conversations = prepared(recorder, tmp_path)
    text = "\n".join(conversations.told())
    assert "10.0.0.1 is played by c" in text
    assert "TCP 10.0.0.1:40000 > 10.0.0.2:80  c:49152  s:80" in text
    assert conversations.as_json()["conversations"][0]["bytes"] == [20, 50006]
    assert conversations.points == {"c": "c-eth0", "s": "s-eth0"}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (TalkOptions(speed=0), "speed of 0"),
        (TalkOptions(speed=float("nan")), "speed of nan"),
        (TalkOptions(patience=-1), "patience"),
        (TalkOptions(map={"10.0.0.1": "r1"}), "no host 'r1' to play: c, x, s"),
    ],
)
def test_options_that_cannot_be_meant_are_refused(
    tmp_path: Path, options: TalkOptions, message: str
) -> None:
    recorder = Recorder()
    web(recorder)
    with pytest.raises(ReplayError, match=message):
        prepared(recorder, tmp_path, options)
