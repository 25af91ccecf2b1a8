"""Where the payloads of a capture lie: in the mapped file, and beside it what is put together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wirelab.traffic.replay.errors import ReplayError

if TYPE_CHECKING:
    import mmap

MOST_ADDED = 1 << 30
"""Bytes of datagrams put together from fragments that are kept in memory."""


class Store:
    """A row of bytes: those of the capture, and behind them the ones that were added."""

    def __init__(self, data: mmap.mmap | bytes) -> None:
        self._data, self._size = data, len(data)
        self._added = bytearray()

    def add(self, data: bytes) -> int:
        """Adds bytes and returns where they lie.

        Raises:
            ReplayError: they are more than memory should hold.
        """
        if len(self._added) + len(data) > MOST_ADDED:
            raise ReplayError("the capture has more than 1 GiB in fragments: play a part of it")
        at = self._size + len(self._added)
        self._added += data
        return at

    def slice(self, start: int, size: int) -> bytes:
        """The `size` bytes that lie at `start`."""
        if start >= self._size:
            start -= self._size
            return bytes(self._added[start : start + size])
        return bytes(self._data[start : start + size])
