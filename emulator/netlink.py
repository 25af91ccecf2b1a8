"""A netlink socket: requests out, errors and dumps in.

The kernel carries a request out inside `sendmsg` (net/netlink/af_netlink.c,
netlink_rcv_skb), so nothing need be waited for: requests go out one after another and only
the refusals, which the kernel queues on the socket, are read afterwards (`check`).
"""

import os
import socket
import struct
from collections.abc import Iterator
from typing import Self

from wirelab.emulator.errors import NetlinkError

# include/uapi/linux/netlink.h
NLM_F_REQUEST = 0x1
NLM_F_ACK = 0x4
NLM_F_DUMP = 0x300
NLM_F_EXCL = 0x200
NLM_F_CREATE = 0x400
NLM_F_REPLACE = 0x100
NLMSG_ERROR = 2
NLMSG_DONE = 3
NLA_F_NESTED = 0x8000
NLA_TYPE_MASK = 0x3FFF

_HEADER = struct.Struct("=IHHII")
_ATTRIBUTE = struct.Struct("=HH")
_RECEIVE_SIZE = 1 << 18


def attribute(kind: int, value: bytes) -> bytes:
    """Return one netlink attribute (type, length, value, padding to four bytes)."""
    return _ATTRIBUTE.pack(len(value) + 4, kind) + value + bytes(-len(value) % 4)


def u32(kind: int, value: int) -> bytes:
    """Return an attribute that holds an unsigned 32-bit number."""
    return struct.pack("=HHI", 8, kind, value)


def text(kind: int, value: str) -> bytes:
    """Return an attribute that holds a NUL-terminated string."""
    return attribute(kind, value.encode() + b"\0")


def nested(kind: int, *members: bytes) -> bytes:
    """Return an attribute that holds other attributes."""
    return attribute(kind | NLA_F_NESTED, b"".join(members))


def attributes(data: bytes) -> dict[int, bytes]:
    """Return the attributes in `data` by type; of a repeated one the last."""
    found = {}
    offset = 0
    while offset + 4 <= len(data):
        length, kind = _ATTRIBUTE.unpack_from(data, offset)
        if length < 4:
            break
        found[kind & NLA_TYPE_MASK] = data[offset + 4 : offset + length]
        offset += (length + 3) & ~3
    return found


class Netlink:
    """One netlink socket of the namespace that the calling task is in when it is made."""

    def __init__(self, protocol: int = socket.NETLINK_ROUTE, groups: int = 0) -> None:
        self._socket = socket.socket(
            socket.AF_NETLINK, socket.SOCK_RAW | socket.SOCK_CLOEXEC, protocol
        )
        self._socket.bind((0, groups))
        self._sequence = 0
        self._pending: dict[int, str] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the socket; what it asked for stays done."""
        self._socket.close()

    def send(self, kind: int, body: bytes, flags: int = 0, doing: str = "") -> None:
        """Have the kernel carry out a request; a refusal is kept for `check`.

        `doing` describes the request in the error, as in "add address 10.0.0.1/24 to c-eth0".
        """
        sequence = self._transmit(kind, body, flags)
        self._pending[sequence] = doing
        if len(self._pending) >= 64:  # well below what the socket's receive buffer holds
            self.check()

    def check(self) -> None:
        """Read the refusals of all requests since the last check.

        Raises:
            NetlinkError: the first request that the kernel refused.
        """
        refused: NetlinkError | None = None
        while data := self._receive(socket.MSG_DONTWAIT):
            for kind, sequence, payload in _messages(data):
                refused = refused or self._refusal(kind, sequence, payload)
        self._pending.clear()
        if refused:
            raise refused

    def ask(self, kind: int, body: bytes, flags: int = 0, doing: str = "") -> list[bytes]:
        """Send a request that is answered, and return the bodies of the answers.

        Raises:
            NetlinkError: the kernel refused.
        """
        self.check()
        sequence = self._transmit(kind, body, flags | (0 if flags & NLM_F_DUMP else NLM_F_ACK))
        self._pending[sequence] = doing
        answers: list[bytes] = []
        while True:
            for got, number, payload in _messages(self._receive(0)):
                if number != sequence:
                    continue
                if refusal := self._refusal(got, number, payload):
                    self._pending.clear()
                    raise refusal
                if got in (NLMSG_DONE, NLMSG_ERROR):
                    self._pending.clear()
                    return answers
                answers.append(payload)

    def wait_for_event(self, timeout: float) -> None:
        """Wait at most `timeout` seconds for a message of a subscribed group, and drop it."""
        self._socket.settimeout(timeout)
        try:
            self._socket.recv(_RECEIVE_SIZE)
        except TimeoutError:
            return
        finally:
            self._socket.settimeout(None)

    def _transmit(self, kind: int, body: bytes, flags: int) -> int:
        self._sequence += 1
        length = _HEADER.size + len(body)
        header = _HEADER.pack(length, kind, flags | NLM_F_REQUEST, self._sequence, 0)
        self._socket.send(header + body)
        return self._sequence

    def _receive(self, flags: int) -> bytes:
        try:
            return self._socket.recv(_RECEIVE_SIZE, flags)
        except BlockingIOError:
            return b""

    def _refusal(self, kind: int, sequence: int, payload: bytes) -> NetlinkError | None:
        if kind != NLMSG_ERROR:
            return None
        code = -struct.unpack_from("=i", payload)[0]
        if code == 0:
            return None
        return NetlinkError(self._pending.get(sequence) or "netlink", code, os.strerror(code))


def _messages(data: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Yield (type, sequence number, body) of every message in a datagram."""
    offset = 0
    while offset + _HEADER.size <= len(data):
        length, kind, _flags, sequence, _port = _HEADER.unpack_from(data, offset)
        yield kind, sequence, data[offset + _HEADER.size : offset + length]
        offset += (length + 3) & ~3
