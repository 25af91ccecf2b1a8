"""DNS over TCP: each message has its length before it (RFC 1035 4.2.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wirelab.verify.dissectors.tcp_stream import Progress, Stream

_PREFIX = 2


def framing(
    data: bytes | bytearray, start: int, end: int, _stream: Stream, _progress: Progress
) -> int:
    """Where the message that starts here ends, its length included."""
    if end - start < _PREFIX:
        return start + _PREFIX
    return start + _PREFIX + (data[start] << 8 | data[start + 1])
