"""The socket through which a sender sends, and what to do when the kernel does not take a frame."""

from __future__ import annotations

import errno
import os
import socket
from time import monotonic_ns
from typing import TYPE_CHECKING

from wirelab.traffic.replay import kernel
from wirelab.traffic.replay.account import Count

if TYPE_CHECKING:
    from wirelab.traffic.replay.account import Account

_SOL_PACKET, _PACKET_VNET_HDR = 263, 15  # include/uapi/linux/if_packet.h
_REFUSED = (errno.EMSGSIZE, errno.EINVAL)
"""A frame is larger than the MTU allows, or has not even an Ethernet header."""
_FULL = (errno.EAGAIN, errno.ENOBUFS)
_PAUSE = 100_000
"""Nanoseconds: for ENOBUFS there is nothing to wait for, since the socket itself has room."""
_PATIENCE = 5_000_000_000
"""Nanoseconds after which an interface that takes no frame will never take one."""


class Stopped(Exception):  # noqa: N818 - it is no error
    """Sending is to stop, and has."""


class Outlet:
    """A packet socket that is bound to an interface and receives nothing."""

    def __init__(self, interface: str, control: int, account: Account, *, vnet: bool) -> None:
        """Open it.

        Args:
            interface: of the network namespace of the process.
            control: what becomes readable when sending is to stop.
            account: where refusals and waits are noted.
            vnet: whether messages begin with a `struct virtio_net_hdr`.
        """
        self._socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW | socket.SOCK_CLOEXEC, 0)
        self._socket.bind((interface, 0))
        if vnet:
            self._socket.setsockopt(_SOL_PACKET, _PACKET_VNET_HDR, 1)
        self._fd = self._socket.fileno()
        self._account = account
        self._room = kernel.Wait({control: kernel.POLLIN, self._fd: kernel.POLLOUT})
        self._pause = kernel.Wait({control: kernel.POLLIN})
        self._stuck_at, self._give_up = -1, 0

    def send(self, address: int, count: int) -> int:
        """Send up to `count` messages that begin at an address; how many went, or -errno."""
        return kernel.send_messages(self._fd, address, count)

    def mend(self, result: int, place: int) -> int:
        """Deal with a frame that did not go.

        Args:
            result: what `send` returned.
            place: which frame of the order it is.

        Returns:
            How many frames are done with thereby: 1, refused, or 0, to be sent again.

        Raises:
            Stopped: while waiting.
            OSError: the interface went down, or nothing goes any more.
        """
        code = -result
        if code in _REFUSED:
            self._account.refused[place] = 1
            self._account.numbers[Count.REFUSED] += 1
            return 1
        if code not in _FULL:
            raise OSError(code, os.strerror(code))
        if self._must_stop(code):
            raise Stopped
        return 0

    def _must_stop(self, code: int) -> bool:
        """Wait until there may be room, or for being asked to stop; whether it was that."""
        numbers, now = self._account.numbers, monotonic_ns()
        numbers[Count.WAITS] += 1
        if self._stuck_at != numbers[Count.HANDLED]:
            self._stuck_at, self._give_up = numbers[Count.HANDLED], now + _PATIENCE
        if now > self._give_up:
            raise OSError(code, f"no frame went for {_PATIENCE // 10**9} s: {os.strerror(code)}")
        if code == errno.ENOBUFS:
            return self._pause.first(_PAUSE)
        return self._room.first(_PATIENCE)
