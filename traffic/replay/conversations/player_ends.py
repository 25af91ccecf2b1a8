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

    def __init__(self, player: Player, order: dict[str, Any]) -> None:
        """Takes its orders (see `orders.py`)."""
        self.player = player
        self.number: int = order["talk"]
        self.side: int = order["side"]
        self.peer: tuple[str, int] = tuple(order["peer"])
        self.own: tuple[str, int] = tuple(order["own"])
        self.family = socket.AF_INET6 if ":" in self.own[0] else socket.AF_INET
        self.turns: list[list[Any]] = order["turns"]
        self.tail: int = order["tail"]
        self.says: int = order["says"]
        self.hears, self.size = order["hears"]
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
        self.waits_since = 0
        self.late: list[int] = []
        """How much later than it was due each turn began, in nanoseconds."""
        self.skipped = 0
        """Turns that were taken although what they wait for was lost."""
        self.begun = self.ended = 0

    def go_on(self) -> None:
        """Takes as many turns as can be taken now."""
        while not self.over and self.at < len(self.turns):
            deed, start, size, think, _, needs = self.turns[self.at]
            if not self.ready:
                missing = self.player.missing(needs)
                if missing:
                    self.player.watch(self, missing)
                    self.waits_since = self.waits_since or monotonic_ns()
                    return
                self._prepare(think, bool(needs))
            now = monotonic_ns()
            if now < self.due:
                self.player.wake_at(self.due, self)
                return
            if not self.written and len(self.late) == self.at:
                self.late.append(now - self.due)
                self.begun = self.begun or now
            if not self.act(deed, start, size):
                self.waits_since = self.waits_since or now
                return
            self.next_turn(deed)
        if not self.over:
            self.waits_since = self.waits_since or monotonic_ns()
            self.finish_if_done()

    def _prepare(self, think: int, waited: bool) -> None:
        """Works out when a turn for which nothing more is missing is due."""
        now = monotonic_ns()
        last = self.due or self.player.start
        base = now if waited or (now - last > _ON_TIME and self.at) else last
        self.ready, self.due, self.waits_since = True, base + think, 0

    def next_turn(self, deed: str) -> None:
        """Goes to the next turn."""
        self.at += 1
        self.written, self.ready, self.waits_since = 0, False, 0
        if deed == "say":
            self.player.done += 1

    def act(self, deed: str, start: int, size: int) -> bool:
        """Does what the turn is about; False when the kernel takes no more now."""
        raise NotImplementedError

    def finish_if_done(self) -> None:
        """Ends when there is nothing more to say nor to hear."""
        raise NotImplementedError

    def look(self, now: int) -> None:
        """Sees whether it has waited too long."""
        if self.over or not self.waits_since:
            return
        if self.at < len(self.turns):
            pause, needs = self.turns[self.at][4:]
        else:
            pause, needs = self.tail, []
        missing = self.player.missing(needs)
        awaited = [self.player.ends[each[0]] for each in missing] or [self]
        lossy = all(isinstance(each, UdpEnd) for each in awaited)
        if now - self.waits_since < pause + (_LOST_AFTER if lossy else self.player.patience):
            return
        if lossy and self.at < len(self.turns):
            self.skipped += 1
            self._prepare(self.turns[self.at][3], waited=True)
            self.go_on()
        elif lossy:
            self.end()
        else:
            self.fail(f"stands still: {self._awaited(missing)}")

    def _awaited(self, missing: list[list[int]]) -> str:
        if not missing and self.at < len(self.turns):
            return f"the network takes nothing more after {max(0, self.said - 1)} bytes"
        if not missing:
            return f"has {self.got} of {self.size} bytes of the other side, and not its end"
        talk, heard, amount = missing[0]
        end = self.player.ends[talk]
        where = "" if end is self else f" of conversation {talk + 1}"
        have = end.heard if heard else end.said
        doing = "hear" if heard else "have said"
        return f"waits to {doing} byte {amount - 1}{where}, and is at {max(0, have - 1)}"

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
            if self.at < len(self.turns) or self.error:
                self.said = self.heard = FAR
            self.player.progressed(self)

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


class UdpEnd(End):
    """One side of a UDP flow."""

    def __init__(self, player: Player, order: dict[str, Any]) -> None:
        """Takes its orders."""
        super().__init__(player, order)
        self.sizes: list[int] = order["sizes"]
        self.arrived = bytearray(len(self.sizes))
        self.unexpected = 0
        self.socket: socket.socket | None = None
        self._places = [0]
        for size in self.sizes:
            self._places.append(self._places[-1] + size)
        self._lowest = 0

    def act(self, deed: str, start: int, size: int) -> bool:
        """Sends a datagram."""
        del deed
        assert self.socket is not None
        at = self.says + start
        try:
            self.socket.sendto(self.player.file[at : at + size], self.peer)
        except BlockingIOError:
            self.player.await_room(self.socket, self)
            return False
        except OSError as error:
            self.fail(f"cannot send: {error.strerror}")
            return False
        self.said += 1
        self.player.progressed(self)
        return True

    def take(self, data: bytes) -> None:
        """Takes a datagram: the next one, or a later or earlier one where some are lost."""
        place = self._place_of(data)
        if place is None:
            self.unexpected += 1
            return
        self.arrived[place] = 1
        self.check(data, self._places[place])
        self.heard = max(self.heard, place + 1)
        if self.waits_since:
            self.waits_since = monotonic_ns()
        self.player.progressed(self)
        self.finish_if_done()

    def _place_of(self, data: bytes) -> int | None:
        while self._lowest < len(self.sizes) and self.arrived[self._lowest]:
            self._lowest += 1
        after = range(self.heard, min(self.heard + _LOOK_AHEAD, len(self.sizes)))
        before = range(
            max(self._lowest, self.heard - _LOOK_AHEAD), min(self.heard, len(self.sizes))
        )
        places: tuple[int, ...] = (*after[:1], *before, *after[1:])
        for place in places:
            at = self.hears + self._places[place]
            if (
                not self.arrived[place]
                and self.sizes[place] == len(data)
                and self.player.file[at : at + len(data)] == data
            ):
                return place
        return None

    def finish_if_done(self) -> None:
        """Ends when all was said, and all has arrived."""
        if self.at == len(self.turns) and self.arrived.count(1) == len(self.sizes):
            self.end()

    def told(self) -> dict[str, Any]:
        """What came of it; `lost` is what did not arrive."""
        lost = [place for place, arrived in enumerate(self.arrived) if not arrived]
        return super().told() | {"lost": len(lost), "unexpected": self.unexpected}


_LOOK_AHEAD = 64
"""So many datagrams that did not arrive in between are looked over."""


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
