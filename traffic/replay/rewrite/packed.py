"""Many frames in one row of bytes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from wirelab.verify.columns.index import Index

    Ints = NDArray[np.int64]

SPARE = 64
"""So many bytes behind the last frame of a copy may be read without asking."""
LEAD = 4
"""So many in front of the first one, and of each that was replaced, belong to nobody."""


@dataclass(frozen=True)
class Packed:
    """Frames, and where each of them is."""

    octets: NDArray[np.uint8]
    """The bytes in which the frames lie, and perhaps others."""
    start: Ints
    """Where each frame starts."""
    size: Ints
    """How many bytes it has."""

    @classmethod
    def of(cls, frames: Sequence[bytes], gap: int = 0) -> Packed:
        """Frames one behind the other, with so many bytes in front of each."""
        size = np.array([len(each) for each in frames], np.int64)
        filling = bytes(gap)
        octets = np.frombuffer(filling + filling.join(frames), np.uint8)
        return cls(octets, np.cumsum(size + gap) - size, size)

    @classmethod
    def at(cls, index: Index) -> Packed:
        """The frames of a capture that is mapped, as much of them as was captured."""
        octets = np.frombuffer(index.octets.data, np.uint8)
        return cls(octets, index.start, index.captured.astype(np.int64))

    def __len__(self) -> int:
        return len(self.start)

    def __iter__(self) -> Iterator[bytes]:
        ends = (self.start + self.size).tolist()
        for start, end in zip(self.start.tolist(), ends, strict=True):
            yield self.octets[start:end].tobytes()

    def copy(self) -> Packed:
        """The same frames in bytes of their own, with `LEAD` in front and `SPARE` behind them.

        What lies between the frames is copied as well, if it is not much more than they.
        """
        if not len(self):
            return Packed(np.zeros(LEAD + SPARE, np.uint8), self.start, self.size)
        first, last = int(self.start.min()), int((self.start + self.size).max())
        if not self._are_apart() or last - first > 2 * int(self.size.sum()) + SPARE * len(self):
            return Packed.of(list(self)).copy()
        octets = np.zeros(LEAD + last - first + SPARE, np.uint8)
        octets[LEAD : LEAD + last - first] = self.octets[first:last]
        return Packed(octets, self.start - first + LEAD, self.size)

    def with_gaps(self, gap: int) -> Packed:
        """The same frames with at least so many bytes of nobody between two of them."""
        return self if self._are_apart(gap) else Packed.of(list(self), gap)

    def with_others(self, others: dict[int, bytes]) -> Packed:
        """With some frames, by their places, replaced by others of any length."""
        if not others:
            return self
        places = np.array(list(others), np.int64)
        added = Packed.of(list(others.values()), LEAD)
        start, size = self.start.copy(), self.size.copy()
        start[places], size[places] = added.start + len(self.octets), added.size
        spare = np.zeros(SPARE, np.uint8)
        return Packed(np.concatenate([self.octets, added.octets, spare]), start, size)

    def _are_apart(self, gap: int = 0) -> bool:
        order = np.argsort(self.start, kind="stable")
        ends = (self.start + self.size)[order]
        return bool((ends[:-1] + gap <= self.start[order][1:]).all())
