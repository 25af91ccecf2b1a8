"""A UDP flow as one point saw it: datagrams between two ports, in both directions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wirelab.traffic.replay.conversations.connection import Event, Voice
from wirelab.traffic.replay.conversations.talk import Deed, End

if TYPE_CHECKING:
    from wirelab.traffic.replay.conversations.segments import Segment
    from wirelab.traffic.replay.conversations.store import Store

_SAME_WITHIN = 10_000_000
"""Nanoseconds between two sightings of one datagram by one point: on both sides of a router."""
_COPIED_WITHIN = 100_000
"""Nanoseconds between two copies of one frame that a switch makes for an analyzer."""


class Flow:
    """Takes the datagrams of one flow, and keeps what was said."""

    opened, from_start, over = True, True, False
    round_trips = (0, 0)

    def __init__(self, segment: Segment, store: Store) -> None:
        """Begins with the first datagram; who sends it is the client."""
        self.ends = (
            End(segment.source, segment.source_port),
            End(segment.destination, segment.destination_port),
        )
        self.first, self.time, self.point = segment.frame, segment.time, segment.point
        self.voices = (Voice(), Voice())
        self.events: list[Event] = []
        self.said = True
        self.repeated = 0
        self.lacks = ""
        self._store = store
        self._last: list[Segment | None] = [None, None]

    def side_of(self, segment: Segment) -> int:
        """Which side sent a datagram."""
        client = self.ends[0]
        return int((segment.source, segment.source_port) != (client.address, client.port))

    def add(self, segment: Segment) -> None:
        """Takes the next datagram."""
        side = self.side_of(segment)
        last = self._last[side]
        if last is not None and self._is_sighting(last, segment):
            self.repeated += 1
            return
        self._last[side] = segment
        if segment.missing and not self.lacks:
            self.lacks = f"the capture cut the datagram in frame {segment.frame}"
        voice, other = self.voices[side], self.voices[1 - side]
        now = segment.time
        event = Event(segment.frame, now, now, side, Deed.SAY, segment.size, other.amount)
        self.events.append(event)
        voice.text.add(segment.start, segment.size)
        voice.grow(voice.amount + 1, segment.time)

    def _is_sighting(self, one: Segment, other: Segment) -> bool:
        """Whether two datagrams are one, seen twice: on both sides of a router, or copied."""
        if (one.size, one.missing) != (other.size, other.missing):
            return False
        since = other.time - one.time
        if since > _SAME_WITHIN or one.identification != other.identification:
            return False
        if one.hops_left == other.hops_left:
            # No router lies between: the same frame, copied, or sent again by a program of its own.
            copied = one.station != other.station or since <= _COPIED_WITHIN
            if not one.identification or not copied:
                return False
        slices = (self._store.slice(each.start, each.size) for each in (one, other))
        return next(slices) == next(slices)
