"""The fields for people: one line each, and the reference page of the documentation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wirelab.verify.fields import FIELDS, Field, Kind
from wirelab.verify.widths import bits

if TYPE_CHECKING:
    from collections.abc import Iterator

_HEAD = """# Fields

The fields of which filters and expectations may speak, under Wireshark's names. This page is
written by `tools/fields`; `lab fields PATTERN` searches it.

The tests hold names and types against `tshark -G fields` and values against `tshark -T fields`, for
samples of every field. Where a value is not what Wireshark shows in its default settings, the last
column says how. `unsigned 16` is a number of 16 bits without sign; a greater one is refused in a
filter. Times are seconds with up to nine decimals. A *label* has no value: it is there or it is
not. The type *protocol* is that of whole layers: a filter asks for it, or for its header's bytes.
"""
_TABLE = (
    "| field | type | unit | meaning | source | differs from Wireshark |\n|---|---|---|---|---|---|"
)


def kind_text(field: Field) -> str:
    """The type of a field in a word or two: "unsigned 16", "IPv4 address"."""
    if field.kind is Kind.UINT:
        return f"unsigned {bits(field.name)}"
    return "signed 32" if field.kind is Kind.INT else field.kind.value


def matching(pattern: str) -> list[Field]:
    """The fields in whose name, meaning or source a text occurs, whatever its case."""
    wanted = pattern.lower()
    return [
        field
        for field in FIELDS.values()
        if any(wanted in text.lower() for text in (field.name, field.meaning, field.source))
    ]


def as_json(field: Field) -> dict[str, str]:
    """What is known about a field, in types that `json` can write."""
    return {
        "field": field.name,
        "type": kind_text(field),
        "unit": field.unit,
        "meaning": field.meaning,
        "source": field.source,
        "protocol": field.protocol,
        "differs": field.differs,
    }


def page() -> str:
    """The reference page, in Markdown."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield _HEAD.rstrip()
    protocols = dict.fromkeys(field.protocol for field in FIELDS.values())
    alone = [name for name in protocols if len(_of(name)) == 1]
    for protocol in protocols:
        if protocol not in alone:
            yield f"\n## {protocol}\n\n{FIELDS[protocol].meaning}\n\n{_TABLE}"
            yield from map(_row, _of(protocol))
    yield f"\n## Known by name alone\n\n{_TABLE}"
    yield from (_row(FIELDS[name]) for name in alone)


def _of(protocol: str) -> list[Field]:
    return [field for field in FIELDS.values() if field.protocol == protocol]


def _row(field: Field) -> str:
    cells = (kind_text(field), field.unit, field.meaning, field.source, field.differs)
    return f"| `{field.name}` | {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"
