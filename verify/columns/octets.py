"""Bytes, from which numbers are taken at many places at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import mmap
    from collections.abc import Iterator

    from numpy.typing import NDArray

    Ints = NDArray[np.int64]
    Words = NDArray[np.uint64]
    Mask = NDArray[np.bool_]

AT_ONCE = 1 << 15
"""For so many places at once the bytes around them stay in the processor's cache."""
_LEAST = 16


def batches(places: Ints) -> Iterator[Ints]:
    """The places, so many at once that the bytes around them stay in the cache; at least once."""
    for first in range(0, max(len(places), 1), AT_ONCE):
        yield places[first : first + AT_ONCE]


def distinct(numbers: NDArray[np.integer]) -> list[int]:
    """The different ones among numbers from 0 to 65535, in order."""
    found: list[int] = np.bincount(numbers).nonzero()[0].tolist()
    return found


class Octets:
    """A row of bytes: a mapped file, or bytes in memory.

    A place too near the end of the row gives some number; callers know how far their bytes go.
    """

    def __init__(self, data: mmap.mmap | bytes) -> None:
        if len(data) < _LEAST:
            data = bytes(data).ljust(_LEAST, b"\0")
        self.data = data
        """The bytes as they are."""
        self.size = len(data)
        """How many there are."""
        self._one: NDArray[np.uint8] = np.frombuffer(data, np.uint8)
        self._views: dict[str, NDArray[np.generic]] = {}

    def number(self, at: Ints, size: int, *, little: bool = False) -> Ints:
        """The number of `size` bytes, seven at most, at each place."""
        if size == 1:
            return self._one.take(at, mode="clip").astype(np.int64)
        if size in (2, 4):
            return self._view(size, little=little)[np.minimum(at, self.size - size)].astype(
                np.int64
            )
        step = range(size - 1, -1, -1) if little else range(size)
        total = np.zeros(len(at), np.int64)
        for offset in step:
            total = total << 8 | self.number(at + offset, 1)
        return total

    def pair(self, at: Ints, *, little: bool) -> tuple[Ints, Ints]:
        """The two numbers of four bytes each that lie one behind the other at each place."""
        both = self._view(8, little=little)[np.minimum(at, self.size - 8)].astype(np.uint64)
        low = (both & np.uint64(0xFFFFFFFF)).astype(np.int64)
        high = (both >> np.uint64(32)).astype(np.int64)
        return (low, high) if little else (high, low)

    def words(self, at: Ints, size: int) -> tuple[Words, ...]:
        """The bytes at each place as numbers of eight bytes, the first of which has the rest.

        The numbers of two rows of bytes of one size order as the rows do.
        """
        first = size % 8 or 8
        found = [self.number(at, first) if first < 8 else self._eight(at)]
        found += [self._eight(at + offset) for offset in range(first, size, 8)]
        return tuple(each.astype(np.uint64) for each in found)

    def slice(self, start: int, end: int) -> bytes:
        """Some of the bytes."""
        return bytes(self.data[start:end])

    def _eight(self, at: Ints) -> Words:
        return self._view(8, little=False)[np.minimum(at, self.size - 8)].astype(np.uint64)

    def _view(self, size: int, *, little: bool) -> NDArray[np.generic]:
        """Every place in the row as a number, without a copy: the items of the view overlap."""
        kind = f"{'<' if little else '>'}u{size}"
        view = self._views.get(kind)
        if view is None:
            shape = (self.size - size + 1,)
            view = self._views[kind] = np.ndarray(shape, np.dtype(kind), self.data, 0, (1,))
        return view
