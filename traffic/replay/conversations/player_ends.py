"""The ends of conversations in a player: what each waits for, says and hears.

Amounts count as in `talk.Need`. An end that has failed counts as having done everything: what else
was to come after it goes on.
"""

from __future__ import annotations

import hashlib
import socket
from time import monotonic_ns
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from wirelab.traffic.replay.conversations.player_main import Player

FAR = 1 << 62
"""An amount that nothing reaches."""
_LOST_AFTER = 2_000_000_000
"""Nanoseconds after which a datagram that should be there is taken for lost."""
_ON_TIME = 20_000_000
"""Nanoseconds: a turn that was later than this is not made up for in the next."""


class End:
    """One side of a conversation."""

    lossy = False
    """Whether what was sent may never arrive."""

    def __init__(self, player: Player, order: dict[str, Any]) -> None:
        """Takes its orders (see `orders.py`)."""
        self.player = player
        self.number: int = order["talk"]
        self.side: int = order["side"]
        self.peer: tuple[str, int] = tuple(order["peer"])
        self.own: tuple[str, int] = tuple(order["own"])
        self.family = socket.AF_INET6 if ":" in self.own[0] else socket.AF_INET
        self.turns: list[list[Any]] = order["turns"]
        self.says: int = order["says"]
        self.hears: int = order["hears"][0]
        self.size: int = order["hears"][1]
        self.said = self.heard = 0
        """How far this end has come, and what it got from the other."""
        self.got = 0
        """Bytes that it got."""
        self.digest = hashlib.sha256()
        self.error = ""
        self.differs: int | None = None
        """The first byte that is not as recorded."""
        self.over = False
        self.at = 0
        """The place of the turn that is next."""
        self.written = 0
        """Bytes of it that were handed over."""
        self.ready = False
        """Whether nothing but thinking is left before it."""
        self.due = 0
        self.stalled_since = 0
        """Since when what it waits for is known to be on its way; 0 while it is not."""
        self.late: list[int] = []
        """How much later than it was due each turn began, in nanoseconds."""
        self.skipped = 0
        """Turns that were taken although what they wait for was lost."""
        self.begun = self.ended = 0
        self._alarm = 0

    def go_on(self) -> None:
        """Takes as many turns as can be taken now."""
        while not self.over and self.at < len(self.turns):
            deed, start, size, think, needs = self.turns[self.at]
            if not self.ready:
                missing = self.player.missing(needs)
                if missing:
                    self.player.watch(self, missing)
                    return
                self._prepare(think, bool(needs))
            now = monotonic_ns()
            if now < self.due:
                self.wake_at(self.due)
                return
            if not self.written and len(self.late) == self.at:
                self.late.append(now - self.due)
                self.begun = self.begun or now
            if not self.act(deed, start, size):
                return
            self.next_turn(deed)
        if not self.over:
            self.finish_if_done()

    def _prepare(self, think: int, waited: bool) -> None:
        """Works out when a turn for which nothing more is missing is due."""
        now = monotonic_ns()
        last = self.due or self.player.start
        base = now if waited or (now - last > _ON_TIME and self.at) else last
        self.ready, self.due, self.stalled_since = True, base + think, 0

    def wake_at(self, time: int) -> None:
        """Sees that it is woken at a time, once."""
        if not monotonic_ns() < self._alarm <= time:
            self._alarm = time
            self.player.wake_at(time, self)

    def next_turn(self, deed: str) -> None:
        """Goes to the next turn."""
        self.at += 1
        self.written, self.ready, self.stalled_since = 0, False, 0
        if deed == "say":
            self.player.done += 1

    def act(self, deed: str, start: int, size: int) -> bool:
        """Does what the turn is about; False when the kernel takes no more now."""
        raise NotImplementedError

    def finish_if_done(self) -> None:
        """Ends when there is nothing more to say nor to hear."""
        raise NotImplementedError

    def look(self, now: int) -> None:
        """Sees whether it has waited too long for what is on its way."""
        if self.over:
            return
        missing = self._missing()
        if not self._on_the_way(missing, now):
            self.stalled_since = 0
            return
        self.stalled_since = self.stalled_since or now
        lossy = bool(missing) and all(self.player.ends[each[0]].lossy for each in missing)
        if now - self.stalled_since < (_LOST_AFTER if lossy else self.player.patience):
            return
        if not lossy:
            self.fail(f"stands still: {self._awaited(missing)}")
        elif self.at < len(self.turns):
            self.skipped += 1
            self._prepare(self.turns[self.at][3], waited=True)
            self.go_on()
        else:
            self.end()

    def _missing(self) -> list[list[int]]:
        """What it waits for: needs of its turn, or after the last one the rest of the other."""
        if self.at < len(self.turns):
            return [] if self.ready else self.player.missing(self.turns[self.at][4])
        return [[self.number, 1, self.rest()]]

    def rest(self) -> int:
        """How far it will have heard the other side in the end."""
        raise NotImplementedError

    def _on_the_way(self, missing: list[list[int]], now: int) -> bool:
        """Whether the network is waited for, and not what somebody has yet to do."""
        if not missing:
            return now >= self.due
        return all(heard and self.player.sent_to(talk) >= amount for talk, heard, amount in missing)

    def _awaited(self, missing: list[list[int]]) -> str:
        if not missing:
            doing = self.turns[self.at][0]
            return f"the network does not let it {doing}, after {max(0, self.said - 1)} bytes"
        if self.at == len(self.turns):
            return f"has {self.got} of {self.size} bytes of the other side, and not its end"
        talk, _, amount = missing[0]
        end = self.player.ends[talk]
        where = "" if end is self else f" of conversation {talk + 1}"
        have = max(0, end.heard - 1)
        return f"waits to have heard {amount - 1} bytes{where}, and has {have}"

    def check(self, data: bytes, at: int) -> None:
        """Compares what came with what was recorded."""
        self.digest.update(data)
        self.got += len(data)
        if self.differs is None:
            wanted = self.player.file[self.hears + at : self.hears + min(at + len(data), self.size)]
            if data != wanted:
                self.differs = at + first_difference(data, wanted)

    def fail(self, error: str) -> None:
        """Gives the conversation up."""
        self.error = self.error or error
        self.end()

    def end(self) -> None:
        """Is over: whoever waits for it need not any more."""
        if not self.over:
            self.over, self.ended = True, monotonic_ns()
            self.player.going -= 1
            if self.at < len(self.turns) or self.error:
                self.said = self.heard = FAR
            self.player.progressed(self)
            self.player.says_no_more(self)

    def told(self) -> dict[str, Any]:
        """What came of it."""
        return {
            "talk": self.number,
            "side": self.side,
            "own": self.own[0],
            "heard": self.got,
            "sha256": self.digest.hexdigest(),
            "differs": self.differs,
            "error": self.error,
            "turns": self.at,
            "skipped": self.skipped,
            "begun": self.begun,
            "ended": self.ended,
            "late_most": max(self.late, default=0),
        }


def first_difference(one: bytes, other: bytes) -> int:
    """How many bytes two rows have in common at their start."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low
