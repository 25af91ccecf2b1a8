"""The options of an IPv4 header."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from wirelab.verify.dissectors.reading import Values
    from wirelab.verify.dissectors.table import Table
    from wirelab.verify.field import Field, Reader
    from wirelab.verify.layer import Layer

_END, _NOP = 0, 1
_RECORD_ROUTE, _TIMESTAMP, _LOOSE, _ALERT, _STRICT = 7, 68, 131, 148, 137
_ROUTES = frozenset({_RECORD_ROUTE, _LOOSE, _STRICT})
WRITTEN_BY_ROUTERS = _ROUTES | {_TIMESTAMP}
"""The types of options into which routers write addresses and times (RFC 791 section 3.1)."""


@dataclass(frozen=True, slots=True)
class Option:
    """One option of a header."""

    kind: int
    """Its type, the copy flag and class included."""
    data: bytes
    """The option, type and length included."""


def options(layer: Layer) -> list[Option]:
    """The options of an IPv4 layer, up to the first whose length is wrong."""
    at = layer.start + 20
    end = min(layer.start + (layer.data[layer.start] & 15) * 4, layer.end)
    found = []
    while at < end:
        kind = layer.data[at]
        size = 1 if kind in (_END, _NOP) else layer.data[at + 1] if at + 1 < end else 0
        if size < 1 or at + size > end or (size < 2 and kind not in (_END, _NOP)):
            break
        found.append(Option(kind, layer.data[at : at + size]))
        if kind == _END:
            break
        at += size
    return found


def _each(value: Callable[[Option], Values]) -> Reader:
    """The values of every option."""

    def read(layer: Layer) -> Values:
        if layer.end - layer.start < 20:
            return ()
        return tuple([each for option in options(layer) for each in value(option)])

    return read


def _kind(option: Option) -> Values:
    return (option.kind,)


def _copied(option: Option) -> Values:
    return (option.kind & 0x80 != 0,)


def _class(option: Option) -> Values:
    return (option.kind >> 5 & 3,)


def _number(option: Option) -> Values:
    return (option.kind & 31,)


def _length(option: Option) -> Values:
    return (option.data[1],) if len(option.data) > 1 else ()


def _pointer(option: Option) -> Values:
    pointed = option.kind in _ROUTES or option.kind == _TIMESTAMP
    return (option.data[2],) if pointed and len(option.data) > 2 else ()


def _alert(option: Option) -> Values:
    if option.kind != _ALERT or len(option.data) < 4:
        return ()
    return (int.from_bytes(option.data[2:4], "big"),)


def _recorded(option: Option) -> Values:
    """The slots of a route option before its pointer."""
    if option.kind != _RECORD_ROUTE or len(option.data) < 3:
        return ()
    stop = min(option.data[2] - 1, len(option.data))
    return tuple([option.data[at : at + 4] for at in range(3, stop - 3, 4)])


def _empty(option: Option) -> Values:
    """The slots of a record route option from its pointer on."""
    if option.kind != _RECORD_ROUTE or len(option.data) < 3:
        return ()
    first = max(option.data[2] - 1, 3)
    return tuple([option.data[at : at + 4] for at in range(first, len(option.data) - 3, 4)])


def fields(table: Table) -> tuple[Field, ...]:
    """The rows about options, for the table of IPv4."""
    return (
        table.uint("ip.opt.type", "The type of an option.", _each(_kind)),
        table.boolean("ip.opt.type.copy", "Whether all fragments have it.", _each(_copied)),
        table.uint("ip.opt.type.class", "0 is control, 2 measurement.", _each(_class)),
        table.uint("ip.opt.type.number", "Its number within the class.", _each(_number)),
        table.uint(
            "ip.opt.len", "Its length, type and length included.", _each(_length), unit="bytes"
        ),
        table.uint("ip.opt.ptr", "Where the next address or time goes, from 1.", _each(_pointer)),
        table.uint(
            "ip.opt.ra",
            "0: routers shall look at the packet.",
            _each(_alert),
            source="RFC 2113 2.1",
        ),
        table.ipv4("ip.rec_rt", "An address that a router recorded.", _each(_recorded)),
        table.ipv4("ip.empty_rt", "Room for an address still to be recorded.", _each(_empty)),
    )
