"""What a sender notes while it sends, in memory that whoever started it sees as well.

The memory has numbers, then a byte for each frame of the order (not 0: it was refused), then the
time of each sending of a frame, on the monotonic clock, as long as there is room.
"""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import mmap

    from numpy.typing import NDArray

MOST_TIMES = 1 << 22
"""For so many sendings the time is noted; lateness and the worst error are known of all."""
_NUMBERS = 16
_SIZE = 8


class Count(IntEnum):
    """Where each number is; times are nanoseconds, of the monotonic clock."""

    HANDLED = 0
    """Frames that are done with: sent or refused."""
    REFUSED = 1
    """Those that the kernel did not take."""
    OCTETS = 2
    """Bytes of the frames that were sent."""
    LATE = 3
    """Frames sent later than allowed."""
    WORST = 4
    """By how much the latest was late."""
    WAITS = 5
    """How often the kernel would not take more for a moment."""
    STARTED = 6
    """When the first frame was sent, or was to be."""
    ENDED = 7
    """When the last one was."""
    CPU = 8
    """What the process used of the processors."""
    PUNCTUAL = 9
    """Whether the process ran before all ordinary ones."""


class Account:
    """The memory, by what is in it."""

    def __init__(self, memory: mmap.mmap, count: int) -> None:
        """Takes memory for `count` frames, as large as `size` says."""
        times_at = _NUMBERS * _SIZE + _padded(count)
        self.numbers = memoryview(memory)[: _NUMBERS * _SIZE].cast("q")
        """The numbers, by `Count`."""
        self.refused: NDArray[np.uint8] = np.frombuffer(memory, np.uint8, count, _NUMBERS * _SIZE)
        """Which frames of the order were refused."""
        self.times: NDArray[np.int64] = np.frombuffer(memory, np.int64, -1, times_at)
        """When each frame was sent, loop after loop; 0 for one that was not."""

    @staticmethod
    def size(count: int, loops: int, *, paced: bool) -> int:
        """How many bytes it needs for an order of `count` frames."""
        times = min(count * loops, MOST_TIMES) if paced else 1
        return _NUMBERS * _SIZE + _padded(count) + times * _SIZE


def _padded(count: int) -> int:
    return -(-count // _SIZE) * _SIZE
