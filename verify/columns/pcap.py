"""The index of a classic capture file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from wirelab.verify.columns.chains import chained
from wirelab.verify.columns.index import Index
from wirelab.verify.frame import Point
from wirelab.verify.links import objection
from wirelab.verify.pcap import LONGEST_FRAME, MAGICS

if TYPE_CHECKING:
    from wirelab.verify.columns.octets import Ints, Octets

_HEADER, _RECORD, _VERSION = 24, 16, 2
_SECOND = 1_000_000_000
_SOON = 30 * 86400
"""Records of one file are not expected to be further apart, in seconds; only guesses are."""
_WINDOW = 2048
"""How far a record is looked for from a place that was guessed, in bytes."""
_STRIDE = 1 << 17
"""How far apart places are guessed, in bytes."""


def index_of(octets: Octets, size: int) -> Index | None:
    """The index of a file; None when anything in it is out of the ordinary.

    Args:
        octets: the bytes of the file.
        size: how many they are.
    """
    magic = octets.slice(0, 4)
    if magic not in MAGICS or size < _HEADER:
        return None
    order, unit = MAGICS[magic]
    little = order == "<"
    if int(octets.number(np.array([4]), 2, little=little)[0]) != _VERSION:
        return None
    linktype = int(octets.number(np.array([20]), 4, little=little)[0]) & 0xFFFF
    if objection(linktype):
        return None

    def following(at: Ints) -> Ints:
        captured = octets.number(at + 8, 4, little=little)
        after = at + _RECORD + captured
        return np.where((captured <= LONGEST_FRAME) & (after <= size), after, -1)

    guesses = _Guesses(octets, size, little=little, most=_SECOND // unit)
    at = chained(_HEADER, size, guesses.all(), following)
    if at is None:
        return None
    seconds, fraction, captured, length = (
        octets.number(at + offset, 4, little=little) for offset in (0, 4, 8, 12)
    )
    point = Point("", linktype=linktype)
    return Index(
        octets,
        at + _RECORD,
        captured.astype(np.int32),
        np.maximum(length, captured),
        seconds * _SECOND + fraction * unit,
        np.zeros(len(at), np.int16),
        (point,),
        (point,),
    )


class _Guesses:
    """Looks for places that seem to be the start of a record."""

    def __init__(self, octets: Octets, size: int, *, little: bool, most: int) -> None:
        self._octets, self._little, self._most = octets, little, most
        self._end = size
        self._first = int(octets.number(np.array([_HEADER]), 4, little=little)[0])

    def all(self) -> list[int]:
        """A place in each stretch of the file where one was found."""
        found = []
        for at in range(_HEADER + _STRIDE, self._end - _WINDOW, _STRIDE):
            places = np.arange(at, at + _WINDOW, dtype=np.int64)
            places = places[self._plausible(places)]
            found += places[self._plausible(self._after(places))][:1].tolist()
        return found

    def _after(self, at: Ints) -> Ints:
        return at + _RECORD + self._octets.number(at + 8, 4, little=self._little)

    def _plausible(self, at: Ints) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        seconds, fraction, captured, length = (
            self._octets.number(at + offset, 4, little=self._little) for offset in (0, 4, 8, 12)
        )
        near = np.abs(seconds - self._first) < _SOON
        sizes = (captured > 0) & (captured <= length) & (length <= LONGEST_FRAME)
        return near & (fraction < self._most) & sizes & (at + _RECORD <= self._end)
