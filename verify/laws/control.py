"""ICMP answers are about what was asked or sent."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from wirelab.verify.datagram import carried, quoted
from wirelab.verify.violation import Violation

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from wirelab.verify.datagram import Datagram
    from wirelab.verify.laws.scene import Scene
    from wirelab.verify.layer import Layer
    from wirelab.verify.packet import Packet
    from wirelab.verify.provenance import Way

_REQUESTS, _REPLIES = {"icmp": 8, "icmpv6": 128}, {"icmp": 0, "icmpv6": 129}
_ERRORS = {"icmp": frozenset({3, 5, 11, 12}), "icmpv6": frozenset({1, 2, 3, 4})}
_MESSAGES = {4: "icmp", 6: "icmpv6"}
_ROOM = {4: 576 - 28, 6: 1280 - 48}
"""Bytes that an error quotes at most, by the version of IP: it may be so long, with its own headers
(RFC 1812 section 4.3.2.3, RFC 4443 section 2.4 (c)); Linux quotes as much as fits."""


def echoes(scene: Scene) -> Iterator[Violation]:
    """An echo reply returns identifier, number and data of a request from where it goes."""
    asked: set[tuple[object, ...]] = set()
    for layer in (*scene.layers("icmp"), *scene.layers("icmpv6")):
        datagram = carried(layer.packet)
        if datagram is None or layer.end - layer.start < 8:
            continue
        kind = layer.data[layer.start]
        said = layer.data[layer.start + 4 : layer.end]
        point = layer.packet.frame.point
        if kind == _REQUESTS[layer.protocol]:
            asked.add((point, datagram.source, said))
        elif kind == _REPLIES[layer.protocol] and (point, datagram.destination, said) not in asked:
            text = "an echo reply with data or numbers for which nobody asked"
            yield Violation("echo", layer.packet.frame.number, text)


def quotes(scene: Scene) -> Iterator[Violation]:
    """An ICMP error quotes a packet that its receiver sent, as it was where the error arose."""
    sent: defaultdict[tuple[object, ...], list[tuple[Packet, Datagram]]] = defaultdict(list)
    for packet, datagram in scene.datagrams:
        part = quoted(packet)
        if part is None or not _is_error(packet):
            sent[packet.frame.point, datagram.source, datagram.identification].append(
                (packet, datagram)
            )
        elif part.source == datagram.destination:
            way = scene.way(packet.frame.point, datagram.source)
            originals = sent[packet.frame.point, part.source, part.identification]
            if way and not any(_quotes(packet, part, way, *each) for each in originals):
                text = "it quotes a packet that was not sent like this"
                yield Violation("quote", packet.frame.number, text)


def _is_error(packet: Packet) -> bool:
    kinds = {protocol: packet.values(f"{protocol}.type") for protocol in _ERRORS}
    return any(found and found[0] in _ERRORS[protocol] for protocol, found in kinds.items())


def _quotes(error: Packet, part: Datagram, way: Way, packet: Packet, original: Datagram) -> bool:
    """Whether an error quotes a packet: header, and as much as there is room for.

    A router may have counted the TTL down before it saw that something is wrong.
    """
    protocol = "ip" if part.version == 4 else "ipv6"
    inner = next(each for each in error.layers if each.quoted)
    outer = next(each for each in packet.layers if each.protocol == protocol)
    message = next(each for each in error.layers if each.protocol == _MESSAGES[part.version])
    # Of a redirect's quote the dissection reads the head only, as Wireshark does.
    said = inner.data[inner.start + part.header : message.end]
    room = min(len(original.payload), _ROOM[part.version] - original.header)
    return (
        _fixed(inner, original.header) == _fixed(outer, original.header)
        and original.hops - way.hops - part.hops in (0, 1)
        and said == original.payload[:room]
    )


def _fixed(layer: Layer, header: int) -> Sequence[int]:
    """An IP header without TTL and checksum; extension headers are part of it."""
    at, data = layer.start, layer.data
    if layer.protocol == "ip":
        return data[at : at + 8] + data[at + 9 : at + 10] + data[at + 12 : at + 20]
    return data[at : at + 7] + data[at + 8 : at + header]
