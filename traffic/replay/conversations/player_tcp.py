"""A side of a TCP connection in a player."""

from __future__ import annotations

import errno
import fcntl
import os
import select
import socket
import struct
from time import monotonic_ns
from typing import TYPE_CHECKING, Any

from wirelab.traffic.replay.conversations.player_ends import FAR, End

if TYPE_CHECKING:
    from wirelab.traffic.replay.conversations.player_main import Player

_BLOCK = 1 << 18
_AT_ONCE = 16
"""Blocks that one connection may read before others have their turn."""
_ABORT = struct.pack("ii", 1, 0)  # struct linger: on, for no time at all (socket(7))
_SIOCOUTQ = 0x5411
"""Asks for the bytes that the other kernel has not acknowledged (tcp(7))."""
_LOOK_AGAIN = 1_000_000
"""Nanoseconds until that is asked again: nothing tells when it changes."""


class TcpEnd(End):
    """One side of a TCP connection."""

    def __init__(self, player: Player, order: dict[str, Any]) -> None:
        """Takes its orders."""
        super().__init__(player, order)
        self.opens = self.side == 0
        self.may_be_reset: bool = order["reset"]
        self.socket: socket.socket | None = None
        self._connecting = self._eof = False
        self._watched = 0

    def attach(self, connection: socket.socket) -> None:
        """Takes the connection that was accepted, or that came about."""
        self.socket = connection
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.said = self.heard = 1
        self._watch(select.EPOLLIN)
        self.player.progressed(self)

    def act(self, deed: str, start: int, size: int) -> bool:
        """Opens, says, finishes or resets."""
        try:
            if deed == "open":
                return self._open()
            if self.socket is None:
                return False  # it is not accepted yet
            if deed == "say":
                return self._say(self.socket, self.says + start, size)
            if deed == "finish":
                self.socket.shutdown(socket.SHUT_WR)
                self.said += 1
                self.player.progressed(self)
                return True
            return self._reset(self.socket)
        except OSError as problem:
            self._trouble(problem)
            return False

    def _open(self) -> bool:
        if self._connecting:
            return self.said > 0
        self._connecting = True
        self.socket = caller = socket.socket(self.family, socket.SOCK_STREAM)
        caller.setblocking(False)
        caller.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        caller.bind(self.own)
        result = caller.connect_ex(self.peer)
        if result not in (0, errno.EINPROGRESS):
            raise OSError(result, os.strerror(result))
        self._watch(select.EPOLLOUT)
        return False

    def _say(self, connection: socket.socket, at: int, size: int) -> bool:
        text = self.player.view
        while self.written < size:
            try:
                sent = connection.send(text[at + self.written : at + size])
            except BlockingIOError:
                self._watch(select.EPOLLIN | select.EPOLLOUT)
                return False
            self.written += sent
            self.said += sent
            self.stalled_since = 0
            self.player.progressed(self)
        return True

    def _reset(self, connection: socket.socket) -> bool:
        waiting = struct.unpack("i", fcntl.ioctl(connection, _SIOCOUTQ, bytes(4)))[0]
        if waiting:  # a reset would throw away what the other side has yet to get
            self.wake_at(monotonic_ns() + _LOOK_AGAIN)
            return False
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _ABORT)
        self.at += 1
        self.end()
        return False

    def happened(self, events: int) -> None:
        """Takes what epoll says."""
        if self.socket is None or self.over:
            return
        try:
            if self._connecting and not self.said:
                self._connected(self.socket)
            elif events & (select.EPOLLIN | select.EPOLLHUP | select.EPOLLERR) and not self._eof:
                self._read(self.socket)
            elif events & select.EPOLLERR:
                self._raise_error(self.socket)
        except OSError as problem:
            if problem.errno != errno.ENOTCONN or self.said:
                self._trouble(problem)
            return
        if events & select.EPOLLOUT and not self.over:
            self._watch(select.EPOLLIN)
        self.go_on()

    def _connected(self, connection: socket.socket) -> None:
        self._raise_error(connection)
        connection.getpeername()  # or it is not connected: what epoll said was of another before
        self.attach(connection)

    @staticmethod
    def _raise_error(connection: socket.socket) -> None:
        problem = connection.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if problem:
            raise OSError(problem, os.strerror(problem))

    def _read(self, connection: socket.socket) -> None:
        for _ in range(_AT_ONCE):
            try:
                data = connection.recv(_BLOCK)
            except BlockingIOError:
                return
            self.stalled_since = 0
            if not data:
                self._eof = True
                self.heard += 1
                self._watch(0)
                self.player.progressed(self)
                return
            self.check(data, self.got)
            self.heard += len(data)
            self.player.progressed(self)

    def _trouble(self, problem: OSError) -> None:
        """Takes an error: a reset is none where one was recorded."""
        if self.may_be_reset and problem.errno in (errno.ECONNRESET, errno.EPIPE):
            self.heard, self._eof = FAR, True
            self.end()
        else:
            name = errno.errorcode.get(problem.errno or 0, "?")
            self.fail(f"{name}: {problem.strerror}")

    def rest(self) -> int:
        """The opening, all bytes, and the end where there will be one."""
        return 1 + self.size + (not self.may_be_reset)

    def finish_if_done(self) -> None:
        """Ends when all was said, and the other side has ended."""
        if self.at == len(self.turns) and self._eof:
            self.end()

    def end(self) -> None:
        """Is over."""
        if self.over:
            return
        if self.socket is not None:
            if self.error:
                self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _ABORT)
            self._watch(0)
            self.socket.close()
        super().end()

    def _watch(self, events: int) -> None:
        """Says what of the socket is of interest; after the other's end nothing that comes."""
        if self._eof:
            events &= ~select.EPOLLIN
        if self.socket is not None and events != self._watched:
            self.player.watch_socket(self.socket, self, self._watched, events)
            self._watched = events
