"""Domain names in DNS messages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wirelab.verify.dissectors.cursor import MissingBytesError

if TYPE_CHECKING:
    from wirelab.verify.dissectors.cursor import Cursor

ROOT = "<Root>"
"""Wireshark's text for the root's empty name."""
_POINTER = 0xC0
_LONGEST = 255
_MOST_POINTERS = 128
"""A name has 127 labels at most; a pointer in front of each and behind the last is enough."""


def name(cursor: Cursor, first: int) -> tuple[str, int]:
    """The name at a cursor, which moves behind it, and the number of its labels.

    Args:
        cursor: where the name starts.
        first: where the message starts, from which compressed names are pointed to.

    Raises:
        MissingBytesError: the name runs out of the message, points anywhere but back, points too
            often, or is too long.

    Source: RFC 1035 3.1 and 4.1.4.

    """
    labels: list[str] = []
    data, at, size, jumps = cursor.data, cursor.at, 0, 0
    while True:
        if at >= cursor.end:
            raise MissingBytesError
        length = data[at]
        if length & _POINTER == _POINTER:
            target = first + ((length & 0x3F) << 8 | _byte(cursor, at + 1))
            if not jumps:
                cursor.at = at + 2
            if target >= at or jumps == _MOST_POINTERS:
                raise MissingBytesError
            at, jumps = target, jumps + 1
            continue
        at += 1
        if length == 0:
            break
        size += length + 1
        if length & _POINTER or at + length > cursor.end or size > _LONGEST:
            raise MissingBytesError
        labels.append(_label(data[at : at + length]))
        at += length
    if not jumps:
        cursor.at = at
    return ".".join(labels) or ROOT, len(labels)


def _byte(cursor: Cursor, at: int) -> int:
    if at >= cursor.end:
        raise MissingBytesError
    return cursor.data[at]


def _label(octets: bytes) -> str:
    """A label as text; what cannot be printed as in master files (RFC 1035 5.1)."""
    if octets.isalnum():
        return octets.decode("ascii")
    return "".join(chr(octet) if 0x21 <= octet < 0x7F else f"\\{octet:03d}" for octet in octets)
