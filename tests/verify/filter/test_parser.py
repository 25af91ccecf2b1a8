"""From tokens to a tree."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wirelab.verify.errors import FilterError
from wirelab.verify.filter.nodes import Always, And, Exists, FieldRef, Not, Or, Range
from wirelab.verify.filter.parser import DEPTH, parse

ARP, IP, TCP = (Exists(FieldRef(name)) for name in ("arp", "ip", "udp"))


def test_the_empty_filter_is_always_true() -> None:
    assert parse("") == parse("  ") == Always()


def test_and_binds_tighter_than_or() -> None:
    assert parse("arp || ip && udp") == Or((ARP, And((IP, TCP))))
    assert parse("arp && ip || udp") == Or((And((ARP, IP)), TCP))


def test_not_binds_tightest() -> None:
    assert parse("!arp && ip") == And((Not(ARP), IP))
    assert parse("not arp == 1:2") == Not(parse("arp == 1:2"))


def test_xor_lies_between_and_is_taken_apart() -> None:
    xor = And((Or((ARP, IP)), Not(And((ARP, IP)))))
    assert parse("arp ^^ ip") == parse("arp xor ip") == xor
    assert parse("arp xor ip || udp") == Or((xor, TCP))


def test_parentheses_group() -> None:
    assert parse("(arp || ip) && udp") == And((Or((ARP, IP)), TCP))


def test_a_chain_of_comparisons_is_their_conjunction() -> None:
    assert parse("ip.ttl < ip.id <= ip.len") == parse("ip.ttl < ip.id && ip.id <= ip.len")


def test_quantifiers_replace_what_an_operator_usually_means() -> None:
    assert parse("all ip.src == 1.2.3.4") == parse("ip.src === 1.2.3.4")
    assert parse("any ip.src != 1.2.3.4") == parse("ip.src !== 1.2.3.4")
    assert parse("all ip.src != 1.2.3.4") == parse("ip.src != 1.2.3.4")


def test_not_in_is_the_negation_of_in() -> None:
    assert parse("ip.ttl not in {1, 2}") == Not(parse("ip.ttl in {1, 2}"))


def test_layers_are_ranges() -> None:
    assert parse("ip.src#2") == Exists(FieldRef("ip.src", (Range(2, 1),)))
    assert parse("ip.src#[1-2,-1]") == Exists(FieldRef("ip.src", (Range(1, 2), Range(-1, 1))))


@pytest.mark.parametrize(
    ("text", "column", "reason"),
    [
        ("arp &&", 7, "ends too early"),
        ("(arp", 5, r"ends too early, '\)' was expected"),
        ("arp)", 4, r"'\)' was unexpected"),
        ("arp ip", 5, "'ip' was unexpected"),
        ("ip.srx", 1, "neither a field nor a protocol; did you mean ip.src"),
        ("ip.srx#1 == 1.2.3.4", 1, "no field is called 'ip.srx'; did you mean ip.src"),
        ("ip.ttl in {}", 12, "unexpected"),
        ("ip.ttl in {1 2}", 14, "'}' was expected"),
        ("length(ip) == 1", 1, "there are abs, count, len"),
        ("len(ip)", 1, "a comparison is missing"),
        ('"abc"', 1, "a comparison is missing"),
        ("any arp", 8, "ends too early"),
        ("ip[0:0] == 1", 3, "takes nothing"),
        ("ip[x] == 1", 3, "no range"),
        ("ip[1--1] == 1", 3, "both ends"),
        ("ip.ttl == ${}", 11, "a reference is written"),
        ("ip.ttl == ${a.ip.ttl#0}", 11, "no layer number"),
        ("(" * (DEPTH + 1) + "arp" + ")" * (DEPTH + 1), DEPTH + 1, "nested too deeply"),
    ],
)
def test_what_is_no_filter_is_an_error_with_its_column(text: str, column: int, reason: str) -> None:
    with pytest.raises(FilterError, match=reason) as caught:
        parse(text)
    assert (caught.value.column, caught.value.text) == (column, text)


@given(st.text(alphabet='ip.srcdtl=!&|()[]{}<>#"\\ $0127:-~,', max_size=30))
def test_any_text_is_a_filter_or_an_error(text: str) -> None:
    with suppress(FilterError):
        parse(text)
