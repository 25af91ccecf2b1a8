"""Writing captures, in the pcapng format with nanoseconds.

Source: draft-ietf-opsawg-pcapng.
"""

from __future__ import annotations

import struct
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Self

from wirelab.verify.pcapng import (
    BYTE_ORDER,
    ENHANCED_PACKET,
    INTERFACE,
    SECRETS,
    SECTION,
    STATISTICS,
    TLS_KEY_LOG,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from types import TracebackType

    from wirelab.verify.frame import Point

_COMMENT, _APPLICATION = 1, 4
_NAME, _DESCRIPTION, _RESOLUTION = 2, 3, 9
_FLAGS, _RECEIVED, _DROPPED = 2, 4, 5
_NANOSECONDS = b"\x09"
_ANY_LENGTH = b"\xff" * 8
_DIRECTIONS = {None: 0, False: 1, True: 2}
_PADDING = (b"", b"\0\0\0", b"\0\0", b"\0")
_HEAD = struct.Struct("<IIIIIII")
_OVERHEAD = _HEAD.size + 4


class CaptureWriter:
    """Writes one section with an interface for each capture point.

    The file is complete when `close` has returned; it may be used as a context manager.
    """

    def __init__(
        self, file: str | Path | BinaryIO, points: Sequence[Point], comment: str = ""
    ) -> None:
        """Writes the section header and the descriptions of the points.

        Args:
            file: a path, or a file that is open for writing bytes and stays open after `close`.
            points: where frames are captured; their MTU goes into the file as a comment.
            comment: what the file shall say about itself.

        Raises:
            ValueError: two points have the same name.
        """
        self._numbers = {point.name: number for number, point in enumerate(points)}
        if len(self._numbers) < len(points):
            raise ValueError("two capture points have the same name")
        self._owned = isinstance(file, (str, Path))
        if isinstance(file, (str, Path)):
            file = Path(file).open("wb")  # noqa: SIM115  `close` closes it
        self._file = file
        self._closed = False
        self._last = 0
        self._tails = {
            (outgoing, left): _PADDING[left] + self._direction(outgoing)
            for outgoing in _DIRECTIONS
            for left in range(4)
        }
        self._file.write(_section(comment))
        for point in points:
            self._file.write(_interface(point))

    @staticmethod
    def _direction(outgoing: bool | None) -> bytes:
        if outgoing is None:
            return b""
        return _options((_FLAGS, _DIRECTIONS[outgoing].to_bytes(4, "little")))

    def write(
        self,
        point: str,
        time: int,
        data: bytes,
        length: int | None = None,
        outgoing: bool | None = None,
        comment: str = "",
    ) -> None:
        """Appends a frame.

        Args:
            point: the name of the point at which it was captured.
            time: when, in nanoseconds since the epoch.
            data: the captured bytes.
            length: its length on the wire; None when `data` is all of it.
            outgoing: whether the point's interface sent it; None for unknown.
            comment: what to say beside it.
        """
        size = len(data)
        tail = self._tails[outgoing, size & 3]
        if comment:
            tail = _PADDING[size & 3] + _remarks(outgoing, comment)
        total = _OVERHEAD + size + len(tail)
        head = _HEAD.pack(
            ENHANCED_PACKET,
            total,
            self._numbers[point],
            time >> 32,
            time & 0xFFFFFFFF,
            size,
            size if length is None else length,
        )
        self._file.write(b"".join((head, data, tail, total.to_bytes(4, "little"))))
        self._last = time

    def write_secrets(self, key_log: bytes) -> None:
        """Appends the secrets of TLS sessions, as NSS key log lines, for frames written later."""
        body = struct.pack("<II", TLS_KEY_LOG, len(key_log)) + _padded(key_log)
        self._file.write(_block(SECRETS, body))

    def close(self, counts: Mapping[str, tuple[int, int]] | None = None) -> None:
        """Writes how many frames each point received and dropped, and ends the file.

        Args:
            counts: received and dropped frames by the name of the point.
        """
        if self._closed:
            return
        self._closed = True
        for point, (received, dropped) in (counts or {}).items():
            body = struct.pack(
                "<III", self._numbers[point], self._last >> 32, self._last & 0xFFFFFFFF
            )
            body += _options(
                (_RECEIVED, received.to_bytes(8, "little")),
                (_DROPPED, dropped.to_bytes(8, "little")),
            )
            self._file.write(_block(STATISTICS, body))
        self._file.flush()
        if self._owned:
            self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def _section(comment: str) -> bytes:
    body = struct.pack("<IHH", BYTE_ORDER, 1, 0) + _ANY_LENGTH
    remarks = [(_COMMENT, comment.encode())] if comment else []
    return _block(SECTION, body + _options(*remarks, (_APPLICATION, b"wirelab")))


def _interface(point: Point) -> bytes:
    said = [(_RESOLUTION, _NANOSECONDS)]
    if point.name:
        said.append((_NAME, point.name.encode()))
    if point.description:
        said.append((_DESCRIPTION, point.description.encode()))
    if point.mtu is not None:
        said.append((_COMMENT, f"MTU {point.mtu}".encode()))
    return _block(INTERFACE, struct.pack("<HHI", point.linktype, 0, 0) + _options(*said))


def _remarks(outgoing: bool | None, comment: str) -> bytes:
    remarks = [(_COMMENT, comment.encode())]
    if outgoing is not None:
        remarks.append((_FLAGS, _DIRECTIONS[outgoing].to_bytes(4, "little")))
    return _options(*remarks)


def _options(*options: tuple[int, bytes]) -> bytes:
    """Options and the mark that ends them."""
    written = [struct.pack("<HH", code, len(value)) + _padded(value) for code, value in options]
    return b"".join(written) + b"\0\0\0\0"


def _padded(value: bytes) -> bytes:
    return value + _PADDING[len(value) & 3]


def _block(kind: int, body: bytes) -> bytes:
    total = (len(body) + 12).to_bytes(4, "little")
    return kind.to_bytes(4, "little") + total + body + total
