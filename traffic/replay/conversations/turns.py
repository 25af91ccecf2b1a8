"""From what was seen to turns: what each side waits for, how long it thinks, and what it says.

Everything is looked at in the order of time, and a turn needs only what came before it: so that,
however the topology delays, some turn can always be taken. Needs are of three kinds: what the side
had heard in its own conversation, what had happened in others between the same two hosts (an FTP
data connection and its control connection), and, to open one, what its host had heard last of
anybody.
"""

from __future__ import annotations

from collections import OrderedDict, defaultdict, deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from wirelab.traffic.replay.conversations.segments import TCP
from wirelab.traffic.replay.conversations.talk import CLIENT, SERVER, Deed, Need, Talk, Turn

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wirelab.traffic.replay.conversations.connection import Connection, Event
    from wirelab.traffic.replay.conversations.flow import Flow

_CAUSE = 1_000_000_000
"""Nanoseconds after which what a host heard from others is no cause of its opening something."""
_RELATED = 8
"""So many conversations between two hosts are looked at, those that said something last."""
_HEARD_LAST = 4
"""So many things that a host heard last are looked at."""


@dataclass(slots=True)
class _Side:
    """One side of a conversation on its way through time."""

    last: int = 0
    """When it did something last, in nanoseconds since the epoch; 0 for never."""
    known: dict[tuple[int, bool], int] = field(default_factory=dict)
    """What it has waited for: amounts by conversation, and whether heard or said."""
    heard: int = -1
    """How far it had heard the other side then."""
    spoken: int = 0
    """The bytes that it has said."""
    amount: int = 0
    """How far it has come, as needs count."""


class Turns:
    """Works the turns of all conversations out."""

    def __init__(self, talks: Sequence[Talk], seen: Sequence[Connection | Flow]) -> None:
        """Takes the conversations, and what was seen of each."""
        self._talks, self._seen = talks, seen
        self._sides = [(_Side(), _Side()) for _ in talks]
        self._began = talks[0].time if talks else 0
        self._recent: defaultdict[frozenset[bytes], OrderedDict[int, None]] = defaultdict(
            OrderedDict
        )
        self._heard: defaultdict[bytes, deque[tuple[int, int]]] = defaultdict(
            lambda: deque(maxlen=_HEARD_LAST)
        )

    def work_out(self) -> None:
        """Gives every conversation its turns."""
        events = [
            (event.time, event.frame, number, event)
            for number, seen in enumerate(self._seen)
            for event in seen.events
        ]
        events.sort(key=lambda each: each[:3])
        for _, _, number, event in events:
            self._take(number, event)
        for number, talk in enumerate(self._talks):
            if talk.protocol == TCP:
                self._end(number)

    def _take(self, number: int, event: Event) -> None:
        """Makes a turn of an event."""
        side = self._sides[number][event.side]
        seen = self._seen[number]
        opens = not any(each.amount for each in self._sides[number])
        needs: list[Need] = []
        since = side.last
        if event.heard > max(side.heard, 0):
            needs.append(Need(number, event.side, True, event.heard))
            other = seen.voices[1 - event.side]
            since = max(since, other.course.reached(event.heard) + seen.round_trips[event.side])
        since = max(since, self._related(number, side, event, needs))
        if opens:
            since = max(since, self._causes(number, event, needs))
        turn = Turn(
            event.side,
            event.deed,
            side.spoken,
            event.size,
            max(0, event.time - (since or self._began)),
            tuple(needs),
            event.frame,
        )
        self._talks[number].turns.append(turn)
        side.heard = max(side.heard, event.heard)
        self._note(number, side, event)

    def _related(self, number: int, side: _Side, event: Event, needs: list[Need]) -> int:
        """Adds what had happened in others between the two hosts; returns when the last did."""
        talk, since = self._talks[number], 0
        host = talk.ends[event.side].address
        for other in reversed(self._recent[_pair(talk)]):
            if other == number:
                continue
            there = self._side_at(other, host, event.side)
            seen = self._seen[other]
            soon = event.time - seen.round_trips[there]
            for heard, voice, at in ((True, 1 - there, soon), (False, there, event.time)):
                amount = min(seen.voices[voice].course.at(at), self._sides[other][voice].amount)
                if amount > side.known.get((other, heard), 0):
                    side.known[other, heard] = amount
                    needs.append(Need(other, there, heard, amount))
                    delay = seen.round_trips[there] if heard else 0
                    since = max(since, seen.voices[voice].course.reached(amount) + delay)
        return since

    def _side_at(self, number: int, host: bytes, otherwise: int) -> int:
        client, server = (end.address for end in self._talks[number].ends)
        return otherwise if client == server else int(server == host)

    def _causes(self, number: int, event: Event, needs: list[Need]) -> int:
        """Adds the last thing that the host that opens had heard, from whomever; returns when."""
        latest, cause = event.time - _CAUSE, None
        for other, side in self._heard[self._talks[number].ends[event.side].address]:
            seen, come = self._seen[other], self._sides[other][1 - side].amount
            course, delay = seen.voices[1 - side].course, seen.round_trips[side]
            amount = min(course.at(event.time - delay), come)
            arrived = course.reached(amount) + delay if amount else 0
            if other != number and arrived > latest:
                latest, cause = arrived, Need(other, side, True, amount)
        if cause is None:
            return 0
        if cause not in needs:
            needs.append(cause)
        return latest

    def _note(self, number: int, side: _Side, event: Event) -> None:
        """Notes that an event has been."""
        talk = self._talks[number]
        other = self._sides[number][1 - event.side]
        side.last = event.last
        side.spoken += event.size
        if talk.protocol == TCP:
            side.amount = max(side.amount, 1) + event.size + (event.deed is Deed.FINISH)
            other.amount = max(other.amount, 1)
        else:
            side.amount += 1
        recent = self._recent[_pair(talk)]
        recent.pop(number, None)
        recent[number] = None
        if len(recent) > _RELATED:
            recent.popitem(last=False)
        hearer = talk.ends[1 - event.side].address
        if event.deed is Deed.SAY:
            heard, this = self._heard[hearer], (number, 1 - event.side)
            if this in heard:
                heard.remove(this)
            heard.append(this)

    def _end(self, number: int) -> None:
        """Lets a connection end that the capture leaves open: when all was said and heard."""
        talk, seen = self._talks[number], self._seen[number]
        if seen.over:
            return
        client, server = seen.voices
        for side, own, needed in (
            (CLIENT, client, server.amount),
            (SERVER, server, client.amount + (client.finish is None)),
        ):
            if own.finish is None:
                needs = (Need(number, side, True, needed),)
                start = own.text.size
                talk.turns.append(Turn(side, Deed.FINISH, start, 0, 0, needs, talk.first))
                talk.left_open = True


def _pair(talk: Talk) -> frozenset[bytes]:
    return frozenset(end.address for end in talk.ends)
