"""Capture files written for tests, block by block, by nobody who also reads them."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

SECOND = 1_000_000_000
"""Nanoseconds in a second."""

MAGICS = {
    "microseconds, little": b"\xd4\xc3\xb2\xa1",
    "microseconds, big": b"\xa1\xb2\xc3\xd4",
    "nanoseconds, little": b"\x4d\x3c\xb2\xa1",
    "nanoseconds, big": b"\xa1\xb2\x3c\x4d",
}
"""The first four bytes of a classic capture, by what they say."""
_FORMS = {
    MAGICS["microseconds, little"]: ("<", 1000),
    MAGICS["microseconds, big"]: (">", 1000),
    MAGICS["nanoseconds, little"]: ("<", 1),
    MAGICS["nanoseconds, big"]: (">", 1),
}


def pcap_header(magic: bytes, linktype: int = 1) -> bytes:
    """The header of a classic capture."""
    order, _ = _FORMS[magic]
    return magic + struct.pack(order + "HHiIII", 2, 4, 0, 0, 262144, linktype)


def pcap_record(magic: bytes, time: int, data: bytes, length: int) -> bytes:
    """A record: the time in nanoseconds, the captured bytes, the length on the wire."""
    order, unit = _FORMS[magic]
    seconds, rest = divmod(time, SECOND)
    return struct.pack(order + "IIII", seconds, rest // unit, len(data), length) + data


def pcap(
    records: Iterable[tuple[int, bytes, int]],
    magic: bytes = MAGICS["microseconds, little"],
    linktype: int = 1,
) -> bytes:
    """A classic capture of records: time in nanoseconds, data, length on the wire."""
    return pcap_header(magic, linktype) + b"".join(pcap_record(magic, *each) for each in records)


class Blocks:
    """Writes a pcapng file block by block, in either byte order."""

    def __init__(self, order: str = "<") -> None:
        self.order = order
        self.parts: list[bytes] = []
        """The blocks so far."""

    @property
    def data(self) -> bytes:
        """The file so far."""
        return b"".join(self.parts)

    def pack(self, form: str, *values: object) -> bytes:
        return struct.pack(self.order + form, *values)

    def block(self, kind: int, body: bytes) -> Blocks:
        body += bytes(-len(body) % 4)
        size = self.pack("I", len(body) + 12)
        self.parts.append(self.pack("I", kind) + size + body + size)
        return self

    def options(self, *options: tuple[int, bytes]) -> bytes:
        written = [
            self.pack("HH", code, len(value)) + value + bytes(-len(value) % 4)
            for code, value in options
        ]
        return b"".join(written) + bytes(4)

    def section(self, *options: tuple[int, bytes], version: tuple[int, int] = (1, 0)) -> Blocks:
        body = self.pack("IHHq", 0x1A2B3C4D, *version, -1)
        return self.block(0x0A0D0D0A, body + self.options(*options))

    def interface(self, *options: tuple[int, bytes], linktype: int = 1, snap: int = 0) -> Blocks:
        return self.block(1, self.pack("HHI", linktype, 0, snap) + self.options(*options))

    def packet(
        self,
        data: bytes,
        *options: tuple[int, bytes],
        index: int = 0,
        ticks: int = 0,
        length: int = 0,
    ) -> Blocks:
        head = self.pack(
            "5I", index, ticks >> 32, ticks & 0xFFFFFFFF, len(data), length or len(data)
        )
        return self.block(6, head + data + bytes(-len(data) % 4) + self.options(*options))

    def simple_packet(self, data: bytes, length: int = 0) -> Blocks:
        return self.block(3, self.pack("I", length or len(data)) + data)

    def obsolete_packet(self, data: bytes, index: int = 0, ticks: int = 0) -> Blocks:
        head = self.pack("HH4I", index, 0, ticks >> 32, ticks & 0xFFFFFFFF, len(data), len(data))
        return self.block(2, head + data + bytes(-len(data) % 4))

    def statistics(self, index: int, received: int, dropped: int) -> Blocks:
        said = self.options((4, self.pack("Q", received)), (5, self.pack("Q", dropped)))
        return self.block(5, self.pack("III", index, 0, 0) + said)

    def secrets(self, data: bytes, kind: int = 0x544C534B, length: int | None = None) -> Blocks:
        """A decryption secrets block, by default with lines of a TLS key log."""
        said = len(data) if length is None else length
        return self.block(10, self.pack("II", kind, said) + data)

    def names(self, *entries: tuple[bytes, bytes]) -> Blocks:
        """A name resolution block: IPv4 addresses and what they are called."""
        body = b""
        for address, name in entries:
            value = address + name + b"\0"
            body += self.pack("HH", 1, len(value)) + value + bytes(-len(value) % 4)
        return self.block(4, body + bytes(4))
