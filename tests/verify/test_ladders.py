"""An expectation as a ladder."""

from __future__ import annotations

from wirelab.verify import (
    allow,
    any_order,
    either,
    forwarded,
    fragments,
    habit,
    ladder,
    never,
    optional,
    par,
    reassembles_to,
    repeat,
    seq,
    step,
    stream,
)
from wirelab.verify.ladders import LadderRow, RowKind


def test_a_step_is_a_row_with_its_point_and_its_time() -> None:
    expectation = seq(step("a", "arp"), step("b", "icmp", at="wan", within="1s"), at="lan")
    assert ladder(expectation) == [
        LadderRow(RowKind.STEP, 0, "a", "lan", "arp", ""),
        LadderRow(RowKind.STEP, 0, "b", "wan", "icmp", "within 1 s"),
    ]


def test_groups_indent_what_belongs_to_them() -> None:
    expectation = seq(
        par(step("a", "arp"), seq(step("b", "arp"))),
        any_order(step("c", "arp")),
        optional(step("d", "arp")),
        either(step("e", "arp"), step("f", "arp")),
        repeat(step("g", "arp"), 1, 3),
        repeat(step("h", "arp"), 2),
        step("i", "arp", count=2),
        habit("it always does", step("j", "arp")),
    )
    rows = [(row.depth, row.name) for row in ladder(expectation)]
    assert rows == [
        (0, "at the same time"), (1, "a"), (1, "b"),
        (0, "in any order"), (1, "c"),
        (0, "perhaps"), (1, "d"),
        (0, "one of"), (1, "e"), (1, "f"),
        (0, "1 to 3 times"), (1, "g"),
        (0, "2 times or more"), (1, "h"),
        (0, "2 times"), (1, "i"),
        (0, "habit: it always does"), (1, "j"),
    ]  # fmt: skip


def test_what_no_filter_says_is_said_in_words() -> None:
    expectation = seq(
        step("a", "icmp.type == 8", at="lan"),
        forwarded("a", "lan", "wan"),
        forwarded("a", "lan", "x", hops=0),
        step("e", "icmp.type == 11", quotes="a", at="lan"),
        fragments("f", mtu=1400, of="a", at="wan"),
        stream("s", "tcp.srcport == 20", equals=b"abc", at="lan"),
        reassembles_to("f", "a", length=9),
    )
    assert [row.text for row in ladder(expectation)] == [
        "icmp.type == 8",
        "a, seen at lan, 1 router on",
        "a, seen at lan",
        "icmp.type == 11",
        "all fragments of a, cut to an MTU of 1400",
        "all data behind tcp.srcport == 20: 3 bytes",
        "the fragments of f are a, 9 bytes",
    ]
    assert ladder(expectation)[3].note == "quotes a"


def test_scopes_allowances_and_bans_have_rows() -> None:
    expectation = seq(
        step("a", "arp"),
        never("icmp", since="a"),
        closed=["arp", "icmp"],
        allow=[allow("noise", "udp", most=3)],
        within="2s",
    )
    assert [(row.kind, row.text, row.note) for row in ladder(expectation)[1:]] == [
        (RowKind.NEVER, "icmp", "since a"),
        (RowKind.CHECK, "the whole sequence", "within 2 s"),
        (RowKind.CLOSED, "arp", ""),
        (RowKind.CLOSED, "icmp", ""),
        (RowKind.ALLOW, "udp", "at most 3"),
    ]
