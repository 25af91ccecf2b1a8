"""By how much sequence numbers of TCP move when a text before them got another length."""

from __future__ import annotations

from bisect import bisect_left, bisect_right

Flow = tuple[bytes, bytes, int, int]
"""Source and destination address, source and destination port, as recorded."""
MOST_EDITS = 4096
"""So many texts of one direction of a connection may change their length."""
_MOST_FLOWS = 1 << 16
_HALF, _WHOLE = 1 << 31, 1 << 32


class Shifts:
    """The edits of all connections, as frame after frame tells them."""

    def __init__(self) -> None:
        self._flows: dict[Flow, list[tuple[int, int]]] = {}
        self._firsts: dict[Flow, int] = {}

    def forget(self, flow: Flow) -> None:
        """Begin a connection anew."""
        self._flows.pop(flow, None)
        self._firsts.pop(flow, None)

    def add(self, flow: Flow, behind: int, grown: int) -> bool:
        """Remember that a text was replaced; the same one again changes nothing.

        Args:
            flow: in which direction of which connection.
            behind: the sequence number after the text, as recorded.
            grown: by how many bytes it became longer.

        Returns:
            Whether there was room to remember it.
        """
        edits = self._flows.get(flow)
        if edits is None:
            if len(self._flows) >= _MOST_FLOWS:
                return False
            edits, self._firsts[flow] = self._flows.setdefault(flow, []), behind
        place = self._place(flow, behind)
        at = bisect_left(edits, (place, -_WHOLE))
        if at < len(edits) and edits[at][0] == place:
            return True
        if len(edits) >= MOST_EDITS:
            return False
        edits.insert(at, (place, grown))
        return True

    def moved(self, flow: Flow, number: int) -> int:
        """What becomes of a sequence number, or of one that is acknowledged."""
        edits = self._flows.get(flow)
        if not edits:
            return number
        passed = bisect_right(edits, (self._place(flow, number), _WHOLE))
        return (number + sum(grown for _, grown in edits[:passed])) % _WHOLE

    def _place(self, flow: Flow, number: int) -> int:
        """How far a sequence number is behind the first edit; negative before it."""
        return (number - self._firsts[flow] + _HALF) % _WHOLE - _HALF
