"""Frames of several points, brought into the order of their times while they come."""

import heapq
from collections import deque
from collections.abc import Iterator
from itertools import count

from wirelab.emulator.tap import Captured

HOLD = 10_000_000
"""Nanoseconds for which a frame waits for earlier ones of other points. The kernel hands a frame
over some microseconds after it has stamped it; the rest is for a processor that is taken away."""


class Ordering:
    """Frames that wait until nothing earlier can come any more.

    Their own times, which somebody may set, decide about the order only; how long they wait is
    measured by a clock that nobody sets.
    """

    def __init__(self, hold: int = HOLD) -> None:
        """Begin empty.

        Args:
            hold: how long a frame waits, in nanoseconds; 0 where all come from one point.
        """
        self._hold = hold
        self._waiting: list[tuple[int, int, Captured]] = []
        self._arrivals: deque[tuple[int, int]] = deque()
        self._passed = -1
        self._numbers = count()

    def take(self, frame: Captured, now: int) -> None:
        """Take a frame that was read at a time of a monotonic clock, in nanoseconds."""
        heapq.heappush(self._waiting, (frame.time, next(self._numbers), frame))
        self._arrivals.append((now, frame.time))

    @property
    def due(self) -> int | None:
        """When, by the clock of `take`, the next frame may leave; None where none waits for it."""
        return self._arrivals[0][0] + self._hold if self._arrivals else None

    def leaving(self, now: int, unread: int | None = None) -> Iterator[Captured]:
        """Yield the frames that may leave, the earliest first.

        Args:
            now: by the clock of `take`; all that had come by then was taken, except where
            unread: is a time before which no unread frame was stamped: of the last frame of the
                point that is furthest behind.
        """
        while self._arrivals and self._arrivals[0][0] + self._hold <= now:
            self._passed = max(self._passed, self._arrivals.popleft()[1])
        until = self._passed if unread is None else min(self._passed, unread)
        while self._waiting and self._waiting[0][0] <= until:
            yield heapq.heappop(self._waiting)[2]

    def rest(self) -> Iterator[Captured]:
        """Yield all that still wait: nothing more will come."""
        self._arrivals.clear()
        while self._waiting:
            yield heapq.heappop(self._waiting)[2]
