"""TCP: segments, and what they carry."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wirelab.verify.dissectors import http, tcp_options, tls
from wirelab.verify.dissectors.desegment import FRAMINGS, messages
from wirelab.verify.dissectors.numbers import TCP_PORTS
from wirelab.verify.dissectors.outcome import Next, cut, give_up
from wirelab.verify.dissectors.streams import AnnouncedTcp
from wirelab.verify.dissectors.tcp_analysis import analyse
from wirelab.verify.dissectors.tcp_connections import enter, quote
from wirelab.verify.dissectors.tcp_stream import HEADER, OFFSET

if TYPE_CHECKING:
    from wirelab.verify.dissectors.tcp_stream import Stream
    from wirelab.verify.layer import Layer


def dissect(layer: Layer) -> Next:
    """A TCP segment; what it carries is known by an announcement, its ports or its bytes."""
    data, start, end, stop = layer.data, layer.start, layer.end, layer.stop
    if end - start < HEADER:
        return cut(layer)
    payload = start + (data[start + 12] >> 4) * 4
    if payload < start + HEADER:
        return give_up(layer, OFFSET)
    if payload > end:
        return cut(layer)
    if layer.quoted:
        name = _carried(layer, quote(layer).stream, payload)
        return (name, data, payload, end, stop) if payload < end else None
    segment = enter(layer, stop - payload)
    analyse(segment, segment.back)
    tcp_options.follow(segment)
    if payload >= end or segment.is_repetition:
        return None
    name = _carried(layer, segment.stream, payload)
    if name == "tls" and not segment.flow.pending and not tls.may_start(data[payload:end]):
        name = "data"
    if name in FRAMINGS and end == stop:
        return messages(name, segment, payload)
    return name, data, payload, end, stop


def _carried(layer: Layer, stream: Stream, payload: int) -> str:
    """The protocol of a segment's data."""
    if stream.protocol:
        return stream.protocol
    announced = layer.memory.of(AnnouncedTcp)
    announcement = announced.find(layer) if announced else None
    if announcement:
        return announcement.protocol
    data, at = layer.data, layer.start
    ports = data[at] << 8 | data[at + 1], data[at + 2] << 8 | data[at + 3]
    known = TCP_PORTS.get(min(ports)) or TCP_PORTS.get(max(ports))
    if known:
        return known
    head = data[payload : min(payload + 64, layer.end)]
    if tls.starts(head):
        stream.protocol = "tls"
    elif http.starts(head):
        stream.protocol = "http"
    return stream.protocol or "data"
