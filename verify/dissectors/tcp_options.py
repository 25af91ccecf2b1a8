"""The options of a TCP header."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from wirelab.verify.dissectors.tcp_stream import ACK, HEADER, MODULO, NO_SCALE, SYN, Segment

if TYPE_CHECKING:
    from collections.abc import Callable

    from wirelab.verify.dissectors.reading import Values
    from wirelab.verify.dissectors.table import Table
    from wirelab.verify.field import Field, Reader
    from wirelab.verify.layer import Layer

_END, _NOP, _MSS, _SCALE, _SACK, _TIMESTAMPS = 0, 1, 2, 3, 5, 8
_LARGEST_SHIFT = 14


@dataclass(frozen=True, slots=True)
class Option:
    """One option of a header."""

    kind: int
    """Its kind."""
    data: bytes
    """The option, kind and length included."""


def options(layer: Layer) -> list[Option]:
    """The options of a TCP layer, up to the first whose length is wrong."""
    if layer.end - layer.start < HEADER:
        return []
    at = layer.start + HEADER
    end = min(layer.start + (layer.data[layer.start + 12] >> 4) * 4, layer.end)
    found = []
    while at < end:
        kind = layer.data[at]
        size = 1 if kind in (_END, _NOP) else layer.data[at + 1] if at + 1 < end else 0
        if size < 1 or at + size > end or (size < 2 and kind not in (_END, _NOP)):
            break
        found.append(Option(kind, layer.data[at : at + size]))
        at += size
    return found


def follow(segment: Segment) -> None:
    """Learns the window scales from a SYN: they hold only when both sides send one."""
    if not segment.flags & SYN:
        return
    flow, back = segment.flow, segment.back
    shifts = [each.data[2] for each in options(segment.layer) if _is(each, _SCALE, 3)]
    if not shifts:
        flow.scale = back.scale = NO_SCALE
    elif segment.flags & ACK and back.scale == NO_SCALE:
        flow.scale = NO_SCALE
    else:
        flow.scale = min(shifts[0], _LARGEST_SHIFT)


def _is(option: Option, kind: int, size: int) -> bool:
    return option.kind == kind and len(option.data) == size


def _each(value: Callable[[Option], Values]) -> Reader:
    """The values of every option."""

    def read(layer: Layer) -> Values:
        return tuple([each for option in options(layer) for each in value(option)])

    return read


def _part(kind: int, size: int, offset: int, length: int) -> Reader:
    """A number in the options of one kind that have the right size."""

    def value(option: Option) -> Values:
        if not _is(option, kind, size):
            return ()
        return (int.from_bytes(option.data[offset : offset + length], "big"),)

    return _each(value)


def _edges(offset: int) -> Reader:
    """One edge of each block of the SACK options, counted like `tcp.ack`."""

    def read(layer: Layer) -> Values:
        state = layer.state
        base = state.back.base or 0 if isinstance(state, Segment) else 0
        return tuple(
            [
                (int.from_bytes(option.data[at : at + 4], "big") - base) % MODULO
                for option in options(layer)
                if option.kind == _SACK
                for at in range(2 + offset, len(option.data) - 3, 8)
            ]
        )

    return read


def _kind(option: Option) -> Values:
    return (option.kind,)


def _length(option: Option) -> Values:
    return (option.data[1],) if len(option.data) > 1 else ()


def _multiplier(option: Option) -> Values:
    if not _is(option, _SCALE, 3):
        return ()
    return (1 << min(option.data[2], _LARGEST_SHIFT),)


def _all(layer: Layer) -> Values:
    if layer.end - layer.start < HEADER:
        return ()
    end = layer.start + (layer.data[layer.start + 12] >> 4) * 4
    first = layer.start + HEADER
    return (layer.data[first:end],) if first < end <= layer.end else ()


def fields(table: Table) -> tuple[Field, ...]:
    """The rows about options, for the table of TCP."""
    window = "RFC 7323 2.2"
    stamps = "RFC 7323 3.2"
    return (
        table.octets("tcp.options", "The options as they are.", _all),
        table.uint("tcp.option_kind", "The kind of an option.", _each(_kind)),
        table.uint("tcp.option_len", "Its length, kind included.", _each(_length), unit="bytes"),
        table.uint(
            "tcp.options.mss_val",
            "The largest segment that the sender takes, headers not counted.",
            _part(_MSS, 4, 2, 2),
            source="RFC 9293 3.7.1",
            unit="bytes",
        ),
        table.uint(
            "tcp.options.wscale.shift",
            "By how many bits the sender's window will be shifted.",
            _part(_SCALE, 3, 2, 1),
            source=window,
        ),
        table.uint(
            "tcp.options.wscale.multiplier",
            "By what the sender's window will be multiplied.",
            _each(_multiplier),
            source=window,
        ),
        table.uint(
            "tcp.options.timestamp.tsval",
            "The sender's clock.",
            _part(_TIMESTAMPS, 10, 2, 4),
            source=stamps,
        ),
        table.uint(
            "tcp.options.timestamp.tsecr",
            "The other side's clock, echoed.",
            _part(_TIMESTAMPS, 10, 6, 4),
            source=stamps,
        ),
        table.uint(
            "tcp.options.sack_le",
            "The first byte of a block that arrived behind a gap.",
            _edges(0),
            source="RFC 2018 3",
        ),
        table.uint(
            "tcp.options.sack_re",
            "The byte behind such a block.",
            _edges(4),
            source="RFC 2018 3",
        ),
    )
