"""What was found out about some keys, for many keys at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    Words = NDArray[np.uint64]

_BITS = 16
_SLOTS = 1 << _BITS
_ROUNDS = 4
_ODD = (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0xD6E8FEB86659FD93)


class Memo:
    """A cache that holds one key for each hash, so that it never grows.

    Keys and values are rows of 64-bit words. A key that is not there is asked about in Python; so
    are, each time, those that lose their place to others again and again.
    """

    def __init__(
        self, find: Callable[[tuple[int, ...]], Sequence[int]], key: int, value: int
    ) -> None:
        """Takes what finds out.

        Args:
            find: gives the words of the value that some key has.
            key: how many words a key has.
            value: how many a value has.
        """
        self._find = find
        self._keys = np.zeros((key, _SLOTS), np.uint64)
        self._values = np.zeros((value, _SLOTS), np.uint64)
        self._is_used = np.zeros(_SLOTS, np.bool_)

    def values(self, keys: Sequence[Words]) -> list[Words]:
        """The words of the values of many keys, a row for each word."""
        slots = self._slots(keys)
        for _ in range(_ROUNDS):
            missing = self._missing(keys, slots)
            if not len(missing):
                return [row[slots] for row in self._values]
            self._learn(keys, slots, missing)
        missing = self._missing(keys, slots)
        found = [row[slots] for row in self._values]
        for at in missing.tolist():
            for row, word in zip(found, self._find(self._key(keys, at)), strict=True):
                row[at] = word
        return found

    def _slots(self, keys: Sequence[Words]) -> NDArray[np.intp]:
        mixed = keys[0] * np.uint64(_ODD[0])
        for number, words in enumerate(keys[1:], 1):
            mixed ^= words
            mixed ^= mixed >> np.uint64(29)
            mixed *= np.uint64(_ODD[number % len(_ODD)])
        mixed ^= mixed >> np.uint64(32)
        mixed *= np.uint64(_ODD[0])
        return (mixed >> np.uint64(64 - _BITS)).astype(np.intp)

    def _missing(self, keys: Sequence[Words], slots: NDArray[np.intp]) -> NDArray[np.intp]:
        is_there = self._is_used[slots]
        for row, words in zip(self._keys, keys, strict=True):
            is_there &= row[slots] == words
        return np.flatnonzero(~is_there)

    def _learn(
        self, keys: Sequence[Words], slots: NDArray[np.intp], missing: NDArray[np.intp]
    ) -> None:
        """Find out about one key for each slot."""
        some, first = np.unique(slots[missing], return_index=True)
        for slot, at in zip(some.tolist(), missing[first].tolist(), strict=True):
            key = self._key(keys, at)
            self._keys[:, slot] = key
            self._values[:, slot] = self._find(key)
            self._is_used[slot] = True

    @staticmethod
    def _key(keys: Sequence[Words], at: int) -> tuple[int, ...]:
        return tuple(int(words[at]) for words in keys)
