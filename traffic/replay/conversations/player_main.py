"""The program that takes a host's part in conversations: real sockets, turn by turn.

It takes a file of orders (JSON, see `orders.py`), and the descriptors of one with all that is said
and of a board: there each side of each conversation keeps written how far it has come (8 bytes), so
that who waits knows whether what is missing is on its way.
It writes a line of JSON when it listens, begins at the time that it then reads, tells how far it
is, and in the end what came of each conversation; it stays until its standard input ends.
"""

from __future__ import annotations

import heapq
import json
import mmap
import os
import resource
import select
import socket
import sys
from contextlib import suppress
from itertools import count
from pathlib import Path
from time import monotonic_ns
from typing import TYPE_CHECKING, Any

from wirelab.traffic.replay.conversations.player_ends import FAR, End
from wirelab.traffic.replay.conversations.player_tcp import TcpEnd
from wirelab.traffic.replay.conversations.player_udp import UdpEnd

if TYPE_CHECKING:
    from collections.abc import Iterable

_LOOK_EVERY = 250_000_000
_TELL_EVERY = 50_000_000
_BUFFER = 32 << 20
_SO_RCVBUFFORCE = 33
_IP_MTU_DISCOVER, _IP_PMTUDISC_DONT, _IPV6_MTU, _IPV6_LEAST = 10, 0, 24, 1280
_DATAGRAM = 65535

Address = tuple[str, int]


class Player:
    """All ends at one host."""

    def __init__(self, orders: dict[str, Any], file: int, board: int) -> None:
        """Takes the orders, and the descriptors of what is said and of the board."""
        self.patience: int = orders["patience"]
        size = os.fstat(file).st_size
        self.file: mmap.mmap | bytes = (
            mmap.mmap(file, size, access=mmap.ACCESS_READ) if size else b""
        )
        self.view = memoryview(self.file)
        self._board = memoryview(mmap.mmap(board, 0)).cast("q")
        self.start = 0
        self.done = 0
        """Turns in which something was said."""
        self.ends: dict[int, End] = {}
        for order in orders["ends"]:
            end = TcpEnd(self, order) if order["tcp"] else UdpEnd(self, order)
            self.ends[end.number] = end
        self.going = len(self.ends)
        """Ends that are not over."""
        self._epoll = select.epoll()
        self._sockets: dict[int, tuple[socket.socket, Any]] = {}
        self._timers: list[tuple[int, int, End]] = []
        self._order = count()
        self._watchers: dict[int, set[End]] = {}
        self._awake: dict[End, None] = {}
        self._tcp: dict[tuple[Address, Address], TcpEnd] = {}
        self._udp: dict[tuple[Address, Address], UdpEnd] = {}
        self.strangers = 0

    # Readiness

    def listen(self) -> None:
        """Opens all sockets at which something may come in."""
        udp: dict[Address, socket.socket] = {}
        tcp: set[Address] = set()
        for end in self.ends.values():
            if isinstance(end, UdpEnd):
                self._udp[end.own, end.peer] = end
                if end.own not in udp:
                    udp[end.own] = self._datagrams(end)
                end.socket = udp[end.own]
            elif isinstance(end, TcpEnd) and not end.opens:
                self._tcp[end.own, end.peer] = end
                if end.own not in tcp:
                    tcp.add(end.own)
                    self._listener(end)

    def _listener(self, end: End) -> None:
        listener = socket.socket(end.family, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.setblocking(False)
        _bind(listener, end.own)
        listener.listen(4096)
        own = end.own
        self._register(listener, lambda _: self._accept(listener, own))

    def _accept(self, listener: socket.socket, own: Address) -> None:
        with suppress(BlockingIOError):
            while True:
                connection, peer = listener.accept()
                connection.setblocking(False)
                end = self._tcp.get((own, peer[:2]))
                if end is not None and end.socket is None and not end.over:
                    end.attach(connection)
                    self._awake[end] = None
                else:
                    self.strangers += 1
                    connection.close()

    def _datagrams(self, end: End) -> socket.socket:
        bound = socket.socket(end.family, socket.SOCK_DGRAM)
        bound.setblocking(False)
        with suppress(PermissionError):
            bound.setsockopt(socket.SOL_SOCKET, _SO_RCVBUFFORCE, _BUFFER)
        if end.family == socket.AF_INET:  # routers may cut it: else the first one would be lost
            bound.setsockopt(socket.IPPROTO_IP, _IP_MTU_DISCOVER, _IP_PMTUDISC_DONT)
        else:
            bound.setsockopt(socket.IPPROTO_IPV6, _IPV6_MTU, _IPV6_LEAST)
        _bind(bound, end.own)
        own = end.own
        self._register(bound, lambda events: self._take(bound, own, events))
        return bound

    def _take(self, bound: socket.socket, own: Address, events: int) -> None:
        if events & select.EPOLLOUT:
            self._epoll.modify(bound, select.EPOLLIN)
            self._awake.update(
                (end, None) for end in self.ends.values() if getattr(end, "socket", 0) is bound
            )
        with suppress(BlockingIOError):
            for _ in range(256):
                data, peer = bound.recvfrom(_DATAGRAM)
                end = self._udp.get((own, peer[:2]))
                if end is not None:
                    end.take(data)
                else:
                    self.strangers += 1

    # What ends ask for

    def missing(self, needs: Iterable[list[int]]) -> list[list[int]]:
        """The needs that are not met."""
        found = []
        for need in needs:
            end = self.ends[need[0]]
            if (end.heard if need[1] else end.said) < need[2]:
                found.append(need)
        return found

    def watch(self, end: End, needs: list[list[int]]) -> None:
        """Has an end woken when there is progress in what it needs."""
        for need in needs:
            self._watchers.setdefault(need[0], set()).add(end)

    def progressed(self, end: End) -> None:
        """Is told that there was."""
        self._board[2 * end.number + end.side] = end.said
        watchers = self._watchers.pop(end.number, None)
        if watchers:
            for each in watchers:
                each.stalled_since = 0
                self._awake[each] = None

    def says_no_more(self, end: End) -> None:
        """Is told that the other side need not wait for anything more."""
        self._board[2 * end.number + end.side] = FAR

    def sent_to(self, talk: int) -> int:
        """How far the other side of a conversation has come, wherever it is played."""
        return self._board[2 * talk + 1 - self.ends[talk].side]

    def wake_at(self, time: int, end: End) -> None:
        """Has an end woken at a time."""
        heapq.heappush(self._timers, (time, next(self._order), end))

    def await_room(self, bound: socket.socket, end: End) -> None:
        """Has an end woken when a datagram socket takes more."""
        del end
        self._epoll.modify(bound, select.EPOLLIN | select.EPOLLOUT)

    def watch_socket(self, connection: socket.socket, end: TcpEnd, old: int, new: int) -> None:
        """Changes for what epoll looks at a connection."""
        if not old:
            self._register(connection, end.happened, new)
        elif new:
            self._epoll.modify(connection, new)
        else:
            self._epoll.unregister(connection)
            del self._sockets[connection.fileno()]

    def _register(self, watched: socket.socket, handler: Any, events: int = select.EPOLLIN) -> None:
        self._epoll.register(watched, events)
        self._sockets[watched.fileno()] = (watched, handler)

    # Playing

    def play(self) -> None:
        """Plays until all conversations are over, or nobody wants to know."""
        self._awake.update(dict.fromkeys(self.ends.values()))
        self._epoll.register(0, select.EPOLLHUP | select.EPOLLIN)
        looked = told = monotonic_ns()
        while True:
            while self._awake:
                end = next(iter(self._awake))
                del self._awake[end]
                end.go_on()
            now = monotonic_ns()
            if now - told > _TELL_EVERY:
                told = now
                _tell(done=self.done)
            if now - looked > _LOOK_EVERY:
                looked = now
                for end in self.ends.values():
                    end.look(now)
            if not self.going:
                return
            self._wait(now, looked + _LOOK_EVERY)

    def _wait(self, now: int, until: int) -> None:
        """Waits for sockets and timers; select(2) does so to the microsecond, epoll does not."""
        if self._awake:
            until = now
        elif self._timers:
            until = min(until, self._timers[0][0])
        select.select([self._epoll], [], [], max(0, until - now) / 1e9)
        for fd, events in self._epoll.poll(0):
            if fd == 0:
                sys.exit(0)  # who started us is gone
            found = self._sockets.get(fd)
            if found:
                found[1](events)
        now = monotonic_ns()
        while self._timers and self._timers[0][0] <= now:
            self._awake[heapq.heappop(self._timers)[2]] = None

    def told(self) -> dict[str, Any]:
        """What came of all."""
        late = sorted(each for end in self.ends.values() for each in end.late)
        middle, far = (late[len(late) * n // 100] if late else 0 for n in (50, 99))
        return {
            "ends": [end.told() for end in self.ends.values()],
            "late": {"turns": len(late), "p50": middle, "p99": far, "max": late[-1] if late else 0},
            "strangers": self.strangers,
        }


def _bind(bound: socket.socket, own: Address) -> None:
    try:
        bound.bind(own)
    except OSError as error:
        raise OSError(
            error.errno, f"cannot serve at {own[0]} port {own[1]}: {error.strerror}"
        ) from None


def _tell(**what: Any) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


def main() -> None:
    """Plays a host's part: orders, and two descriptors, are the last three arguments."""
    orders = json.loads(Path(sys.argv[-3]).read_text())
    file, board = map(int, sys.argv[-2:])
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    player = Player(orders, file, board)
    try:
        player.listen()
    except OSError as error:
        _tell(error=error.strerror)
        return
    _tell(listening=True)
    line = os.read(0, 64)
    if not line:
        return
    player.start = int(line)
    player.play()
    _tell(done=player.done, over=player.told())
    os.read(0, 1)
