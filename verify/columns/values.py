"""The values of a filter's operands in many frames at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from wirelab.verify.columns.places import places_of
from wirelab.verify.fields import FIELDS, Kind
from wirelab.verify.filter.nodes import Arithmetic, Binary, Constant, FieldRef, Operand, Slice

if TYPE_CHECKING:
    from collections.abc import Callable

    from wirelab.verify.columns.batch import Batch
    from wirelab.verify.columns.layers import Layers
    from wirelab.verify.columns.octets import Ints, Mask, Words
    from wirelab.verify.dissectors.places import Check, Place
    from wirelab.verify.filter.nodes import Range

_LARGEST = 1 << 40
"""Numbers up to here can be calculated with in 64 bits."""
_NUMBERS = (Kind.BOOL, Kind.UINT, Kind.INT, Kind.TIME, Kind.EPOCH)
_ROWS = (Kind.ETHER, Kind.IPV4, Kind.IPV6, Kind.BYTES)


class Unsupported(Exception):  # noqa: N818 - not an error: such a filter is asked packet by packet
    """The columns cannot answer this."""


@dataclass(frozen=True, slots=True)
class Values:
    """Values of one operand: numbers, or rows of bytes of one size; a frame may have several."""

    row: Ints
    """To which frame of the batch each belongs."""
    numbers: Ints | None
    """The numbers; None for rows of bytes."""
    words: tuple[Words, ...] = ()
    """The rows of bytes, eight bytes a word, the first of which has the rest."""
    size: int = 0
    """How many bytes a row has."""


def values(operand: Operand, batch: Batch) -> Values:
    """The values of an operand that is no constant.

    Raises:
        Unsupported: they are not in columns.
    """
    match operand:
        case FieldRef():
            return _field(operand, batch)
        case Slice(FieldRef() as inner, ranges):
            return _slice(inner, ranges, batch)
        case Binary():
            return _calculated(operand, batch)
        case _:
            raise Unsupported


def constant(operand: Operand) -> Constant:
    """The operand, if it is a constant; otherwise it is unsupported."""
    if not isinstance(operand, Constant):
        raise Unsupported
    return operand


def words_of(row: bytes) -> tuple[int, ...]:
    """A row of bytes as the words of `Values`."""
    first = len(row) % 8 or 8
    parts = [row[:first], *(row[at : at + 8] for at in range(first, len(row), 8))]
    return tuple(int.from_bytes(part, "big") for part in parts)


def layers_of(reference: FieldRef, batch: Batch) -> list[Layers]:
    """The layers in which a field is looked for.

    Raises:
        Unsupported: they are counted from the innermost.
    """
    found = batch.stack.found.get(FIELDS[reference.name].protocol, [])
    if not reference.layers:
        return found
    return _chosen(found, reference.layers, batch.size)


def _chosen(found: list[Layers], ranges: tuple[Range, ...], size: int) -> list[Layers]:
    """Those layers whose place among the layers of their frame, from 1, is in one of the ranges."""
    counts = np.zeros(size, np.int64)
    for layers in found:
        counts[layers.row] += 1
    seen, chosen = np.zeros(size, np.int64), []
    for layers in found:
        seen[layers.row] += 1
        place, count = seen[layers.row], counts[layers.row]
        wanted = np.zeros(len(layers), bool)
        for each in ranges:
            start = each.start if each.start >= 0 else each.start + count + 1
            stop = count + 1 if each.length is None else np.minimum(start + each.length, count + 1)
            wanted |= (place >= np.maximum(start, 1)) & (place < stop)
        chosen.append(layers.where(wanted))
    return chosen


def _field(reference: FieldRef, batch: Batch) -> Values:
    key = (reference.name, reference.layers)
    known = batch.values.get(key)
    if known is None:
        known = batch.values[key] = _read(reference, batch)
    return known


def _read(reference: FieldRef, batch: Batch) -> Values:
    special = _SPECIAL.get(reference.name)
    found = layers_of(reference, batch)
    if special is not None:
        parts = [special(batch, layers) for layers in found]
        return _joined([Values(row, numbers) for row, numbers in parts])
    places = places_of(reference.name)
    if not places:
        raise Unsupported
    return _joined([_placed(batch, layers, place) for layers in found for place in places])


def _joined(parts: list[Values]) -> Values:
    if not parts:
        return Values(np.zeros(0, np.int64), np.zeros(0, np.int64))
    if len(parts) == 1:
        return parts[0]
    row = np.concatenate([part.row for part in parts])
    if parts[0].numbers is not None:
        return Values(
            row, np.concatenate([part.numbers for part in parts if part.numbers is not None])
        )
    words = tuple(np.concatenate(each) for each in zip(*(p.words for p in parts), strict=True))
    return Values(row, None, words, parts[0].size)


def _placed(batch: Batch, layers: Layers, place: Place) -> Values:
    """The values at a place of those layers that have it."""
    there = layers.start + place.offset + place.size <= layers.end
    for check in place.checks:
        there &= satisfied(batch, layers, check)
    layers = layers.where(there)
    at, octets = layers.start + place.offset, batch.stack.octets
    if place.is_raw:
        return Values(layers.row, None, octets.words(at, place.size), place.size)
    number = octets.number(at, place.size, little=place.little)
    if place.mask >= 0:
        number &= place.mask
    return Values(
        layers.row, (number != 0).astype(np.int64) if place.is_flag else number >> place.shift
    )


def satisfied(batch: Batch, layers: Layers, check: Check) -> Mask:
    """Which of the layers are as a check wants them."""
    enough = layers.start + check.offset + check.size <= layers.end
    if check.allowed is None:
        return enough
    number = batch.stack.octets.number(layers.start + check.offset, check.size)
    if check.mask >= 0:
        number &= check.mask
    if isinstance(check.allowed, range):
        return enough & (number >= check.allowed.start) & (number < check.allowed.stop)
    return enough & np.isin(number, list(check.allowed))


def _slice(reference: FieldRef, ranges: tuple[Range, ...], batch: Batch) -> Values:
    """One stretch of bytes of a field whose values are all of one size."""
    places = places_of(reference.name)
    if len(ranges) != 1 or not all(place.is_raw for place in places) or not places:
        raise Unsupported
    size, taken = places[0].size, ranges[0]
    start = taken.start + size if taken.start < 0 else taken.start
    stop = size if taken.length is None else start + taken.length
    if not 0 <= start < stop <= size or any(place.size != size for place in places):
        raise Unsupported
    return _joined(
        [
            _part(_placed(batch, layers, place), layers, place.offset + start, stop - start, batch)
            for layers in layers_of(reference, batch)
            for place in places
        ]
    )


def _part(whole: Values, layers: Layers, offset: int, size: int, batch: Batch) -> Values:
    at = layers.start[np.searchsorted(layers.row, whole.row)] + offset
    return Values(whole.row, None, batch.stack.octets.words(at, size), size)


def _calculated(operand: Binary, batch: Batch) -> Values:
    """A calculation with a field on the left and a constant on the right."""
    left, right = values(operand.left, batch), constant(operand.right).value
    if left.numbers is None:
        return _masked(left, operand.op, right)
    if not isinstance(right, int) or not -_LARGEST < right < _LARGEST:
        raise Unsupported
    numbers = left.numbers
    if len(numbers) and (max(-numbers.min(), numbers.max()) * max(abs(right), 1)) >= 1 << 62:
        raise Unsupported
    if operand.op in (Arithmetic.DIVIDE, Arithmetic.MODULO) and right == 0:
        return Values(left.row[:0], numbers[:0])
    return Values(left.row, _CALCULATE[operand.op](numbers, int(right)))


def _masked(left: Values, op: Arithmetic, right: object) -> Values:
    """Rows of bytes under a mask of their size; a mask of another size gives no value."""
    if op is not Arithmetic.AND or not isinstance(right, bytes):
        raise Unsupported
    if len(right) != left.size:
        none = left.row[:0]
        return Values(none, None, tuple(word[:0] for word in left.words), left.size)
    masks = words_of(right)
    words = tuple(w & np.uint64(mask) for w, mask in zip(left.words, masks, strict=True))
    return Values(left.row, None, words, left.size)


def _divided(left: Ints, right: int) -> Ints:
    """Towards zero, as in C."""
    quotient = np.abs(left) // abs(right)
    return np.where((left < 0) == (right < 0), quotient, -quotient)


_CALCULATE: dict[Arithmetic, Callable[[Ints, int], Ints]] = {
    Arithmetic.AND: lambda left, right: left & right,
    Arithmetic.ADD: lambda left, right: left + right,
    Arithmetic.SUBTRACT: lambda left, right: left - right,
    Arithmetic.MULTIPLY: lambda left, right: left * right,
    Arithmetic.DIVIDE: _divided,
    Arithmetic.MODULO: lambda left, right: left - right * _divided(left, right),
}


def _of_index(column: str) -> Callable[[Batch, Layers], tuple[Ints, Ints]]:
    """What the file says about each frame."""

    def read(batch: Batch, layers: Layers) -> tuple[Ints, Ints]:
        found = getattr(batch.table.columns, column)[batch.first : batch.behind]
        return layers.row, found[layers.row].astype(np.int64)

    return read


def _frame_number(batch: Batch, layers: Layers) -> tuple[Ints, Ints]:
    return layers.row, layers.row + batch.first + 1


def _since_first(batch: Batch, layers: Layers) -> tuple[Ints, Ints]:
    time = batch.table.columns.time
    return layers.row, time[batch.first + layers.row] - time[0]


def _since_previous(batch: Batch, layers: Layers) -> tuple[Ints, Ints]:
    time, at = batch.table.columns.time, batch.first + layers.row
    return layers.row, time[at] - time[np.maximum(at - 1, 0)]


def _header_length(offset: int, shift: int) -> Callable[[Batch, Layers], tuple[Ints, Ints]]:
    """A length that a nibble says in words of four bytes."""

    def read(batch: Batch, layers: Layers) -> tuple[Ints, Ints]:
        layers = layers.where(layers.start + offset < layers.end)
        octet = batch.stack.octets.number(layers.start + offset, 1)
        return layers.row, (octet >> shift & 15) * 4

    return read


def _ip_length(batch: Batch, layers: Layers) -> tuple[Ints, Ints]:
    said = batch.stack.octets.number(layers.start + 2, 2)
    return layers.row, np.where(said > 0, said, layers.stop - layers.start)


def _data_length(batch: Batch, layers: Layers) -> tuple[Ints, Ints]:
    """The data of segments; quoted headers have none."""
    layers = layers.where(np.full(len(layers), not layers.quoted))
    header = (batch.stack.octets.number(layers.start + 12, 1) >> 4) * 4
    return layers.row, layers.stop - layers.start - header


_SPECIAL: dict[str, Callable[[Batch, Layers], tuple[Ints, Ints]]] = {
    "frame.number": _frame_number,
    "frame.len": _of_index("length"),
    "frame.cap_len": _of_index("captured"),
    "frame.time_epoch": _of_index("time"),
    "frame.time_relative": _since_first,
    "frame.time_delta": _since_previous,
    "ip.hdr_len": _header_length(0, 0),
    "ip.len": _ip_length,
    "tcp.hdr_len": _header_length(12, 4),
    "tcp.len": _data_length,
}
"""Fields whose numbers are not just bytes at a place."""
