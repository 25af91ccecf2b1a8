"""Messages that span TCP segments.

Like in Wireshark's default settings a message belongs to the frame that completes it, and the
segments before it show none.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from wirelab.verify.dissectors import dns_tcp, http, tls
from wirelab.verify.dissectors.tcp_stream import MODULO, Pending, Progress, Stream, later

if TYPE_CHECKING:
    from wirelab.verify.dissectors.outcome import Next
    from wirelab.verify.dissectors.tcp_stream import Segment

Framing = Callable[[bytes | bytearray, int, int, Stream, Progress], int]
"""Given bytes, where in them a message starts and the data end, the connection, and how far the
message was looked through before: where the message ends. That may be behind the end of the data:
so many bytes are needed at least."""

FRAMINGS: dict[str, Framing] = {
    "dns": dns_tcp.framing,
    "http": http.framing,
    "tls": tls.framing,
}
"""The framings of the protocols whose messages may span segments."""

_MOST_LOOKED_AT = 1 << 20
"""A message that is still of unknown length after so many bytes is given up."""


def messages(name: str, segment: Segment, payload: int) -> Next:
    """What follows a segment's header: the messages that it completes; None when it does none.

    Args:
        name: the protocol of the connection.
        segment: a segment that has data and was captured whole.
        payload: where in its layer's bytes the data start.

    """
    flow, layer = segment.flow, segment.layer
    skip = _already_delivered(segment)
    if skip >= segment.length:
        return None
    flow.delivered = (segment.seq + segment.length) % MODULO
    data, start, end = layer.data, payload + skip, layer.end
    pending = flow.pending
    if pending is None:
        return _complete(name, [segment], data, start, end, Progress())
    pending.data += data[start:end]
    pending.segments.append(segment)
    if len(pending.data) < pending.needed:
        return None
    return _complete(name, pending.segments, pending.data, 0, len(pending.data), pending.progress)


def _already_delivered(segment: Segment) -> int:
    """How many of a segment's bytes were handed on before; a gap drops what was pending."""
    delivered = segment.flow.delivered
    if delivered is None:
        return 0
    if later(segment.seq, delivered):
        segment.flow.pending = None
    return (delivered - segment.seq) % MODULO if later(delivered, segment.seq) else 0


def _complete(
    name: str,
    segments: list[Segment],
    data: bytes | bytearray,
    start: int,
    end: int,
    progress: Progress,
) -> Next:
    """The whole messages at the start of the data; what is behind them is kept for later."""
    framing, flow, stream = FRAMINGS[name], segments[-1].flow, segments[-1].stream
    at = first = start
    flow.pending = None
    while at < end:
        behind = framing(data, at, end, stream, progress)
        if behind > end:
            if end - at <= _MOST_LOOKED_AT or behind > end + 1:
                kept = segments if at == start else segments[-1:]
                flow.pending = _kept(kept, data, at, end, behind, progress)
            break
        at, progress = behind, Progress()
        first = behind if first == start else first
    if at == start:
        return None
    if len(segments) > 1:
        _note(segments, first - start)
    return name, bytes(data), start, at, at


def _kept(
    segments: list[Segment],
    data: bytes | bytearray,
    at: int,
    end: int,
    behind: int,
    progress: Progress,
) -> Pending:
    """The start of a message; the bytes of one that was pending before are not copied again."""
    if at == 0 and isinstance(data, bytearray):
        return Pending(data, segments, behind, progress)
    return Pending(bytearray(data[at:end]), segments, behind - at, progress)


def _note(segments: list[Segment], size: int) -> None:
    """Says in the frames' layers which of them make up the message."""
    last = segments[-1].layer
    number = last.packet.frame.number
    numbers = [each.layer.packet.frame.number for each in segments]
    last.note("tcp.segment", *numbers)
    last.note("tcp.segment.count", len(numbers))
    last.note("tcp.reassembled.length", size)
    for each in segments[:-1]:
        each.layer.note("tcp.reassembled_in", number)
