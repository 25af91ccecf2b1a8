"""A side of a UDP flow in a player."""

from __future__ import annotations

from collections import deque
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from wirelab.traffic.replay.conversations.player_ends import End

if TYPE_CHECKING:
    import socket

    from wirelab.traffic.replay.conversations.player_main import Player


class UdpEnd(End):
    """One side of a UDP flow."""

    lossy = True

    def __init__(self, player: Player, order: dict[str, Any]) -> None:
        """Takes its orders."""
        super().__init__(player, order)
        self.sizes: list[int] = order["sizes"]
        self.arrived = bytearray(len(self.sizes))
        self.missing = len(self.sizes)
        """How many have not arrived."""
        self.unexpected = 0
        self.socket: socket.socket | None = None
        self._places = list(accumulate(self.sizes, initial=0))
        self._by_content: dict[int, deque[int]] | None = None

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
        self.missing -= 1
        self.check(data, self._places[place])
        self.heard = max(self.heard, place + 1)
        self.stalled_since = 0
        self.player.progressed(self)
        self.finish_if_done()

    def _place_of(self, data: bytes) -> int | None:
        """Which of the recorded datagrams one is: the next, or the first like it still missing."""
        if self.heard < len(self.sizes) and self._is(data, self.heard):
            return self.heard
        if self._by_content is None:
            self._by_content = {}
            for place, size in enumerate(self.sizes):
                at = self.hears + self._places[place]
                content = hash(self.player.file[at : at + size])
                self._by_content.setdefault(content, deque()).append(place)
        alike = self._by_content.get(hash(data), deque())
        while alike and self.arrived[alike[0]]:
            alike.popleft()
        return alike[0] if alike and self._is(data, alike[0]) else None

    def _is(self, data: bytes, place: int) -> bool:
        at = self.hears + self._places[place]
        return (
            not self.arrived[place]
            and self.sizes[place] == len(data)
            and self.player.file[at : at + len(data)] == data
        )

    def rest(self) -> int:
        """How many datagrams are to come."""
        return len(self.sizes)

    def finish_if_done(self) -> None:
        """Ends when all was said, and all has arrived."""
        if self.at == len(self.turns) and not self.missing:
            self.end()

    def told(self) -> dict[str, Any]:
        """What came of it; `lost` is what did not arrive."""
        return super().told() | {"lost": self.missing, "unexpected": self.unexpected}
