"""The segments of one direction of a connection that wait for their acknowledgment."""

from __future__ import annotations

from dataclasses import dataclass
from heapq import heappop, heappush
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wirelab.verify.layer import Layer

_MODULO = 1 << 32
_HALF = 1 << 31
_MOST = 10_000
"""So many segments are remembered, as by Wireshark."""


@dataclass(slots=True, eq=False)
class _Waiting:
    """A segment that waits, or has waited."""

    start: int
    """The position of its first byte."""
    end: int
    """The position behind it."""
    layer: Layer
    """Its layer in the packet that sent it."""
    is_answered: bool = False
    """Whether it waits no longer."""


class InFlight:
    """What was sent and not yet acknowledged.

    Sequence numbers, which begin again at 2**32, become positions that do not. What a segment or an
    acknowledgment costs hardly depends on how many segments wait: they are kept in two heaps.
    """

    __slots__ = (
        "_acknowledged",
        "_added",
        "_ends",
        "_furthest",
        "_latest",
        "_new",
        "_new_first",
        "_starts",
    )

    def __init__(self) -> None:
        self._added = 0
        """How many segments have been added; orders those that are otherwise alike."""
        self._ends: list[tuple[int, int, _Waiting]] = []
        """Those that wait, by their ends."""
        self._starts: list[tuple[int, int, _Waiting]] = []
        """Those that were there at the last acknowledgment, by their starts, and some others."""
        self._new: list[_Waiting] = []
        """Those that came since, in a row."""
        self._new_first = 0
        """The least start of these."""
        self._furthest = 0
        """The greatest end of those that wait."""
        self._acknowledged = 0
        """The greatest position that was acknowledged while any waited."""
        self._latest = 0
        """The position to which the next ones are near."""

    def add(self, seq: int, size: int, layer: Layer) -> None:
        """Takes in a segment that occupies `size` numbers from `seq` on."""
        if len(self._ends) >= _MOST:
            return
        end = self._position(seq + size)
        waiting = _Waiting(end - size, end, layer)
        self._latest = end
        self._furthest = max(end, self._furthest) if self._ends else end
        self._new_first = min(waiting.start, self._new_first) if self._new else waiting.start
        heappush(self._ends, (end, self._added, waiting))
        self._new.append(waiting)
        self._added += 1

    def acknowledge(self, ack: int) -> Layer | None:
        """Takes off what an acknowledgment number covers; the first segment that ends there."""
        if not self._ends:
            return None
        reached = self._position(ack)
        answered = None
        while self._ends and self._ends[0][0] <= reached:
            end, _, waiting = heappop(self._ends)
            waiting.is_answered = True
            if end == reached and answered is None:
                answered = waiting.layer
        self._acknowledged = max(reached, self._acknowledged) if self._starts else reached
        self._settle()
        return answered

    def span(self) -> tuple[int, int] | None:
        """The sequence numbers of the first byte on its way and behind the last; None for none.

        A segment that is acknowledged in part begins where its acknowledged part ends.
        """
        if not self._ends:
            return None
        firsts = [self._new_first] if self._new else []
        while self._starts and self._starts[0][2].is_answered:
            heappop(self._starts)
        if self._starts:
            firsts.append(max(self._starts[0][0], self._acknowledged))
        return min(firsts) % _MODULO, self._furthest % _MODULO

    def _settle(self) -> None:
        """Puts the new ones that still wait among the others."""
        if not self._ends:
            self._starts.clear()
        for waiting in self._new:
            if not waiting.is_answered:
                heappush(self._starts, (waiting.start, self._added, waiting))
                self._added += 1
        self._new.clear()

    def _position(self, number: int) -> int:
        """The position with that sequence number which is next to the latest one."""
        return self._latest + (number - self._latest + _HALF) % _MODULO - _HALF
