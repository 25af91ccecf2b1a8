"""A TCP connection as one point saw it: what each side said, in which order, knowing what.

What a side knew when it spoke is told by its acknowledgment numbers, wherever on the way the
capture was made. Amounts count as sequence numbers do (RFC 9293 3.4): the SYN first, the FIN last.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field, replace
from heapq import heappop, heappush
from typing import TYPE_CHECKING

from wirelab.traffic.replay.conversations.talk import Deed, End, Text

if TYPE_CHECKING:
    from wirelab.traffic.replay.conversations.segments import Segment

FIN, SYN, RST, ACK = 1, 2, 4, 16
_MODULO, _HALF = 1 << 32, 1 << 31
_PAUSE = 1_000_000
"""Nanoseconds of silence that are a pause, where the sender could have gone on."""
_INITIAL_WINDOW = 4380
"""Bytes on their way below which a sender need not wait for an acknowledgment (RFC 3390)."""
_MOST_WAITING = 1 << 14
"""Segments behind a gap that are remembered, of one side."""


@dataclass(slots=True)
class Event:
    """One thing that a side did: of what it said, all that it said in one go."""

    frame: int
    """The frame in which it was seen."""
    time: int
    """When, in nanoseconds since the epoch."""
    last: int
    """When the last of it was seen, likewise."""
    side: int
    """CLIENT or SERVER."""
    deed: Deed
    """What."""
    size: int
    """How many bytes it said."""
    heard: int
    """How far it had heard the other side then."""


@dataclass(slots=True)
class Course:
    """An amount that grows with time."""

    times: array[int] = field(default_factory=lambda: array("q"))
    """When it grew, in nanoseconds since the epoch."""
    amounts: array[int] = field(default_factory=lambda: array("q"))
    """To what."""

    def note(self, amount: int, time: int) -> None:
        """Notes that it has grown."""
        self.times.append(time)
        self.amounts.append(amount)

    @property
    def last(self) -> int:
        """What it is now."""
        return self.amounts[-1] if self.amounts else 0

    def at(self, time: int) -> int:
        """What it was at a time."""
        place = bisect_right(self.times, time)
        return self.amounts[place - 1] if place else 0

    def reached(self, amount: int) -> int:
        """When it came to an amount; 0 where it never did."""
        place = bisect_left(self.amounts, amount)
        return self.times[place] if place < len(self.times) else 0


@dataclass(slots=True)
class Voice:
    """One direction of a connection."""

    base: int | None = None
    """The number of its SYN; None until it is known."""
    text: Text = field(default_factory=lambda: Text(array("q"), array("q")))
    """The bytes that came in order."""
    amount: int = 0
    """How far everything was seen."""
    furthest: int = 0
    """How far the furthest was that was seen, or that the other side acknowledged."""
    acks: Course = field(default_factory=Course)
    """How far the other side acknowledged, and when."""
    sent: int = 0
    """When it sent something last, new or not, in nanoseconds since the epoch."""
    resent: bool = False
    """Whether that was not new."""
    event: Event | None = None
    """What it did last."""
    finish: int | None = None
    """The amount with its FIN, once that was seen."""
    waiting: dict[int, Segment] = field(default_factory=dict)
    """Segments behind a gap, by their relative number."""
    heap: list[int] = field(default_factory=list)
    """These numbers, the lowest first (`heapq`)."""
    course: Course = field(default_factory=Course)
    """When the amount grew, and to what."""

    def relative(self, number: int) -> int:
        """How far a sequence number is behind the SYN; numbers may have gone round."""
        near = self.amount
        return near + ((number - (self.base or 0) - near + _HALF) % _MODULO) - _HALF

    def grow(self, amount: int, time: int) -> None:
        """Notes that everything was seen up to an amount."""
        self.amount = amount
        self.furthest = max(self.furthest, amount)
        self.course.note(amount, time)


class Connection:
    """Takes the segments of one connection, and keeps what was done."""

    def __init__(self, segment: Segment) -> None:
        """Begins with the first segment that was seen."""
        source = End(segment.source, segment.source_port)
        destination = End(segment.destination, segment.destination_port)
        answers = segment.flags & SYN and segment.flags & ACK  # its SYN was missed
        self.ends = (destination, source) if answers else (source, destination)
        self.first, self.time, self.point = segment.frame, segment.time, segment.point
        self.from_start = bool(segment.flags & SYN)
        self.voices = (Voice(), Voice())
        self.events: list[Event] = []
        self.opened = False
        """Whether both sides agreed."""
        self.over = False
        """Whether it was reset."""
        self.said = False
        """Whether any data was seen."""
        self.repeated = 0
        """Segments that brought nothing new."""
        self.round_trips = [0, 0]
        """From the point to the client and back, and to the server and back, in nanoseconds."""
        self._synced = [0, 0]

    def begins_anew(self, segment: Segment) -> bool:
        """Whether a segment opens another connection between the same ports."""
        if segment.flags & (SYN | ACK) != SYN:
            return False
        voice = self.voices[self.side_of(segment)]
        return self.over or not self.from_start or voice.base not in (None, segment.seq)

    def side_of(self, segment: Segment) -> int:
        """Which side sent a segment."""
        client = self.ends[0]
        return int((segment.source, segment.source_port) != (client.address, client.port))

    def add(self, segment: Segment) -> None:
        """Takes the next segment."""
        self.said = self.said or bool(segment.size)
        if self.over or not self.from_start:
            return
        side = self.side_of(segment)
        voice, other = self.voices[side], self.voices[1 - side]
        if segment.flags & SYN:
            self._sync(voice, segment, side)
        elif voice.base is None:
            self._know(side, segment.seq - 1, segment)  # its SYN was not captured
        if segment.flags & ACK:
            self._acknowledge(other, segment, side)
        if segment.flags & RST:
            self._reset(side, segment)
            return
        self._hear(voice, segment, side)

    def _sync(self, voice: Voice, segment: Segment, side: int) -> None:
        self._synced[side] = segment.time
        if side == 1 and segment.flags & ACK and not self.opened:
            self.round_trips[1] = max(0, segment.time - self._synced[0]) if self._synced[0] else 0
        if voice.base is None:
            self._know(side, segment.seq, segment)

    def _know(self, side: int, base: int, segment: Segment) -> None:
        """Takes the number of a side's SYN, whoever tells it; with the client's all begins."""
        self.voices[side].base = base % _MODULO
        self.voices[side].grow(1, segment.time)
        if side == 0:
            self._note(segment, side, Deed.OPEN, 0)

    def _acknowledge(self, other: Voice, segment: Segment, side: int) -> None:
        if other.base is None:
            if segment.flags & RST:
                return  # it refuses
            self._know(1 - side, segment.ack - 1, segment)
        amount = other.relative(segment.ack)
        if amount > other.acks.last:
            other.acks.note(amount, segment.time)
            other.furthest = max(other.furthest, amount)
        if side == 0 and not self.opened and not segment.flags & RST and amount >= 1:
            self.opened = True
            if self._synced[1]:
                self.round_trips[0] = max(0, segment.time - self._synced[1])

    def _hear(self, voice: Voice, segment: Segment, side: int) -> None:
        """Takes what a segment brings, and what it makes whole."""
        begin = voice.relative(segment.seq) + (1 if segment.flags & SYN else 0)
        size = segment.size + segment.missing
        if not size and not segment.flags & FIN:
            return
        end = begin + size + bool(segment.flags & FIN)
        voice.furthest = max(voice.furthest, end)
        if end <= voice.amount:
            self.repeated += 1
            voice.sent, voice.resent = segment.time, True
            return
        if begin > voice.amount:
            self._keep(voice, begin, segment)
            return
        self._take(voice, segment, begin, side)
        while voice.heap and voice.heap[0] <= voice.amount:  # it becomes whole now
            at = heappop(voice.heap)
            filled = replace(voice.waiting.pop(at), frame=segment.frame, time=segment.time)
            self._take(voice, filled, at, side)

    def _keep(self, voice: Voice, begin: int, segment: Segment) -> None:
        known = voice.waiting.get(begin)
        if known is None and len(voice.waiting) >= _MOST_WAITING:
            return  # a gap that is never filled: the connection lacks bytes
        if known is None:
            heappush(voice.heap, begin)
        if known is None or known.size < segment.size:
            voice.waiting[begin] = segment

    def _take(self, voice: Voice, segment: Segment, begin: int, side: int) -> None:
        """Takes a segment that begins with bytes already seen, or with the next one."""
        known = voice.amount - begin
        fresh = segment.size - known
        if fresh > 0 and voice.finish is None:
            self._note(segment, side, Deed.SAY, fresh)
            voice.text.add(segment.start + known, fresh)
            voice.grow(voice.amount + fresh, segment.time)
        behind = begin + segment.size
        ends = segment.flags & FIN and not segment.missing and voice.finish is None
        if ends and behind == voice.amount:
            self._note(segment, side, Deed.FINISH, 0)
            voice.finish = behind + 1
            voice.grow(behind + 1, segment.time)

    def _reset(self, side: int, segment: Segment) -> None:
        if not self.opened:
            return
        self.over = True
        if any(voice.finish is None for voice in self.voices):
            # What was on its way to it counts as heard: else the streams could not be equal.
            heard = self.voices[1 - side].amount
            now = segment.time
            self.events.append(Event(segment.frame, now, now, side, Deed.RESET, 0, heard))

    def _note(self, segment: Segment, side: int, deed: Deed, size: int) -> None:
        voice, other = self.voices[side], self.voices[1 - side]
        heard = 0
        if segment.flags & ACK and deed is not Deed.OPEN:
            heard = max(0, min(other.relative(segment.ack), other.amount))
        now, last = segment.time, voice.event
        idle = self._idle(voice, now, side)
        voice.sent, voice.resent = now, False
        if last and deed is last.deed is Deed.SAY and heard <= last.heard and idle <= _PAUSE:
            last.size += size
            last.last = now
        else:
            voice.event = Event(segment.frame, now, now, side, deed, size, heard)
            self.events.append(voice.event)

    def _idle(self, voice: Voice, time: int, side: int) -> int:
        """How long a side could have spoken before a time, as far as the network let it."""
        delay = self.round_trips[side]
        least = voice.amount - _INITIAL_WINDOW + 1
        if voice.acks.at(time - delay) < least:  # as far as it knew
            return 0
        allowed = voice.acks.reached(least) + delay if least > 0 else 0
        answer = sum(self.round_trips) if voice.resent else 0  # for which it then has to wait
        return max(0, time - max(voice.sent + answer, allowed))

    @property
    def lacks(self) -> str:
        """What the capture lacks of it; "" when it is whole."""
        if not self.from_start:
            return "the capture begins in the middle of it"
        if self.said and not self.opened:
            return "the capture lacks how it was opened"
        for voice, who in zip(self.voices, ("client", "server"), strict=True):
            if voice.furthest > voice.amount:
                return (
                    f"the capture lacks what its {who} says from byte {max(0, voice.amount - 1)} on"
                )
        return ""
