"""TCP numbers agree: bytes follow on bytes, and only what was sent is acknowledged."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from wirelab.verify.dissectors.tcp_stream import ACK, FIN, MODULO, RST, SYN, Segment
from wirelab.verify.violation import Violation

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from wirelab.verify.laws.scene import Scene
    from wirelab.verify.packet import Packet


@dataclass
class _Side:
    """What one side of a connection has sent so far, as one point saw it."""

    edges: set[int] = field(default_factory=set)
    """The sequence numbers at which its segments begin or end."""
    acked: int | None = None
    """The latest acknowledgment that it sent."""
    shut: bool = False
    """Whether the window that it offered last is closed."""
    clocks: set[int] = field(default_factory=lambda: {0})
    """The time stamps that it sent."""


def tcp(scene: Scene) -> Iterator[Violation]:
    """Segments begin where others of their side ended, and acknowledge up to such a place."""
    sides: dict[tuple[object, ...], _Side] = {}
    ended = _ended(scene)
    for layer in scene.layers("tcp"):
        segment = layer.state
        if not isinstance(segment, Segment):
            continue
        packet = layer.packet
        ends = _ends(packet)
        point = packet.frame.point
        own = sides.setdefault((point, *ends), _Side())
        peer = sides.setdefault((point, *reversed(ends)), _Side())
        if _is_lost(ended[(*ends, segment.seq)], point):
            own.edges.add(segment.seq)
        probes = peer.shut and _probes(segment, own)
        texts = () if probes else _sequence(segment, own)
        for text in (*texts, *_acknowledgment(segment, own, peer)):
            yield Violation("tcp", packet.frame.number, text)
        own.shut = 0 in packet.values("tcp.window_size_value")
        for text in _clocks(packet, own, peer):
            yield Violation("tcp", packet.frame.number, text)


def _ends(packet: Packet) -> tuple[object, object]:
    version = "ipv6" if packet.has("ipv6") else "ip"
    source = (packet.values(f"{version}.src", 1), packet.values("tcp.srcport"))
    return source, (packet.values(f"{version}.dst", 1), packet.values("tcp.dstport"))


def _ended(scene: Scene) -> Mapping[tuple[object, ...], Counter[str]]:
    """How often each point saw a segment with data that ends before a number."""
    found: defaultdict[tuple[object, ...], Counter[str]] = defaultdict(Counter)
    for layer in scene.layers("tcp"):
        segment = layer.state
        if isinstance(segment, Segment) and segment.length:
            end = (segment.seq + segment.length) % MODULO
            found[(*_ends(layer.packet), end)][layer.packet.frame.point] += 1
    return found


def _is_lost(seen: Counter[str], point: str) -> bool:
    """Whether the segment in front was lost on its way to a point: others saw it more often."""
    return seen[point] < max(seen.values(), default=0)


def _sequence(segment: Segment, own: _Side) -> Iterator[str]:
    if segment.flags & SYN:
        if segment.flags & (FIN | RST) or segment.length:
            yield "a SYN that is more than a SYN"
    elif not own.edges:
        if not _refuses(segment):
            yield "the first segment of its side is no SYN"
    elif segment.seq not in own.edges:
        yield "it does not begin where its side was"
    if not segment.flags & (ACK | RST | SYN):
        yield "nothing is acknowledged by a segment that is no SYN"
    room = segment.length + bool(segment.flags & SYN) + bool(segment.flags & FIN)
    own.edges |= {segment.seq, (segment.seq + room) % MODULO}


def _refuses(segment: Segment) -> bool:
    """Whether it says that nobody is there (RFC 9293 section 3.10.7.1)."""
    return segment.flags & (RST | ACK) == RST | ACK and not segment.seq and not segment.length


def _probes(segment: Segment, own: _Side) -> bool:
    """Whether it only asks for a window: it is empty, and a byte before what is to be sent next.

    That is how Linux does it; RFC 9293 section 3.8.6.1 would have it send a byte.
    """
    is_empty = segment.flags == ACK and not segment.length
    return is_empty and (segment.seq + 1) % MODULO in own.edges


def _acknowledgment(segment: Segment, own: _Side, peer: _Side) -> Iterator[str]:
    if not segment.flags & ACK:
        if segment.ack:
            yield "an acknowledgment number without its flag"
        return
    if segment.ack not in peer.edges:
        yield "it acknowledges what was not sent so"
    elif own.acked is not None and (segment.ack - own.acked) % MODULO > MODULO // 2:
        yield "it acknowledges less than before"
    own.acked = segment.ack


def _clocks(packet: Packet, own: _Side, peer: _Side) -> Iterator[str]:
    """Time stamps that are echoed are the other side's (RFC 7323 section 3.2)."""
    for value in packet.values("tcp.options.timestamp.tsecr"):
        if value not in peer.clocks:
            yield "it echoes a time stamp that was not sent"
    own.clocks.update(int(value) for value in packet.values("tcp.options.timestamp.tsval"))
