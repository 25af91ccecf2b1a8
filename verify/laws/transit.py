"""Packets that pass several points are the same at each of them."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from wirelab.verify.dissectors.ip_options import WRITTEN_BY_ROUTERS, options
from wirelab.verify.violation import Violation

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from wirelab.verify.datagram import Datagram
    from wirelab.verify.laws.scene import Scene
    from wirelab.verify.layer import Layer
    from wirelab.verify.packet import Packet

Key = tuple[bytes, bytes, int, bytes]


def transit(scene: Scene) -> Iterator[Violation]:
    """Every packet was seen at each point that lies on its way, as it is or before it was cut.

    Points at which nothing was seen do not count: a capture may be that of one point only.
    """
    seen: defaultdict[tuple[str, Key], list[tuple[Packet, Datagram]]] = defaultdict(list)
    exact: set[tuple[object, ...]] = set()
    points = {packet.frame.point for packet in scene.packets}
    for packet, datagram in scene.datagrams:
        point, key = packet.frame.point, _key(packet, datagram)
        seen[point, key].append((packet, datagram))
        exact.add((point, *key, *_content(packet, datagram)))
    for packet, datagram in scene.datagrams:
        way = scene.way(packet.frame.point, datagram.source)
        for point in points.intersection(way.past) if way else ():
            key = _key(packet, datagram)
            if (point, *key, *_content(packet, datagram)) in exact:
                continue
            if not _cut_from_any(packet, datagram, seen[point, key]):
                text = f"it was not seen like this at {point}, which is on its way"
                yield Violation("transit", packet.frame.number, text)


def _key(packet: Packet, datagram: Datagram) -> Key:
    """What no router changes, not even when it cuts a packet."""
    layer = _layer(packet)
    number = layer.data[layer.start + 4 : layer.start + 6] if datagram.version == 4 else b""
    return datagram.source, datagram.destination, datagram.protocol, number


def _content(packet: Packet, datagram: Datagram) -> tuple[object, ...]:
    """What a router changes only when it cuts a packet."""
    layer = _layer(packet)
    at, data = layer.start, layer.data
    if datagram.version == 4:
        fixed = data[at : at + 2] + data[at + 6 : at + 8] + _options(layer)
    else:
        fixed = data[at : at + 4] + data[at + 6 : at + 7]
    return fixed, datagram.offset, datagram.more, datagram.payload


def _options(layer: Layer) -> bytes:
    """The options of an IPv4 header, less those into which routers write."""
    return b"".join(each.data for each in options(layer) if each.kind not in WRITTEN_BY_ROUTERS)


def _cut_from_any(
    packet: Packet, piece: Datagram, wholes: Sequence[tuple[Packet, Datagram]]
) -> bool:
    """Whether a fragment is what a router made of one of some packets (RFC 791 section 3.2)."""
    if not piece.is_fragment or piece.version != 4:
        return False
    return any(
        _cut_from(piece, whole) and _fixed(packet) == _fixed(other) for other, whole in wholes
    )


def _fixed(packet: Packet) -> tuple[bytes, int]:
    """Version, header length and service of an IPv4 packet, and the flags that must be zero."""
    layer = _layer(packet)
    return layer.data[layer.start : layer.start + 2], layer.data[layer.start + 6] & 0xC0


def _cut_from(piece: Datagram, whole: Datagram) -> bool:
    start = piece.offset - whole.offset
    end = start + len(piece.payload)
    if start < 0 or whole.payload[start:end] != piece.payload:
        return False
    return piece.more == (whole.more or end < len(whole.payload))


def _layer(packet: Packet) -> Layer:
    return next(each for each in packet.layers if each.protocol in ("ip", "ipv6"))
