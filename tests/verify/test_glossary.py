"""The reference of fields: current, complete, and true to Wireshark's types."""

from __future__ import annotations

from pathlib import Path

import pytest
from oracle import TSHARK, tshark

from wirelab.verify.fields import FIELDS, Kind
from wirelab.verify.glossary import kind_text, matching, page
from wirelab.verify.widths import bits

PAGE = Path(__file__).parents[2] / "docs" / "fields.md"


def test_the_page_is_what_the_tool_writes() -> None:
    assert PAGE.read_text() == page(), "run tools/fields"


def test_every_field_has_one_row() -> None:
    rows = [line.split("`")[1] for line in PAGE.read_text().splitlines() if line.startswith("| `")]
    assert sorted(rows) == sorted(FIELDS)


def test_every_field_is_explained() -> None:
    assert [each.name for each in FIELDS.values() if not (each.meaning and each.source)] == []


def test_fields_are_found_by_name_meaning_and_source() -> None:
    assert "ip.ttl" in {each.name for each in matching("TTL")}
    assert "arp.isprobe" in {each.name for each in matching("rfc 5227")}
    assert matching("no such thing") == []


@pytest.mark.skipif(TSHARK is None, reason="tshark is not installed")
def test_numbers_are_as_wide_as_in_wireshark() -> None:
    widths = {}
    for line in tshark("-G", "fields").splitlines():
        parts = line.split("\t")
        width = parts[3].removeprefix("FT_UINT") if parts[0] == "F" else ""
        if width.isdecimal():
            widths[parts[2]] = int(width)
    numbers = [name for name, field in FIELDS.items() if field.kind is Kind.UINT]
    assert [name for name in numbers if bits(name) != widths.get(name, 32)] == []
    assert kind_text(FIELDS["ip.ttl"]) == "unsigned 8"
