"""Which bytes of something are there, however the pieces overlap."""

from __future__ import annotations

from bisect import bisect_left, bisect_right


class Coverage:
    """A set of bytes, kept as spans that neither touch nor overlap."""

    __slots__ = ("_behind", "_first")

    def __init__(self) -> None:
        self._first: list[int] = []
        """Where each span begins, in ascending order."""
        self._behind: list[int] = []
        """Where each of them ends, likewise."""

    def add(self, first: int, behind: int) -> None:
        """Adds the bytes from `first` on, up to but without `behind`."""
        if first >= behind:
            return
        left = bisect_left(self._behind, first)
        right = bisect_right(self._first, behind)
        if left < right:
            first = min(first, self._first[left])
            behind = max(behind, self._behind[right - 1])
        self._first[left:right] = [first]
        self._behind[left:right] = [behind]

    def reaches(self, behind: int) -> bool:
        """Whether all bytes from 0 up to but without `behind` are there."""
        return behind == 0 or bool(self._first and not self._first[0] and self._behind[0] >= behind)
