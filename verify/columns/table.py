"""A capture as a table: its frames are made when they are asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, overload

import numpy as np

from wirelab.verify.columns.index import Index
from wirelab.verify.columns.octets import Octets
from wirelab.verify.frame import Frame, Point

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

Remarks = Callable[[int, int], tuple[bool | None, str]]
"""Given the offset of a frame and how much of it was captured: its direction and its comment."""
_MOST_TIME = 1 << 62


class Table(Sequence[Frame]):
    """The frames of a capture, and the index in which they are found."""

    def __init__(
        self, index: Index, remarks: Remarks | None, frames: Sequence[Frame] | None = None
    ) -> None:
        """Takes an index.

        Args:
            index: where the frames are.
            remarks: reads what the file says beside a frame; None where it says nothing.
            frames: the frames themselves where they are there anyway.
        """
        self.columns = index
        """Where the frames are, and what the file says about each."""
        self._remarks = remarks
        self._frames = frames

    @classmethod
    def of(cls, frames: Sequence[Frame], points: Sequence[Point]) -> Table | None:
        """A table of frames that are in memory; None for none, or when a time fits no column.

        Args:
            frames: the frames, counted from 1.
            points: the capture points.
        """
        if not frames or any(abs(frame.time) >= _MOST_TIME for frame in frames):
            return None
        links = {(frame.point, frame.linktype): 0 for frame in frames}
        numbers = {each: number for number, each in enumerate(links)}
        captured = np.array([len(frame.data) for frame in frames], np.int32)
        index = Index(
            Octets(b"".join([frame.data for frame in frames])),
            np.concatenate([[0], np.cumsum(captured, dtype=np.int64)[:-1]]).astype(np.int64),
            captured,
            np.array([max(frame.length, len(frame.data)) for frame in frames], np.int64),
            np.array([frame.time for frame in frames], np.int64),
            np.array([numbers[frame.point, frame.linktype] for frame in frames], np.int16),
            tuple(Point(name, linktype=linktype) for name, linktype in links),
            tuple(points),
        )
        return cls(index, None, frames)

    def __len__(self) -> int:
        return len(self.columns.start)

    @overload
    def __getitem__(self, at: int) -> Frame: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Frame]: ...
    def __getitem__(self, at: int | slice) -> Frame | Sequence[Frame]:
        if isinstance(at, slice):
            return [self[each] for each in range(*at.indices(len(self)))]
        if self._frames is not None:
            return self._frames[at]
        if not -len(self) <= at < len(self):
            raise IndexError(at)
        return self._frame(at % len(self))

    def __iter__(self) -> Iterator[Frame]:
        return (
            iter(self._frames) if self._frames is not None else map(self._frame, range(len(self)))
        )

    def _frame(self, at: int) -> Frame:
        index = self.columns
        start, captured = int(index.start[at]), int(index.captured[at])
        interface = index.interfaces[index.interface[at]]
        outgoing, comment = self._remarks(start, captured) if self._remarks else (None, "")
        return Frame(
            at + 1,
            int(index.time[at]),
            interface.name,
            index.octets.slice(start, start + captured),
            int(index.length[at]),
            interface.linktype,
            outgoing,
            comment,
        )

    @cached_property
    def point_numbers(self) -> NDArray[np.int16]:
        """At which point each frame was captured, as a place in `point_names`."""
        names = {name: number for number, name in enumerate(self.point_names)}
        numbers = [names[each.name] for each in self.columns.interfaces]
        return np.array(numbers, np.int16)[self.columns.interface]

    @property
    def points_seen(self) -> tuple[str, ...]:
        """The names of the points that have frames, in the order in which they are first seen."""
        found, first = np.unique(self.point_numbers, return_index=True)
        return tuple(self.point_names[number] for number in found[np.argsort(first)].tolist())

    @cached_property
    def point_names(self) -> tuple[str, ...]:
        """The names of the points of its interfaces, each once."""
        return tuple(dict.fromkeys(each.name for each in self.columns.interfaces))
