"""Protocols that transfer files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from frames import Talk, reply, udp

if TYPE_CHECKING:
    from scapy.packet import Packet

_PASSIVE = 195 * 256 + 80
_ACTIVE = 200 * 256 + 1


class _Session:
    """A control connection and its data connections, in the order in which they are used."""

    def __init__(self) -> None:
        self.sent: list[Packet] = []
        self._control = Talk(40000, 21)
        self._take(self._control.open())

    def _take(self, talk: Talk) -> None:
        self.sent += talk.sent
        talk.sent = []

    def asks(self, line: bytes) -> None:
        self._take(self._control.client("PA", line))

    def says(self, line: bytes) -> None:
        self._take(self._control.server("PA", line))

    def passive(self, port: int, data: bytes) -> None:
        """A data connection that the client opens."""
        talk = Talk(41000 + port % 1000, port).open().server("PA", data)
        self._take(talk.server("FA").client("FA").server("A"))

    def active(self, port: int, data: bytes, own: int = 20) -> None:
        """A data connection that the server opens, from the port for that or one of its own."""
        self._take(Talk(port, own).server("S").client("SA").server("A").server("PA", data))


def ftp() -> list[Packet]:
    """A session with every way to announce a data connection."""
    session = _Session()
    session.says(b"220-hello\r\n more\r\n220 world\r\n")
    session.asks(b"USER bob\r\n")
    session.says(b"331 Password please\r\n")
    session.asks(b"PASV\r\n")
    session.says(b"227 Entering Passive Mode (10,0,0,2,195,80).\r\n")
    session.asks(b"RETR a.txt\r\n")
    session.passive(_PASSIVE, bytes(range(128, 256)))
    session.says(b"226 done\r\n")
    session.asks(b"PORT 10,0,0,1,200,1\r\n")
    session.asks(b"LIST\r\n")
    session.active(_ACTIVE, bytes(range(128, 256)))
    session.asks(b"PORT 10,0,0,1,200,2\r\n")
    session.asks(b"RETR b.txt\r\n")
    session.active(_ACTIVE + 1, bytes(range(128, 256)), own=41999)
    session.asks(b"EPRT |1|10.0.0.1|51204|\r\n")
    session.active(51204, bytes(range(128, 256)), own=41998)
    session.asks(b"EPSV\r\n")
    session.says(b"229 Extended (|||51000|)\r\n")
    session.asks(b"EPRT |1|10.0.0.1|51001|\r\n")
    session.passive(51000, b"\x80\x81\x82")
    session.asks(b"EPRT |2|fd00::1|51002|\r\n")
    session.asks(b"quit\r\n")
    session.says(b"221 bye")
    session.says(b" bye\r\n")
    session.asks(b"\r\n")
    session.says(b"999x y\r\n")
    return session.sent


def tftp() -> list[Packet]:
    """A read with options, a write that fails, and datagrams beside them."""
    return [
        udp(b"\0\1boot.img\0octet\0blksize\x001428\0tsize\x000\0", 42001, 69),
        reply(b"\0\6blksize\x001428\0", 43333, 42001),
        udp(b"\0\4\0\0", 42001, 43333),
        reply(b"\0\3\0\1" + b"d" * 100, 43333, 42001),
        udp(b"\0\4\0\1", 42001, 43333),
        udp(b"\0\2up.txt\0netascii\0", 42002, 69),
        reply(b"\0\4\0\0", 43334, 42002),
        udp(b"\0\3\0\1", 42002, 43334),
        reply(b"\0\5\0\1File not found\0", 43334, 42002),
        udp(b"\0\1cut", 42003, 69),
        udp(b"beside", 42004, 43333),
    ]
