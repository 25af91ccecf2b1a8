"""The index of a pcapng file: one section whose interfaces are described before its frames."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from wirelab.verify.columns.ahead import ahead
from wirelab.verify.columns.chains import chained
from wirelab.verify.columns.index import Index
from wirelab.verify.columns.octets import batches
from wirelab.verify.interfaces import Interface, OverlongOptionError, counts, options
from wirelab.verify.links import objection
from wirelab.verify.pcap import LONGEST_FRAME
from wirelab.verify.pcapng import (
    ENHANCED_PACKET,
    INTERFACE,
    OLD_PACKET,
    SECTION,
    SIMPLE_PACKET,
    STATISTICS,
    PcapngReader,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wirelab.verify.columns.octets import Ints, Octets

_HEADER, _SMALLEST, _LONGEST = 28, 32, LONGEST_FRAME + (1 << 20)
_SMALLEST_BLOCK, _LONGEST_STATISTICS = 12, 1 << 20
_SECOND = 1_000_000_000
_STRIDE = 1 << 17
"""How far apart starts of blocks are guessed, in bytes."""
_WINDOW = 1 << 12
"""How far a start is looked for from there, in bytes."""
_MOST_INTERFACES = 1 << 15
_MOST_OPTIONS = 8
"""With more options a block is out of the ordinary."""
_OTHERS = (SECTION, INTERFACE, OLD_PACKET, SIMPLE_PACKET)
"""Blocks that are out of the ordinary behind the first frame."""


@dataclass(frozen=True, slots=True)
class Head:
    """What the blocks before the first frame said."""

    reader: PcapngReader
    """The reader that took them in; its offset is where the first frame's block starts."""
    order: str
    """The byte order, as `struct` writes it."""
    interfaces: tuple[Interface, ...]
    """The interfaces."""


def index_of(octets: Octets, size: int, head: Head) -> Index | None:
    """The index of a file; None when anything in it is out of the ordinary.

    Args:
        octets: the bytes of the file.
        size: how many they are.
        head: what stands before the first frame.
    """
    return _Indexing(octets, size, head).index()


_Count = tuple[str, tuple[int | None, int | None] | None]
"""The counters of a point; None for those of a block that is out of the ordinary."""


@dataclass(frozen=True, slots=True)
class _Part:
    """What is said by some blocks; all columns are equally long."""

    places: Ints
    interface: Ints
    time: Ints
    captured: Ints
    length: Ints
    counts: tuple[_Count, ...]


_COLUMNS = ("places", "interface", "time", "captured", "length")


class _Indexing:
    """The making of one index."""

    def __init__(self, octets: Octets, size: int, head: Head) -> None:
        self._octets, self._size, self._head = octets, size, head
        self._little = head.order == "<"

    def index(self) -> Index | None:
        first = self._head.reader.offset
        blocks = chained(first, self._size, self._guesses(first), self._following)
        if blocks is None:
            return None
        parts = list(ahead(self._part, batches(blocks)))
        counts = {name: each for part in parts if part for name, each in part.counts}
        parts = [part for part in parts if part is None or len(part.places)]
        if None in parts or None in counts.values() or not parts:
            return None
        columns = [[getattr(part, column) for part in parts] for column in _COLUMNS]
        places, interface, time, captured, length = map(np.concatenate, columns)
        reader, points = self._head.reader, tuple(each.point for each in self._head.interfaces)
        return Index(
            self._octets,
            places + _HEADER,
            captured.astype(np.int32),
            length,
            time,
            interface.astype(np.int16),
            points,
            tuple(reader.points),
            reader.comment,
            {name: each for name, each in counts.items() if each is not None},
        )

    def _part(self, blocks: Ints) -> _Part | None:
        """What some blocks say; None when one of them is out of the ordinary."""
        kinds, total = self._octets.pair(blocks, little=self._little)
        is_frame = kinds == ENHANCED_PACKET
        if is_frame.all():
            return self._read(blocks, total, ())
        if np.isin(kinds, _OTHERS).any():
            return None
        counts = tuple(self._counts(blocks[kinds == STATISTICS]))
        return self._read(blocks[is_frame], total[is_frame], counts)

    def _read(self, frames: Ints, total: Ints, counts: tuple[_Count, ...]) -> _Part | None:
        """The columns of some frames; None when one of them is irregular."""
        if not len(frames):
            return _Part(frames, frames, frames, frames, frames, counts)
        interface, high = self._octets.pair(frames + 8, little=self._little)
        low, captured = self._octets.pair(frames + 16, little=self._little)
        length = np.maximum(self._number(frames, 24), captured)
        fitting = (total >= _SMALLEST) & (total <= _LONGEST)
        fitting &= (captured <= LONGEST_FRAME) & (captured + _SMALLEST <= total)
        if not fitting.all() or not self._are_known(interface):
            return None
        if not self._are_options(frames + _HEADER + captured + (-captured & 3), frames + total - 4):
            return None
        time = self._time(interface, high, low)
        return None if time is None else _Part(frames, interface, time, captured, length, counts)

    def _are_options(self, at: Ints, end: Ints) -> bool:
        """Whether options that begin at some places go no further than their blocks."""
        for _ in range(_MOST_OPTIONS):
            left = at + 4 <= end
            if not left.any():
                return True
            at, end = at[left], end[left]
            code = self._octets.number(at, 2, little=self._little)
            size = self._octets.number(at + 2, 2, little=self._little)
            at, end, size = at[code > 0], end[code > 0], size[code > 0]
            if (at + 4 + size > end).any():
                return False
            at = at + 4 + size + (-size & 3)
        return not (at + 4 <= end).any()

    def _number(self, at: Ints, offset: int) -> Ints:
        return self._octets.number(at + offset, 4, little=self._little)

    def _following(self, at: Ints) -> Ints:
        total = self._number(at, 4)
        after = at + total
        good = (total >= _SMALLEST_BLOCK) & (total & 3 == 0) & (after <= self._size)
        good &= self._number(np.where(good, after - 4, at), 0) == total
        return np.where(good, after, -1)

    def _guesses(self, first: int) -> Iterator[int]:
        """In each stretch of the file a place that looks like the start of a frame's block."""
        kind = struct.pack(self._head.order + "I", ENHANCED_PACKET)
        words = struct.Struct(self._head.order + "II")
        data = self._octets.data
        for stretch in range(first + _STRIDE, self._size - _SMALLEST, _STRIDE):
            at, last = data.find(kind, stretch, stretch + _WINDOW), stretch + _WINDOW
            while at >= 0:
                total = words.unpack_from(data, at)[1] if at + 8 <= self._size else 0
                after = at + total
                if _SMALLEST <= total <= _LONGEST and total % 4 == 0 and after + 8 <= self._size:
                    behind, following = words.unpack_from(data, after - 4)
                    if behind == total and following == ENHANCED_PACKET:
                        yield at
                        break
                at = data.find(kind, at + 1, last)

    def _are_known(self, interface: Ints) -> bool:
        """Whether these interfaces are described, and their frames can be dissected."""
        known = self._head.interfaces
        present = np.bincount(np.minimum(interface, _MOST_INTERFACES)).nonzero()[0].tolist()
        if max(present) >= min(len(known), _MOST_INTERFACES):
            return False
        return not any(objection(known[each].point.linktype) for each in present)

    def _time(self, interface: Ints, high: Ints, low: Ints) -> Ints | None:
        """The times of frames in nanoseconds; None where they do not fit a column."""
        time = np.zeros(len(interface), np.int64)
        for number, each in enumerate(self._head.interfaces):
            mine = interface == number
            if not mine.any():
                continue
            unit, rest = divmod(_SECOND, each.resolution)
            latest = (int(high[mine].max()) + 1 << 32) * unit + abs(each.offset) * _SECOND
            if rest or latest >= 1 << 62:
                return None
            time[mine] = (high[mine] << 32 | low[mine]) * unit + each.offset * _SECOND
        return time

    def _counts(self, blocks: Ints) -> Iterator[_Count]:
        """The counters of interfaces; None for a block that is out of the ordinary."""
        order, known = self._head.order, self._head.interfaces
        for at, total in zip(blocks.tolist(), self._number(blocks, 4).tolist(), strict=True):
            body = self._octets.slice(at + 8, at + total - 4)
            if not 12 <= len(body) <= _LONGEST_STATISTICS:
                yield "", None
                continue
            number = struct.unpack_from(order + "I", body)[0]
            if number < len(known):
                try:
                    yield known[number].point.name, counts(order, options(order, body, 12))
                except OverlongOptionError:
                    yield "", None
