"""Captures of several points, each in a file of its own."""

from __future__ import annotations

from dataclasses import replace

from handmade import capture, echo, routed, who_has

from wirelab.verify import forwarded, judge, merged, seq, step

EXPECTATION = seq(
    step("request", "icmp.type == 8", at="lan"), forwarded("request", "lan", "wan"), closed=["icmp"]
)
ASKED = echo(1, to="r1")


def test_points_get_the_names_that_they_are_given() -> None:
    lan, wan = capture([("eth0", 0, ASKED)]), capture([("", 1, routed(ASKED))])
    whole = merged({"lan": lan, "wan": wan})
    assert [point.name for point in whole.points] == ["lan", "wan"]
    assert [(frame.number, frame.point) for frame in whole.frames] == [(1, "lan"), (2, "wan")]
    assert judge(EXPECTATION, whole).passed


def test_the_secrets_of_all_are_kept() -> None:
    lan = replace(capture([("", 0, ASKED)]), secrets=(b"one\n",))
    wan = replace(capture([("", 1, routed(ASKED))]), secrets=(b"other\n",))
    assert merged({"lan": lan, "wan": wan}).secrets == (b"one\n", b"other\n")


def test_clocks_that_differ_need_not_agree() -> None:
    lan, wan = capture([("a", 5, ASKED)]), capture([("a", 1, routed(ASKED))])
    whole = merged({"lan": lan, "wan": wan})
    assert not judge(EXPECTATION, whole).passed
    assert judge(EXPECTATION, whole, shared_clock=False).passed


def test_the_order_of_a_capture_is_kept_whatever_its_clock_did() -> None:
    jumped = capture([("a", 5, who_has()), ("a", 1, ASKED), ("a", 6, who_has())])
    other = capture([("a", 3, ASKED)])
    frames = merged({"one": jumped, "two": other}).frames
    assert [frame.data for frame in frames if frame.point == "one"] == [
        frame.data for frame in jumped.frames
    ]
    assert [frame.point for frame in frames] == ["two", "one", "one", "one"]
