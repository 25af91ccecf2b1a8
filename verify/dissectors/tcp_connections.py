"""Which connection a TCP segment belongs to, and how it takes that one further."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from wirelab.verify.dissectors.streams import Ends, ends, sender_and_receiver
from wirelab.verify.dissectors.tcp_stream import (
    ACK,
    FIN,
    MODULO,
    RST,
    SYN,
    Completeness,
    Flow,
    Quoted,
    Segment,
    Stream,
    TcpNumbers,
    TcpStreams,
)

if TYPE_CHECKING:
    from wirelab.verify.layer import Layer


def stream_of(layer: Layer) -> Stream:
    """The connection of a layer; a new one when none is known between its ends."""
    pair = ends(layer)
    stream = layer.memory.of(TcpStreams).get(pair)
    return stream or _open(layer, pair)


def quote(layer: Layer) -> Quoted:
    """Finds the connection of a quoted header, which keeps it alive as any other frame does."""
    stream = stream_of(layer)
    now = layer.packet.frame.time
    sender, _ = sender_and_receiver(layer)
    quoted = Quoted(stream, stream.flows[sender], now - stream.first, now - stream.last)
    layer.state = quoted
    stream.last = now
    return quoted


def _open(layer: Layer, pair: Ends) -> Stream:
    """Begins a connection; every point gives the n-th one between two ends the same number."""
    streams = layer.memory.of(TcpStreams)
    number = layer.memory.shared.of(TcpNumbers).of((pair, streams.reuses.get(pair, 0)))
    now = layer.packet.frame.time
    stream = streams[pair] = Stream(number, now, now, {pair[0]: Flow(), pair[1]: Flow()})
    return stream


def enter(layer: Layer, length: int) -> Segment:
    """Takes a segment with `length` bytes of data into its connection."""
    seq, ack, flags, window = struct.unpack_from(">IIxBH", layer.data, layer.start + 4)
    stream = stream_of(layer)
    sender, receiver = sender_and_receiver(layer)
    base = stream.flows[sender].base
    reused = flags & (SYN | ACK) == SYN and base is not None and base != seq
    if reused:
        pair = ends(layer)
        streams = layer.memory.of(TcpStreams)
        streams.reuses[pair] = streams.reuses.get(pair, 0) + 1
        stream = _open(layer, pair)
    flow, back = stream.flows[sender], stream.flows[receiver]
    now = layer.packet.frame.time
    segment = Segment(
        layer, stream, flow, back, seq, ack, flags, window, length,
        now - stream.first, now - stream.last,
    )  # fmt: skip
    segment.reuses_ports = reused
    layer.state = segment
    stream.last = now
    _set_bases(segment)
    _time_handshake(segment, now)
    stream.completeness |= _part(segment)
    return segment


def _set_bases(segment: Segment) -> None:
    """Settles what counts as 0 in each direction; data whose SYN was missed starts at 1."""
    if segment.flow.base is None:
        segment.flow.base = segment.seq if segment.flags & SYN else (segment.seq - 1) % MODULO
    if segment.back.base is None and segment.flags & ACK:
        segment.back.base = (segment.ack - 1) % MODULO


def _time_handshake(segment: Segment, now: int) -> None:
    """Measures the round trip from the SYN to the first acknowledgment of its sender."""
    stream, flags = segment.stream, segment.flags
    if flags & (SYN | ACK) == SYN:
        stream.syn_time = now
    elif (
        flags & (SYN | ACK) == ACK
        and stream.initial_rtt is None
        and stream.syn_time is not None
        and segment.relative_seq == segment.relative_ack == 1
    ):
        stream.initial_rtt = now - stream.syn_time


def _part(segment: Segment) -> int:
    """What a segment adds to the completeness of its connection."""
    flags = segment.flags
    part = Completeness(0)
    if flags & RST:
        part |= Completeness.RST
    if flags & (SYN | ACK) == SYN:
        part |= Completeness.SYN
    elif flags & (SYN | ACK) == SYN | ACK:
        part |= Completeness.SYN_ACK
    elif flags & ACK:
        part |= Completeness.DATA if segment.length else Completeness.ACK
    if flags & (FIN | ACK) == FIN | ACK:
        part |= Completeness.FIN
    return part
