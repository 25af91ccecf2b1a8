"""Steps that take several frames: fragments, streams."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

import pytest
from handmade import Sent, big, capture, download, pieces, segment, with_twice, without

from wirelab.verify import (
    Verdict,
    fragments,
    judge,
    par,
    reassembles_to,
    seq,
    step,
    stream,
)

if TYPE_CHECKING:
    from wirelab.verify.items import Item

FULL = 1480
"""The payload of a full fragment in an MTU of 1500 bytes."""
CUT = seq(fragments("cut", mtu=1500), closed=["ip"])
TEXT = [b"220 hello\r\n", b"331 who?\r\n", b"230 you!\r\n"]


def cut(size: int = FULL) -> list[Sent]:
    """A datagram in fragments."""
    return [("c", n, piece) for n, piece in enumerate(pieces(big(), size))]


def judged(expectation: Item, sent: list[Sent]) -> Verdict:
    return judge(expectation, capture(sent))


def test_all_fragments_of_a_datagram_are_taken() -> None:
    verdict = judged(CUT, cut())
    assert verdict.passed
    assert [(each.name, each.frame) for each in verdict.steps] == [("cut", n) for n in (1, 2, 3)]


def test_fragments_may_come_in_any_order() -> None:
    assert judged(CUT, [("c", n, packet) for n, (_, _, packet) in enumerate(cut()[::-1])]).passed


@pytest.mark.parametrize("number", [1, 2, 3])
def test_each_fragment_must_be_there_once(number: int) -> None:
    whole = capture(cut())
    assert not judge(CUT, without(whole, number)).passed
    assert not judge(CUT, with_twice(whole, number)).passed


def test_fragments_are_as_large_as_the_mtu_allows() -> None:
    assert not judged(CUT, cut(1472)).passed
    assert not judged(seq(fragments("cut", mtu=1492)), cut()).passed
    assert judged(seq(fragments("cut", mtu=1492)), cut(1472)).passed


def test_the_number_of_fragments_may_be_said() -> None:
    assert judged(seq(fragments("cut", mtu=1500, count=3)), cut()).passed
    assert not judged(seq(fragments("cut", mtu=1500, count=2)), cut()).passed


def test_a_filter_holds_for_every_fragment() -> None:
    assert judged(seq(fragments("cut", "ip.proto == 1", mtu=1500)), cut()).passed
    assert not judged(seq(fragments("cut", "icmp", mtu=1500)), cut()).passed


def test_a_whole_datagram_is_no_fragment() -> None:
    assert not judged(seq(fragments("cut", mtu=1500)), [("c", 0, big(100))]).passed


def test_fragments_may_be_those_of_a_packet_elsewhere() -> None:
    expectation = seq(
        step("whole", "icmp.type == 8", at="lan"),
        fragments("cut", mtu=1500, of="whole", at="wan"),
        closed=["ip"],
    )
    behind: list[Sent] = [("wan", n + 1, piece) for n, piece in enumerate(pieces(big(), FULL))]
    assert judged(expectation, [("lan", 0, big()), *behind]).passed
    assert not judged(expectation, [("lan", 0, big(3001)), *behind]).passed


def test_what_fragments_make_together_may_be_said() -> None:
    right = seq(fragments("cut", mtu=1500), reassembles_to("cut", length=3008))
    wrong = seq(fragments("cut", mtu=1500), reassembles_to("cut", length=3000))
    assert judged(right, cut()).passed
    (problem,) = judged(wrong, cut()).problems
    assert "'cut' are not what they must be" in problem.message


def test_fragments_may_be_held_against_others() -> None:
    expectation = seq(
        fragments("near", mtu=1500, at="lan"),
        fragments("far", mtu=1400, at="wan"),
        reassembles_to("far", "near"),
    )
    near: list[Sent] = [("lan", 0, piece) for piece in pieces(big(), FULL)]
    far: list[Sent] = [("wan", 1, piece) for piece in pieces(big(), 1376)]
    other: list[Sent] = [("wan", 1, piece) for piece in pieces(big(2900), 1376)]
    assert judged(expectation, near + far).passed
    assert not judged(expectation, near + other).passed


def sent_by_s(equals: bytes | str) -> Item:
    data = stream("data", "tcp.srcport == 21", equals=equals)
    return seq(step("syn", "tcp.flags == 2"), data, closed=["tcp.len > 0"])


def test_a_stream_is_the_data_of_all_its_segments() -> None:
    verdict = judged(sent_by_s(b"".join(TEXT)), download(TEXT))
    assert verdict.passed
    assert [each.frame for each in verdict.steps] == [1, 4, 5, 6]
    assert not judged(sent_by_s(b"".join(TEXT) + b"!"), download(TEXT)).passed


def test_a_stream_may_be_known_by_its_digest() -> None:
    digest = sha256(b"".join(TEXT)).hexdigest()
    whole = capture(download(TEXT))
    assert judge(sent_by_s(digest), whole).passed
    named = sent_by_s("${file.sha256}")
    assert judge(named, whole, {"file.sha256": digest}).passed
    assert not judge(named, whole, {"file.sha256": digest[::-1]}).passed
    assert judge(named, whole).names == {"file.sha256": digest}


def test_two_streams_may_have_to_be_the_same() -> None:
    both = par(
        stream("one", "tcp.srcport == 21", equals="${file.sha256}", at="lan"),
        stream("two", "tcp.srcport == 21", equals="${file.sha256}", at="wan"),
    )
    lan: list[Sent] = [("lan", time, packet) for _, time, packet in download(TEXT)]
    wan: list[Sent] = [("wan", time, packet) for _, time, packet in download(TEXT)]
    other: list[Sent] = [("wan", time, packet) for _, time, packet in download(TEXT[:2])]
    assert judged(both, lan + wan).passed
    assert not judged(both, lan + other).passed


def test_segments_may_come_out_of_order() -> None:
    sent = download(TEXT)
    sent[4], sent[5] = sent[5], sent[4]
    sent = [("c", n, packet) for n, (_, _, packet) in enumerate(sent)]
    assert judged(sent_by_s(b"".join(TEXT)), sent).passed


@pytest.mark.parametrize("number", [4, 5, 6])
def test_each_segment_must_be_there_once(number: int) -> None:
    whole = capture(download(TEXT))
    assert not judge(sent_by_s(b"".join(TEXT)), without(whole, number)).passed
    assert not judge(sent_by_s(b"".join(TEXT)), with_twice(whole, number)).passed


def test_a_segment_that_overlaps_adds_what_is_new() -> None:
    sent = download([b"abc", b"def"])
    sent.append(("c", 9, segment("s", 5004, b"defghi", "PA", 1001)))
    expectation = seq(stream("data", "tcp.srcport == 21", equals=b"abcdefghi"))
    assert judged(expectation, sent).passed
