"""The data that one side of a TCP connection sends, put together from its segments."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

from wirelab.verify.field import as_bytes, as_int
from wirelab.verify.filter.nodes import Op, Test, both
from wirelab.verify.match.relations import compare, same

if TYPE_CHECKING:
    from collections.abc import Iterable

    from wirelab.verify.packet import Packet

_MODULO = 1 << 32


@dataclass(frozen=True, slots=True)
class Sent:
    """What one side sent."""

    packets: tuple[Packet, ...]
    """The segments that brought data nobody had brought before, in their order in the stream."""
    data: bytes
    """The data, up to the first gap."""

    @property
    def digest(self) -> str:
        """The SHA-256 of the data, in hexadecimal digits."""
        return sha256(self.data).hexdigest()


def direction(packet: Packet) -> tuple[object, ...]:
    """What all segments of one side of a connection have in common; () without TCP data."""
    if not packet.values("tcp.payload"):
        return ()
    source = packet.values("ip.src", 1) or packet.values("ipv6.src", 1)
    return (packet.values("tcp.stream"), source, packet.values("tcp.srcport"))


def sent(packets: Iterable[Packet]) -> Sent:
    """Puts the segments of one direction together, in whatever order they come.

    Args:
        packets: segments with data; at least one.
    """
    parts = [(_sequence(packet), packet) for packet in packets]
    first = parts[0][0]
    placed = sorted(
        ((_distance(first, sequence), packet) for sequence, packet in parts),
        key=lambda part: part[0],
    )
    start = end = placed[0][0]
    data, taken = bytearray(), []
    for at, packet in placed:
        octets = as_bytes(packet.values("tcp.payload")[0])
        if at <= end < at + len(octets):
            data += octets[end - at :]
            end = start + len(data)
            taken.append(packet)
    return Sent(tuple(taken), bytes(data))


def segment_test(packet: Packet) -> Test:
    """The filter that selects one segment."""
    data = compare(Op.GT, "tcp.len", 0)
    return both(same(packet, ("tcp.stream", "tcp.srcport", "tcp.seq")), data)


def _sequence(packet: Packet) -> int:
    return as_int(packet.values("tcp.seq_raw")[0])


def _distance(first: int, sequence: int) -> int:
    """How far a sequence number lies behind another, negative when before it (RFC 9293 3.4)."""
    distance = (sequence - first) % _MODULO
    return distance - _MODULO if distance > _MODULO // 2 else distance
