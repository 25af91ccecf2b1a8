"""DNS over TCP: each message has its length before it (RFC 1035 4.2.2)."""

from __future__ import annotations

_PREFIX = 2


def framing(data: bytes, start: int, end: int) -> int:
    """Where the message that starts here ends, its length included."""
    if end - start < _PREFIX:
        return start + _PREFIX
    return start + _PREFIX + (data[start] << 8 | data[start + 1])
