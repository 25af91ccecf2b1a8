"""From a tree back to text."""

from __future__ import annotations

import pytest
from generated import Generator
from hypothesis import given, settings
from hypothesis import strategies as st
from test_against_tshark import PACKETS, WRITTEN

from wirelab.verify.filter import display_filter
from wirelab.verify.filter.values import quoted


@pytest.mark.parametrize("text", [line.strip() for line in WRITTEN.strip().splitlines()])
def test_what_is_printed_reads_as_the_same_tree(text: str) -> None:
    tree = display_filter(text)
    assert display_filter(str(tree)).test == tree.test


@settings(max_examples=200, deadline=None)
@given(Generator(PACKETS).filters())
def test_what_is_printed_of_any_filter_reads_as_the_same_tree(text: str) -> None:
    tree = display_filter(text)
    assert display_filter(str(tree)).test == tree.test
    assert str(display_filter(str(tree))) == str(tree)


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("", ""),
        ("arp.opcode eq 1 and ip", "arp.opcode == 1 && ip"),
        ("(((arp)) and (ip))", "arp && ip"),
        ("(arp or ip) and udp", "(arp || ip) && udp"),
        ("not (ip.ttl == 1)", "!(ip.ttl == 1)"),
        ("not arp", "!arp"),
        ("not (not (arp and ip))", "!!(arp && ip)"),
        ("ip.ttl not in {1,2..3}", "ip.ttl not in {1, 2 .. 3}"),
        ("not all ip.ttl in {1}", "!(all ip.ttl in {1})"),
        ("ip.id == 5", "ip.id == 0x0005"),
        ("ip.ttl == {2 * {3 + 4}}", "ip.ttl == 14"),
        ("{ip.ttl + 1} * 2 == 4", "{ip.ttl + 1} * 2 == 4"),
        ("ip.ttl - {ip.ttl - 1} == 1", "ip.ttl - {ip.ttl - 1} == 1"),
        ("ip.ttl & 0x0f + 1 == 1", "ip.ttl & 16 == 1"),
        ("ip.src#[2] == 1.2.3.4", "ip.src#2 == 1.2.3.4"),
        ("ip.ttl == ${a.ip.ttl#2} - 1", "ip.ttl == ${a.ip.ttl#2} - 1"),
        ("frame.time_delta < 1.500", "frame.time_delta < 1.5"),
        ("eth.dst[0:1] == FF", "eth.dst[0] == 0xff"),
    ],
)
def test_the_canonical_spelling(text: str, printed: str) -> None:
    assert str(display_filter(text)) == printed


@given(st.binary(max_size=12))
def test_any_text_survives_in_quotes(octets: bytes) -> None:
    text = octets.decode(errors="surrogateescape")
    tree = display_filter(f"dns.qry.name == {quoted(text)}")
    assert quoted(text).isascii()
    assert str(tree) == f"dns.qry.name == {quoted(text)}"
