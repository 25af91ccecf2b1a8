"""One direction of a link with a quality of its own: which frames leave it, and when."""

import random
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

from wirelab.emulator.quality import Quality

ROOM = 1000
"""Frames that may be under way or wait to be sent, as in netem; more are lost."""


@dataclass
class Tally:
    """What became of the frames of one direction."""

    carried: int = 0
    """Frames that left it."""
    lost: int = 0
    """Frames that it lost, as it should."""
    overflowed: int = 0
    """Frames for which there was no room."""
    missed: int = 0
    """Frames that it never got to see: not 0 means that it was too slow."""


class Lane:
    """Frames on their way: they leave in the order in which they came."""

    def __init__(self, quality: Quality, draw: random.Random) -> None:
        """Begin empty; `draw` decides for each frame that comes whether it is lost."""
        self._quality, self._draw = quality, draw
        self._waiting: deque[tuple[int, bytes]] = deque()
        self._sent_until = 0
        self.tally = Tally()

    def take(self, frame: bytes, arrived: int) -> None:
        """Take a frame that arrived at a time, in nanoseconds of any clock."""
        if self._draw.random() * 100 < self._quality.loss:
            self.tally.lost += 1
        elif len(self._waiting) >= ROOM:
            self.tally.overflowed += 1
        else:
            begun = max(arrived, self._sent_until)
            self._sent_until = begun + self._quality.sending(len(frame))
            self._waiting.append((self._sent_until + self._quality.delay, frame))

    @property
    def due(self) -> int | None:
        """When the next frame leaves, on the clock of their arrivals; None when it is empty."""
        return self._waiting[0][0] if self._waiting else None

    def leaving(self, now: int) -> Iterator[bytes]:
        """Yield the frames whose time has come."""
        while self._waiting and self._waiting[0][0] <= now:
            self.tally.carried += 1
            yield self._waiting.popleft()[1]
