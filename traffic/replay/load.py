"""The frames of an order as messages, part by part, and the pages of the capture around them."""

from __future__ import annotations

import mmap
import os
from contextlib import suppress
from typing import TYPE_CHECKING

import numpy as np

from wirelab.traffic.replay.account import Count
from wirelab.traffic.replay.messages import Messages
from wirelab.traffic.replay.offload import VNET

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from wirelab.traffic.replay.account import Account
    from wirelab.traffic.replay.parcel import Parcel, Words
    from wirelab.traffic.replay.schedule import Ints

_FAST, _PACED = 4096, 512
"""Frames a part: as many as the processor's cache holds messages of; fewer where time matters."""
_POPULATE, _DROP, _SOON = 22, 4, 3  # MADV_POPULATE_READ, _DONTNEED, _WILLNEED (asm-generic/mman.h)
_SMALL = 64 << 20
"""Bytes of a file that is mapped as a whole and stays so."""
_PARTS = 4
"""Of a frame that may be cut: its virtio header, before its checksum, the checksum, the rest."""


class Load:
    """Messages for one part of the frames after the other, loop after loop."""

    def __init__(self, parcel: Parcel, words: Words) -> None:
        """Map the capture."""
        self._parcel, self._words = parcel, words
        size = os.fstat(words.capture).st_size
        self._map = mmap.mmap(words.capture, size, access=mmap.ACCESS_READ)
        self._base = np.frombuffer(self._map, np.uint8).ctypes.data
        self._whole = size <= _SMALL
        self._ahead = 0
        if self._whole:
            self._advise(_POPULATE, 0, size)
        self._room = min(_PACED if words.paced else _FAST, words.frames)
        self._messages = Messages(self._room, _PARTS if words.cuts else 1)
        self._plain = np.zeros(1, VNET)
        self.address = self._messages.address
        """Where the messages of this part are."""
        self.first, self.loop = 0, 0
        """The first frame of this part, and how often all were sent before."""
        self._fill(self._room)

    def parts(self) -> Iterator[int]:
        """Make part after part ready; yield how many frames it has."""
        frames, single = self._words.frames, self._room == self._words.frames
        for loop in range(self._words.loops):
            self._ahead = 0
            for first in range(0, frames, self._room):
                self.loop, self.first = loop, first
                count = min(self._room, frames - first)
                if not single:
                    self._fill(count)
                yield count

    def tell(self, account: Account) -> None:
        """Note how many bytes were sent."""
        sizes = np.where(account.refused == 0, self._parcel.captured, 0)
        whole, more = divmod(account.numbers[Count.HANDLED], self._words.frames)
        account.numbers[Count.OCTETS] = whole * int(sizes.sum()) + int(sizes[:more].sum())

    def _fill(self, count: int) -> None:
        part = slice(self.first, self.first + count)
        start, size = self._parcel.start[part], self._parcel.captured[part]
        if not self._whole:
            self._have(int(start.min()), int((start + size).max()))
        if not self._words.cuts:
            self._messages.fill(0, start + self._base, size)
        else:
            self._fill_with_cuts(start + self._base, size)

    def _fill_with_cuts(self, address: Ints, size: Ints) -> None:
        cuts, count = self._parcel.cuts, len(size)
        low, high = np.searchsorted(cuts.at, (self.first, self.first + count))
        chosen, at = slice(low, high), cuts.at[low:high] - self.first
        header = np.full(count, self._plain.ctypes.data)
        header[at] = _addresses(cuts.headers)[chosen]
        sums, none = np.zeros(count, np.int64), np.zeros(count, np.int64)
        sums[at] = _addresses(cuts.sums)[chosen]
        before, behind, rest, two = size.copy(), none.copy(), address.copy(), none.copy()
        before[at], two[at] = cuts.checksum[chosen], cuts.sums.itemsize
        rest[at] += cuts.checksum[chosen] + cuts.sums.itemsize
        behind[at] = cuts.size[chosen] - cuts.checksum[chosen] - cuts.sums.itemsize
        columns = ((header, none + VNET.itemsize), (address, before), (sums, two), (rest, behind))
        for number, (where, how_many) in enumerate(columns):
            self._messages.fill(number, where, how_many)

    def _have(self, start: int, end: int) -> None:
        """Have the pages of a part in memory before they are needed, and let go of those before."""
        if end - start > _SMALL:  # in no order: they come when they are needed
            return
        if end + _SMALL // 4 > self._ahead:
            self._advise(_SOON, end, _SMALL // 2)
            self._ahead = end + _SMALL // 2
        self._advise(_POPULATE, start, end - start)
        behind = start - _SMALL
        if behind >= 0:
            self._advise(_DROP, max(0, behind - _SMALL // 4), _SMALL // 4)

    def _advise(self, advice: int, start: int, length: int) -> None:
        first = start - start % mmap.PAGESIZE
        length = min(length + start - first, len(self._map) - first)
        if length > 0:
            with suppress(OSError):  # an older kernel does not know this one: it is only advice
                self._map.madvise(advice, first, length)


def _addresses(column: NDArray[np.generic]) -> Ints:
    """Where each item of a column is in memory."""
    found: Ints = column.ctypes.data + np.arange(len(column), dtype=np.int64) * column.itemsize
    return found
