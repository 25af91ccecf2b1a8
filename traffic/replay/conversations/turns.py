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
    heard: int = 0
    """How far it had heard the other side then."""
    spoken: int = 0
    """The bytes that it has said."""
    amount: int = 0
    """How far it has come, as needs count."""


@dataclass(slots=True)
class _Pair:
    """Two hosts that have conversations with each other."""

    recent: OrderedDict[int, None] = field(default_factory=OrderedDict)
    """The conversations in which something happened last, the latest at the end."""
    known: list[dict[tuple[int, bool], int]] = field(default_factory=lambda: [{}, {}])
    """For each host how far it had come when its last turn came, by conversation, said or heard.

    The next turn needs no more than what is new since, and that turn itself, which has waited for
    all before it.
    """
    last: list[int] = field(default_factory=lambda: [-1, -1])
    """For each host the conversation of its last turn."""


class Turns:
    """Works the turns of all conversations out."""

    def __init__(self, talks: Sequence[Talk], seen: Sequence[Connection | Flow]) -> None:
        """Takes the conversations, and what was seen of each."""
        self._talks, self._seen = talks, seen
        self._sides = [(_Side(), _Side()) for _ in talks]
        self._began = talks[0].time if talks else 0
        pairs: defaultdict[frozenset[bytes], _Pair] = defaultdict(_Pair)
        self._hosts = [talk.hosts for talk in talks]
        self._pairs = [pairs[frozenset(each)] for each in self._hosts]
        self._turned = [client > server for client, server in self._hosts]
        """Whether the client is the second host of its pair."""
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
        if event.heard > side.heard:
            needs.append(Need(number, event.side, True, event.heard))
            other = seen.voices[1 - event.side]
            since = max(since, other.course.reached(event.heard) + seen.round_trips[event.side])
        since = max(since, self._related(number, event, needs))
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

    def _related(self, number: int, event: Event, needs: list[Need]) -> int:
        """Adds what had happened in others between the two hosts; returns when the last did."""
        pair, since = self._pairs[number], 0
        host = event.side ^ self._turned[number]
        known, last, now = pair.known[host], pair.last[host], {}
        for other in pair.recent:
            seen, there = self._seen[other], host ^ self._turned[other]
            delay = seen.round_trips[there]
            for heard, voice, late in ((True, 1 - there, delay), (False, there, 0)):
                course = seen.voices[voice].course
                amount = min(course.at(event.time - late), self._sides[other][voice].amount)
                if other == number and heard:
                    amount = event.heard
                now[other, heard] = amount
                new = amount > known.get((other, heard), 0) or (other == last and not heard)
                if other != number and new and amount:
                    needs.append(Need(other, there, heard, amount))
                    since = max(since, course.reached(amount) + late)
        pair.known[host], pair.last[host] = now, number
        return since

    def _causes(self, number: int, event: Event, needs: list[Need]) -> int:
        """Adds the last thing that the host that opens had heard, from whomever; returns when."""
        latest, cause = event.time - _CAUSE, None
        for other, side in self._heard[self._hosts[number][event.side]]:
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
        recent = self._pairs[number].recent
        recent[number] = None
        recent.move_to_end(number)
        if len(recent) > _RELATED:
            recent.popitem(last=False)
        hearer = self._hosts[number][1 - event.side]
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
