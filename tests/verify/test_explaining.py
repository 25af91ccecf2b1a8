"""What a verdict tells people."""

from __future__ import annotations

from dataclasses import replace

import pytest
from handmade import S, capture, echo, ping, who_has, with_twice, without

from wirelab.verify import (
    Provenance,
    Verdict,
    allow,
    display_filter,
    explain,
    judge,
    repeat,
    seq,
    step,
)
from wirelab.verify.explaining import PROBLEMS, Role, explanation

PING = seq(
    step("who_has", "arp.opcode == 1 && eth.dst == ff:ff:ff:ff:ff:ff"),
    step("is_at", "arp.opcode == 2 && eth.dst == ${who_has.eth.src}"),
    step("request", "icmp.type == 8 && ip.dst == ${s.ip} && icmp.seq == 1"),
    step("reply", "icmp.type == 0 && icmp.seq == ${request.icmp.seq}", within="1ms"),
    closed=["arp", "icmp"],
    allow=[allow("other echoes", "icmp.seq == 9", most=2)],
    at="c",
)
NAMES = {"s.ip": S}


def wrong_request() -> Verdict:
    """The request has a number that it should not have."""
    sent = ping()
    sent[2] = ("c", 0.3, echo(3))
    return judge(PING, capture(sent), NAMES)


def test_a_verdict_that_passes_shows_each_step_with_its_frame() -> None:
    made = Provenance("ping", 7, {}, NAMES).comment()
    text = explain(judge(PING, capture(ping(), comment=made)), 120)
    assert text.splitlines() == [
        "PASS ping (seed 7): 4 of 4 frames seen",
        "",
        "         time  point  expected   frame  actual",
        "✓    0.000000  c      who_has        1  arp 10.0.0.10 → 10.0.0.5 opcode=1",
        "✓    0.000200  c      is_at          2  arp 10.0.0.5 → 10.0.0.10 opcode=2",
        "✓    0.000300  c      request        3  icmp 10.0.0.10 → 10.0.0.5 type=8 code=0",
        "✓    0.000900  c      reply          4  icmp 10.0.0.5 → 10.0.0.10 type=0 code=0",
        "",
        "${s.ip} = 10.0.0.5",
        "allowed: 0 of 2 other echoes",
        "4 frames: 4 matched, 0 allowed, 0 unexpected, 0 not judged",
    ]


def test_a_missing_step_stands_where_it_should_be_with_the_nearest_frame() -> None:
    lines = explain(wrong_request(), 120).splitlines()
    marks = [line[0] for line in lines[3:8]]
    assert marks == ["✓", "✓", "✗", "!", "✓"]
    assert lines[9:] == [
        "first divergence: step 'request': no frame at 'c' after frame 2 fits",
        "  nearest is frame 3: icmp 10.0.0.10 → 10.0.0.5 type=8 code=0",
        "    icmp.seq  want 1  got 3",
        "  display filter:",
        "    icmp.type == 8 && ip.dst == 10.0.0.5 && icmp.seq == 1",
        "",
        "frame 3 belongs to no step and no allowance: icmp 10.0.0.10 → 10.0.0.5 type=8 code=0",
        "  display filter:",
        "    frame.number == 3",
        "",
        "${s.ip} = 10.0.0.5",
        "allowed: 0 of 2 other echoes",
        "4 frames: 3 matched, 0 allowed, 1 unexpected, 0 not judged",
    ]


def test_a_frame_that_comes_too_late_is_said_to_be_late() -> None:
    sent = ping()
    sent[3] = ("c", 2.0, sent[3][2])
    text = explain(judge(PING, capture(sent), NAMES), 120)
    assert "time  want within 1 ms  got 1.7 ms" in text


def test_a_frame_that_another_step_took_is_said_to_be_taken() -> None:
    twice = seq(step("one", "arp.opcode == 1"), step("two", "arp.opcode == 1"))
    assert "another step took it" in explain(judge(twice, capture(ping())), 120)


def test_a_frame_that_comes_too_early_is_said_to_be_early() -> None:
    exchanged = seq(step("b", "arp.opcode == 2"), step("a", "arp.opcode == 1"))
    assert "order  want after frame 2  got before it" in explain(
        judge(exchanged, capture(ping())), 120
    )


def test_a_field_that_the_nearest_frame_lacks_is_named() -> None:
    wanted = seq(step("a", "arp && udp.dstport == 53"))
    text = explain(judge(wanted, capture(ping())), 120)
    assert "udp.dstport  want 53  got no udp.dstport" in text


def test_where_nothing_is_like_the_step_no_frame_is_called_near() -> None:
    assert "nearest" not in explain(judge(step("a", "udp.dstport == 53"), capture(ping())), 120)


@pytest.mark.parametrize("width", [40, 60, 80, 99, 100, 120, 200])
def test_no_line_is_wider_than_it_may_be(width: int) -> None:
    whole = capture(ping())
    for verdict in (wrong_request(), judge(PING, with_twice(whole, 1), NAMES)):
        assert max(map(len, explain(verdict, width).splitlines())) <= width


def test_a_narrow_explanation_says_all_that_a_wide_one_says() -> None:
    narrow = explain(wrong_request(), 60)
    for word in ("who_has", "request", "frame 4", "want 1", "got 3", "icmp.seq == 1"):
        assert word in narrow


def test_a_filter_can_be_pasted_in_pieces() -> None:
    verdict = judge(PING, without(capture(ping()), 3), NAMES)
    lines = explanation(verdict, 40)
    parts = [part.text for line in lines for part in line if part.role is Role.FILTER]
    assert len(parts) > 1
    assert "".join(parts) == verdict.problems[0].filter
    display_filter("".join(parts))


def test_many_rows_that_are_as_expected_are_left_out() -> None:
    sent = [("c", float(n), echo(n)) for n in range(1, 301)]
    expectation = seq(repeat(step("request", "icmp")), closed=["icmp", "arp"])
    text = explain(judge(expectation, capture([*sent, ("c", 400, who_has())])), 120)
    assert "… 296 rows left out" in text
    assert len(text.splitlines()) < 30
    assert "… 240 rows left out" in explain(judge(expectation, capture(sent)), 120)


def test_many_problems_are_not_all_told() -> None:
    sent = [("c", float(n), echo(n)) for n in range(1, 31)]
    verdict = judge(seq(step("one", "icmp"), closed=["icmp"]), capture(sent))
    assert f"… and {29 - PROBLEMS} more problems" in explain(verdict, 80)


def test_what_could_not_be_judged_is_told_without_rows() -> None:
    text = explain(judge(PING, capture([], points=["c"]), NAMES), 60)
    assert text.startswith("FAIL\n\nfirst divergence: the capture has no frame\n")


def test_broken_invariants_are_told() -> None:
    sent = ping()
    sent[3][2]["IP"].chksum = 1
    text = explain(judge(PING, capture(sent), NAMES, excuse=["ip-checksum"]), 80)
    assert "invariant ip-checksum: broken 1 times, excused" in text


def test_roles_tell_good_from_bad() -> None:
    def roles(verdict: Verdict) -> set[Role]:
        return {part.role for line in explanation(verdict) for part in line}

    assert Role.BAD not in roles(judge(PING, capture(ping()), NAMES))
    assert Role.BAD in roles(wrong_request())


def test_an_unnamed_point_leaves_no_gap_in_sentences() -> None:
    nameless = replace(capture([("", t, p) for _, t, p in ping()]))
    text = explain(judge(step("a", "udp"), nameless), 60)
    assert "step 'a': no frame fits" in text
