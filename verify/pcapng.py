"""The next generation capture format: blocks of several kinds, several interfaces.

Source: draft-ietf-opsawg-pcapng.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from wirelab.verify.frame import Frame, Point
from wirelab.verify.interfaces import (
    Interface,
    Options,
    OverlongOptionError,
    Points,
    counts,
    describe,
    options,
    text,
)
from wirelab.verify.links import objection
from wirelab.verify.pcap import LONGEST_FRAME

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wirelab.verify.source import Source

SECTION = 0x0A0D0D0A
INTERFACE, OLD_PACKET, SIMPLE_PACKET, STATISTICS, ENHANCED_PACKET = 1, 2, 3, 5, 6
SECRETS = 10
TLS_KEY_LOG = 0x544C534B
"""The kind of secrets that are lines of an NSS key log."""
MAGIC = SECTION.to_bytes(4, "big")
"""The first four bytes; they are the same in both byte orders."""
BYTE_ORDER = 0x1A2B3C4D

_VERSION = 1
_SMALLEST_BLOCK = 12
_MOST_INTERFACES = 1 << 16
_EARLIEST, _LATEST = -(1 << 63), (1 << 63) - 1
"""The times that 64 bits of nanoseconds can say: the years 1677 to 2262."""
_LONGEST_DESCRIPTION = 1 << 20
_LONGEST_PACKET = LONGEST_FRAME + _LONGEST_DESCRIPTION
_COMMENT, _FLAGS = 1, 2
_RECEIVED, _SENT = 1, 2
_PACKETS = frozenset({OLD_PACKET, SIMPLE_PACKET, ENHANCED_PACKET})
_MOST_SECRETS = 16 << 20
"""Bytes of secrets that are kept; what comes behind is stepped over."""
_KNOWN = _PACKETS | {SECTION, INTERFACE, STATISTICS}


class PcapngReader:
    """The frames of a pcapng file, in their order; blocks of other kinds are stepped over."""

    def __init__(self, source: Source) -> None:
        """Reads the first section header behind its block type.

        Raises:
            CaptureError: the header is cut or is none.
        """
        self._source = source
        self._order = "<"
        self._interfaces: list[Interface] = []
        self._points = Points()
        self._comments: list[str] = []
        self.counts: dict[str, tuple[int | None, int | None]] = {}
        """Frames received and dropped by point, where the file says so."""
        self.secrets: list[bytes] = []
        """The secrets of TLS sessions met so far, each some lines of an NSS key log."""
        self.offset = 0
        """Where in the uncompressed file the block of the last frame starts."""
        self._section()

    @property
    def order(self) -> str:
        """The byte order of the section, as `struct` writes it."""
        return self._order

    @property
    def interfaces(self) -> tuple[Interface, ...]:
        """The interfaces of the section that were described so far."""
        return tuple(self._interfaces)

    def remarks(self, body: bytes, captured: int) -> tuple[bool | None, str]:
        """The direction and the comment behind a frame in the body of its block."""
        return self._remarks(body, 20 + captured + (-captured & 3))

    @property
    def points(self) -> list[Point]:
        """The capture points met so far."""
        return self._points.known

    @property
    def comment(self) -> str:
        """What the section headers say; several comments are separated by newlines."""
        return "\n".join(self._comments)

    def __iter__(self) -> Iterator[Frame]:
        number = 0
        while True:
            self.offset = self._source.offset
            head = self._source.take_if_any(4, "a block header")
            if not head:
                return
            if head == MAGIC:
                self._section()
                continue
            kind = struct.unpack(self._order + "I", head)[0]
            if kind == SECRETS:
                self._secrets()
                continue
            if kind not in _KNOWN:
                self._skip()
                continue
            body = self._body(_LONGEST_PACKET if kind in _PACKETS else _LONGEST_DESCRIPTION)
            if kind in _PACKETS:
                number += 1
                yield self._packet(kind, body, number)
            elif kind == INTERFACE:
                self._interface(body)
            else:
                self._statistics(body)

    def _options(self, body: bytes, at: int) -> Options:
        try:
            return options(self._order, body, at)
        except OverlongOptionError as error:
            raise self._source.error(str(error), self.offset) from None

    def _size(self) -> int:
        """How many bytes are left of a block behind its length, without the length behind it."""
        total = struct.unpack(self._order + "I", self._source.take(4, "a block header"))[0]
        if total < _SMALLEST_BLOCK or total % 4:
            raise self._source.error(f"a block claims {total} bytes", self.offset)
        return int(total) - _SMALLEST_BLOCK

    def _end(self, size: int) -> None:
        """Reads the length behind a block, which must be the one before it."""
        again = struct.unpack(self._order + "I", self._source.take(4, "a block"))[0]
        if again != size + _SMALLEST_BLOCK:
            raise self._source.error("a block's two lengths differ", self.offset)

    def _body(self, longest: int) -> bytes:
        size = self._size()
        if size > longest:
            raise self._source.error(f"a block claims {size + _SMALLEST_BLOCK} bytes", self.offset)
        body = self._source.take(size, "a block")
        self._end(size)
        return body

    def _skip(self) -> None:
        size = self._size()
        self._source.skip(size, "a block")
        self._end(size)

    def _secrets(self) -> None:
        """Keeps the secrets of TLS sessions, as long as they are not too many."""
        size = self._size()
        if size < 8 or size + sum(map(len, self.secrets)) > _MOST_SECRETS:
            self._source.skip(size, "a block")
        else:
            body = self._source.take(size, "a block")
            kind, length = struct.unpack_from(self._order + "II", body)
            if kind == TLS_KEY_LOG and length <= size - 8:
                self.secrets.append(body[8 : 8 + length])
        self._end(size)

    def _section(self) -> None:
        """Begins a section: its byte order, and its interfaces are counted from 0 again."""
        length = self._source.take(4, "the section header")
        magic = self._source.take(4, "the section header")
        for order in "<>":
            if struct.unpack(order + "I", magic)[0] == BYTE_ORDER:
                self._order = order
                break
        else:
            raise self._source.error("a section header without byte order", self.offset)
        size = struct.unpack(self._order + "I", length)[0] - _SMALLEST_BLOCK - 4
        if not 12 <= size <= _LONGEST_DESCRIPTION or size % 4:
            raise self._source.error(
                f"a section header claims {size + _SMALLEST_BLOCK + 4} bytes", self.offset
            )
        body = self._source.take(size, "the section header")
        self._end(size + 4)
        version = struct.unpack_from(self._order + "HH", body)
        if version[0] != _VERSION:
            raise self._source.error("a section is of version {}.{}".format(*version), self.offset)
        self._interfaces = []
        self._points.begin()
        for code, value in self._options(body, 12):
            if code == _COMMENT:
                self._comments.append(text(value))

    def _interface(self, body: bytes) -> None:
        if len(body) < 8:
            raise self._source.error("an interface description is too short", self.offset)
        index = len(self._interfaces)
        if max(index, len(self._points)) >= _MOST_INTERFACES:
            raise self._source.error(f"has more than {_MOST_INTERFACES} interfaces", self.offset)
        interface = describe(self._order, body, self._options(body, 8))
        self._interfaces.append(self._points.add(interface, index))

    def _statistics(self, body: bytes) -> None:
        """Takes the counters of an interface; a block about an unknown one says nothing."""
        if len(body) < 12:
            raise self._source.error("an interface's statistics are too short", self.offset)
        index = struct.unpack_from(self._order + "I", body)[0]
        if index < len(self._interfaces):
            said = counts(self._order, self._options(body, 12))
            self.counts[self._interfaces[index].point.name] = said

    def _packet(self, kind: int, body: bytes, number: int) -> Frame:
        """A frame from one of the three blocks that hold one."""
        size = 4 if kind == SIMPLE_PACKET else 20
        if len(body) < size:
            raise self._source.error(f"the block of frame {number} is too short", self.offset)
        time = 0
        if kind == SIMPLE_PACKET:
            (length,) = struct.unpack_from(self._order + "I", body)
            interface = self._of(0, number)
            captured = min(length, interface.snaplen or length)
        else:
            form = "5I" if kind == ENHANCED_PACKET else "H2x4I"
            index, high, low, captured, length = struct.unpack_from(self._order + form, body)
            interface = self._of(index, number)
            time = self._time(interface, high << 32 | low, number)
        if captured > LONGEST_FRAME or size + captured > len(body):
            raise self._source.error(f"frame {number} claims {captured} bytes", self.offset)
        behind = len(body) if kind == SIMPLE_PACKET else size + captured + (-captured & 3)
        outgoing, comment = self._remarks(body, behind)
        return Frame(
            number,
            time,
            interface.point.name,
            body[size : size + captured],
            max(length, captured),
            interface.point.linktype,
            outgoing,
            comment,
        )

    def _time(self, interface: Interface, ticks: int, number: int) -> int:
        time = interface.nanoseconds(ticks)
        if not _EARLIEST <= time <= _LATEST:
            reason = f"frame {number} claims a time outside of the years 1677 to 2262"
            raise self._source.error(reason, self.offset)
        return time

    def _of(self, index: int, number: int) -> Interface:
        if index >= len(self._interfaces):
            raise self._source.error(
                f"frame {number} is of interface {index}, which is not described", self.offset
            )
        interface = self._interfaces[index]
        if reason := objection(interface.point.linktype):
            raise self._source.error(reason, self.offset)
        return interface

    def _remarks(self, body: bytes, at: int) -> tuple[bool | None, str]:
        """The direction and the comment among a packet's options."""
        if at >= len(body):
            return None, ""
        outgoing, comments = None, []
        for code, value in self._options(body, at):
            if code == _FLAGS and len(value) == 4:
                direction = struct.unpack(self._order + "I", value)[0] & 3
                outgoing = {_RECEIVED: False, _SENT: True}.get(direction)
            elif code == _COMMENT:
                comments.append(text(value))
        return outgoing, "\n".join(comments)
