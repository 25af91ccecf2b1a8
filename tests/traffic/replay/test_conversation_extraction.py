"""What conversations are found in a capture: who says what, when, and knowing what."""

from itertools import groupby

import pytest
from frames import MS
from hypothesis import given, settings
from hypothesis import strategies as st
from recorded_talks import (
    ACK,
    FIN,
    PSH,
    RST,
    SYN,
    C,
    Connection,
    Recorder,
    S,
    deeds,
    odd_capture,
    packet,
    said,
    stuck,
)
from scapy.layers.inet import IP, UDP, fragment
from scapy.layers.l2 import Dot1Q, Ether

from wirelab.traffic.replay.conversations.cast import cast
from wirelab.traffic.replay.conversations.talk import Deed, Need
from wirelab.traffic.replay.conversations.told import remarks
from wirelab.traffic.replay.errors import ReplayError


def test_a_connection_becomes_turns_in_recorded_order() -> None:
    recorder = Recorder()
    Connection(recorder).open().say(C, b"question").say(S, b"answer" * 1000).close()
    talks, store = recorder.extracted()
    (talk,) = talks.talks
    assert talk.name == "TCP 10.0.0.1:40000 > 10.0.0.2:80"
    assert (said(talk, C, store), said(talk, S, store)) == (b"question", b"answer" * 1000)
    assert deeds(talk) == [
        ("C", "open", 0),
        ("C", "say", 8),
        ("S", "say", 6000),
        ("C", "finish", 0),
        ("S", "finish", 0),
    ]
    assert talk.turns[2].needs == (Need(0, S, True, 9),)
    assert talk.turns[4].needs == (Need(0, S, True, 10),)
    assert not talk.left_open


def test_thinking_begins_when_what_is_answered_has_arrived() -> None:
    recorder = Recorder()
    Connection(recorder).open().say(C, b"a", after=30 * MS).say(S, b"b", after=70 * MS).close()
    (talk,) = recorder.extracted()[0].talks
    # From its arrival, less the 0.1 ms that the way from the point to the server and back takes.
    assert talk.turns[2].think == pytest.approx(70 * MS, abs=MS)
    assert talk.turns[1].think == pytest.approx(30 * MS, abs=MS)


def test_a_pause_that_nobody_caused_is_a_thinking_time_too() -> None:
    recorder = Recorder()
    Connection(recorder).open().say(S, b"tick").say(S, b"tick", after=500 * MS).close()
    (talk,) = recorder.extracted()[0].talks
    turns = [turn for turn in talk.turns if turn.deed is Deed.SAY]
    assert [turn.size for turn in turns] == [4, 4]
    assert turns[1].think == pytest.approx(500 * MS, abs=MS)


def test_waiting_for_acknowledgments_is_no_pause() -> None:
    recorder = Recorder()
    talk = Connection(recorder).open()
    for _ in range(10):
        talk.segment(S, ACK, bytes(1460))
    talk.segment(C, ACK, after=100 * MS)
    for _ in range(3):
        talk.segment(S, ACK, bytes(1460))
    (found,) = recorder.extracted()[0].talks
    assert ("S", "say", 13 * 1460) in deeds(found)


def test_what_is_sent_again_counts_once() -> None:
    recorder = Recorder()
    talk = Connection(recorder).open()
    first = talk.segment(C, ACK, b"first ")
    recorder.add(first, after=200 * MS)
    talk.segment(C, ACK, b"second")
    talk.seqs[C] -= 3  # it overlaps
    talk.segment(C, ACK, b"ond third")
    talk.say(S, b"ok").close()
    talks, store = recorder.extracted()
    assert said(talks.talks[0], C, store) == b"first second third"
    assert talks.sightings == 1


def test_segments_out_of_order_are_put_in_order() -> None:
    recorder = Recorder()
    talk = Connection(recorder).open()
    frames = [talk.segment(C, ACK, each, lost=True) for each in (b"one ", b"two ", b"three")]
    for frame in (frames[2], frames[1], frames[0]):
        recorder.add(frame, after=MS)
    talk.segment(S, ACK)
    talk.close()
    talks, store = recorder.extracted()
    assert said(talks.talks[0], C, store) == b"one two three"
    assert deeds(talks.talks[0])[1] == ("C", "say", 13)


def test_sequence_numbers_may_go_round() -> None:
    recorder = Recorder()
    talk = Connection(recorder, seqs=[(1 << 32) - 5000, (1 << 32) - 2]).open()
    talk.say(C, bytes(range(256)) * 40).say(S, b"x" * 100).close()
    talks, store = recorder.extracted()
    assert said(talks.talks[0], C, store) == bytes(range(256)) * 40


def test_one_direction_may_end_long_before_the_other() -> None:
    recorder = Recorder()
    talk = Connection(recorder).open().say(C, b"all")
    talk.segment(C, FIN | ACK)
    talk.say(S, b"reply")
    talk.segment(S, FIN | ACK)
    (found,) = recorder.extracted()[0].talks
    assert deeds(found)[2:] == [("C", "finish", 0), ("S", "say", 5), ("S", "finish", 0)]
    assert found.turns[3].needs == (Need(0, S, True, 5),)


def test_a_reset_ends_a_connection() -> None:
    recorder = Recorder()
    talk = Connection(recorder).open().say(C, b"hello")
    talk.segment(S, RST | ACK)
    talk.segment(C, ACK, b"too late")
    (found,) = recorder.extracted()[0].talks
    assert deeds(found) == [("C", "open", 0), ("C", "say", 5), ("S", "reset", 0)]


def test_a_connection_that_the_capture_leaves_open_is_closed_in_the_end() -> None:
    recorder = Recorder()
    Connection(recorder).open().say(C, b"hello").say(S, b"you")
    (found,) = recorder.extracted()[0].talks
    assert found.left_open
    assert deeds(found)[-2:] == [("C", "finish", 0), ("S", "finish", 0)]
    assert found.turns[-1].needs == (Need(0, S, True, 7),)


def test_a_connection_that_never_came_about_is_left_out() -> None:
    recorder = Recorder()
    refused = Connection(recorder, client=("10.0.0.1", 1))
    refused.segment(C, SYN)
    refused.segment(S, RST | ACK)
    Connection(recorder).open().close()
    talks, _ = recorder.extracted()
    assert (len(talks.talks), talks.unopened, len(talks.incomplete)) == (1, 1, 0)


def test_missing_bytes_are_named() -> None:
    recorder = Recorder()
    talk = Connection(recorder).open()
    talk.segment(C, ACK, b"12345")
    talk.segment(C, ACK, b"lost", lost=True)
    talk.segment(C, ACK, b"67890")
    talks, _ = recorder.extracted()
    (found,) = talks.incomplete
    assert not talks.talks
    assert found.lacks == "the capture lacks what its client says from byte 5 on"


def test_a_segment_that_the_capture_cut_is_missing_bytes() -> None:
    recorder = Recorder()
    talk = Connection(recorder).open()
    recorder.add(talk.segment(C, ACK, b"0123456789", lost=True), cut=4)
    (found,) = recorder.extracted()[0].incomplete
    assert "client says from byte 6 on" in found.lacks


def test_what_was_acknowledged_and_not_seen_is_missing() -> None:
    recorder = Recorder()
    talk = Connection(recorder).open()
    talk.segment(S, ACK, b"not captured", lost=True)
    talk.segment(C, ACK, b"thanks")
    (found,) = recorder.extracted()[0].incomplete
    assert "server says from byte 0 on" in found.lacks


def test_a_capture_that_begins_in_the_middle_says_so() -> None:
    recorder = Recorder()
    Connection(recorder).say(C, b"and so on")
    (found,) = recorder.extracted()[0].incomplete
    assert "begins in the middle" in found.lacks


def test_data_without_an_opening_is_incomplete() -> None:
    recorder = Recorder()
    talk = Connection(recorder)
    talk.segment(C, SYN, lost=True)
    talk.segment(S, SYN | ACK)
    talk.segment(S, ACK, b"only this direction was captured")
    (found,) = recorder.extracted()[0].incomplete
    assert "how it was opened" in found.lacks


def test_port_0_cannot_be_served() -> None:
    recorder = Recorder()
    recorder.add(packet("10.0.0.1", "10.0.0.2", (5000, 0), b"x"))
    (found,) = recorder.extracted()[0].incomplete
    assert found.lacks == "no socket can have port 0"


def test_a_gap_behind_which_much_waits_is_filled_in_time() -> None:
    recorder = Recorder()
    talk = Connection(recorder).open()
    first = talk.segment(C, ACK, b"ab", lost=True)
    for _ in range(3000):
        talk.segment(C, ACK, b"x", lost=False)
        talk.seqs[C] += 1  # and another gap
    recorder.add(first)
    for number in range(3000):
        talk.seqs[C] = 1004 + 2 * number
        talk.segment(C, ACK, b"y")
    talks, store = recorder.extracted()
    assert said(talks.talks[0], C, store) == b"ab" + b"xy" * 3000


def test_the_answer_to_a_syn_is_enough_of_a_beginning() -> None:
    recorder = Recorder()
    talk = Connection(recorder)
    talk.segment(C, SYN, lost=True)
    talk.segment(S, SYN | ACK)
    talk.segment(C, ACK)
    talk.say(C, b"hello").close()
    (found,) = recorder.extracted()[0].talks
    assert str(found.ends[C]) == "10.0.0.1:40000"
    assert deeds(found)[:2] == [("C", "open", 0), ("C", "say", 5)]


def test_ports_that_are_used_again_make_another_conversation() -> None:
    recorder = Recorder()
    Connection(recorder).open().say(C, b"first").close()
    Connection(recorder, seqs=[70000, 90000]).open().say(C, b"second").close()
    talks, store = recorder.extracted()
    assert [said(each, C, store) for each in talks.talks] == [b"first", b"second"]


def test_of_several_points_the_one_that_saw_all_is_taken() -> None:
    recorder = Recorder()
    talk = Connection(recorder)
    frames = [
        talk.segment(C, SYN, lost=True),
        talk.segment(S, SYN | ACK, lost=True),
        talk.segment(C, ACK | PSH, b"hello", lost=True),
        talk.segment(S, ACK, lost=True),
    ]
    for number, frame in enumerate(frames):
        if number != 2:  # the first point misses it
            recorder.add(frame, after=MS, point="lan")
        recorder.add(frame, after=MS, point="wan")
    talks, store = recorder.extracted("lan", "wan")
    (found,) = talks.talks
    assert (found.point, said(found, C, store)) == (1, b"hello")
    assert not talks.incomplete


def test_datagrams_are_turns_one_by_one() -> None:
    recorder = Recorder()
    recorder.add(packet("10.0.0.1", "10.0.0.2", (5000, 53), b"who?"))
    recorder.add(packet("10.0.0.2", "10.0.0.1", (53, 5000), b""), after=20 * MS)
    recorder.add(packet("10.0.0.2", "10.0.0.1", (53, 5000), b"me"), after=5 * MS)
    (talk,) = recorder.extracted()[0].talks
    assert deeds(talk) == [("C", "say", 4), ("S", "say", 0), ("S", "say", 2)]
    assert [turn.think for turn in talk.turns] == [0, 20 * MS, 5 * MS]
    assert talk.turns[1].needs == (Need(0, S, True, 1),)


def test_fragments_and_tagged_frames_are_read() -> None:
    recorder = Recorder()
    data = bytes(range(256)) * 12
    datagram = IP(src="10.0.0.1", dst="10.0.0.2", id=9) / UDP(sport=5000, dport=53) / data
    for piece in fragment(datagram, 1000):
        recorder.add(bytes(Ether() / piece), after=MS)
    tagged = Ether() / Dot1Q(vlan=7) / IP(src="10.0.0.2", dst="10.0.0.1")
    recorder.add(bytes(tagged / UDP(sport=53, dport=5000) / b"tagged"), after=MS)
    talks, store = recorder.extracted()
    (talk,) = talks.talks
    assert (said(talk, C, store), said(talk, S, store)) == (data, b"tagged")


def test_a_datagram_seen_on_both_sides_of_a_router_is_one() -> None:
    recorder = Recorder()
    for ttl in (64, 63):
        recorder.add(packet("10.0.0.1", "10.0.0.2", (5000, 53), b"x", ttl=ttl), after=MS)
    recorder.add(packet("10.0.0.1", "10.0.0.2", (5000, 53), b"x"), after=1000 * MS)
    talks, _ = recorder.extracted()
    assert len(talks.talks[0].turns) == 2
    assert talks.sightings == 1


def test_equal_datagrams_of_one_point_are_several_unless_they_are_copies() -> None:
    recorder = Recorder()
    same = packet("10.0.0.1", "10.0.0.2", (5000, 53), b"x")
    for after in (0, 5 * MS, MS // 20, 5 * MS):
        recorder.add(same, after=after)
    talks, _ = recorder.extracted()
    assert len(talks.talks[0].turns) == 3
    assert talks.copies == 1
    assert remarks(talks) == [
        "1 UDP datagram is taken for repeated sightings of the one before: not sent again"
    ]


def test_a_data_connection_waits_for_what_was_said_on_the_control_connection() -> None:
    recorder = Recorder()
    control = Connection(recorder, server=("10.0.0.2", 21)).open().say(C, b"PASV\r\n")
    control.say(S, b"227 here\r\n")
    data = Connection(recorder, client=("10.0.0.1", 40001), server=("10.0.0.2", 9999))
    data.open(after=20 * MS)
    control.say(C, b"RETR\r\n")
    data.say(S, b"contents").close(S)
    control.say(S, b"226 done\r\n")
    talks, _ = recorder.extracted()
    one, other = talks.talks
    assert Need(0, C, True, 11) in other.turns[0].needs
    first_bytes = next(turn for turn in other.turns if turn.deed is Deed.SAY)
    assert Need(0, S, True, 13) in first_bytes.needs
    last_word = [turn for turn in one.turns if turn.deed is Deed.SAY][-1]
    assert Need(1, S, False, 10) in last_word.needs


def test_who_asks_somebody_else_waits_for_the_answer_before_it_connects() -> None:
    recorder = Recorder()
    recorder.add(packet("10.0.0.1", "10.0.0.53", (5000, 53), b"www?"))
    recorder.add(packet("10.0.0.53", "10.0.0.1", (53, 5000), b"10.0.0.2"), after=MS)
    Connection(recorder).open(after=4 * MS).close()
    opening = recorder.extracted()[0].talks[1].turns[0]
    assert opening.needs == (Need(0, C, True, 1),)
    assert opening.think == 4 * MS


def test_times_that_run_backwards_are_refused_with_the_frame() -> None:
    recorder = Recorder()
    Connection(recorder).open()
    recorder.now -= 3 * MS
    recorder.add(packet("10.0.0.1", "10.0.0.2", (5000, 53), b"x"))
    with pytest.raises(ReplayError, match=r"frame 4 is 3 ms earlier"):
        recorder.extracted()


def test_a_capture_without_conversations_is_refused() -> None:
    recorder = Recorder()
    recorder.add(bytes(60))
    with pytest.raises(ReplayError, match="no TCP connection and no UDP"):
        recorder.extracted()


sizes = st.sampled_from([0, 1, 2, 1459, 1460, 1461, 10_000, 100_000])
turn_lists = st.lists(st.tuples(st.sampled_from([C, S]), sizes), max_size=6)


@settings(max_examples=60)
@given(st.lists(turn_lists, min_size=1, max_size=3), st.integers(0, 3), st.randoms())
def test_what_was_rendered_is_found_again(
    plans: list[list[tuple[int, int]]], repeats: int, random: object
) -> None:
    recorder = Recorder()
    talks = [
        Connection(recorder, client=("10.0.0.1", 40000 + number)).open()
        for number in range(len(plans))
    ]
    bytes_of = [[b"", b""] for _ in plans]
    for step in range(max(map(len, plans))):
        for number, plan in enumerate(plans):
            if step < len(plan):
                side, size = plan[step]
                data = bytes((number * 7 + step + at) % 251 for at in range(size))
                talks[number].say(side, data)
                bytes_of[number][side] += data
                for frame in random.sample(recorder.frames, repeats):  # type: ignore[attr-defined]  # ours
                    if not frame.data[47] & (SYN | FIN):
                        recorder.add(frame.data)
    for talk in talks:
        talk.close()
    found, store = recorder.extracted()
    assert not found.incomplete
    assert len(found.talks) == len(plans)
    assert stuck(found.talks) == []
    for talk, texts, plan in zip(found.talks, bytes_of, plans, strict=True):
        assert [said(talk, C, store), said(talk, S, store)] == texts
        spoken = [(turn.side, turn.size) for turn in talk.turns if turn.deed is Deed.SAY]
        assert _runs(spoken) == _runs([(side, size) for side, size in plan if size])


def _runs(turns: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """What a side says before the other says something, however many turns that is."""
    return [(side, sum(size for _, size in run)) for side, run in groupby(turns, lambda t: t[0])]


@settings(max_examples=500)
@given(st.integers(0, 1 << 32))
def test_odd_captures_are_refused_or_can_be_played_to_their_end(seed: int) -> None:
    recorder = odd_capture(seed)
    try:
        talks, store = recorder.extracted("", "other")
        cast(talks.talks, ["a", "b", "c"], {})
    except ReplayError:
        return
    assert stuck(talks.talks) == []
    for talk in talks.talks:
        for side in (C, S):
            assert len(said(talk, side, store)) == talk.texts[side].size
        for turn in talk.turns:
            assert turn.think >= 0
            assert all(need.amount >= 0 for need in turn.needs)


def test_where_nothing_can_be_played_it_is_said_what_there_is() -> None:
    recorder = Recorder()
    Connection(recorder, client=("10.0.0.1", 1)).segment(C, SYN)
    datagram = IP(src="10.0.0.1", dst="10.0.0.2", id=9) / UDP(sport=5000, dport=53) / bytes(3000)
    for piece in fragment(datagram, 1000)[:-1]:
        recorder.add(bytes(Ether() / piece), after=MS)
    told = "only 1 connection that never came about and 1 datagram that lacks fragments"
    with pytest.raises(ReplayError, match=told):
        recorder.extracted()
