"""What a correct stack writes into an IP header, and what it leaves at zero."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wirelab.verify.field import as_int
from wirelab.verify.violation import Violation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wirelab.verify.datagram import Datagram
    from wirelab.verify.laws.scene import Scene
    from wirelab.verify.layer import Layer
    from wirelab.verify.packet import Packet

INITIAL = 64
"""The TTL and the hop limit with which Linux sends."""
_ONE_LINK = frozenset({133, 134, 135, 136, 137})
"""ICMPv6 types of neighbour discovery, whose hop limit is 255 (RFC 4861 section 4)."""
_LISTENERS = frozenset({130, 131, 132, 143})
"""ICMPv6 types of listener discovery."""
_GROUP = 0xFF
"""The first byte of IPv6 groups; what goes to one has hop limit 1 by default (RFC 3493 5.2)."""
_IGMP = 2
_TRACEROUTE = range(33434, 33535)
"""The ports to which traceroute sends, by default, what shall not arrive."""
_BEST_EFFORT, _CONTROL = 0x00, 0xC0
_TCP_SERVICES = {_BEST_EFFORT, 0x08, 0x10}
"""What servers ask for: nothing, or throughput or low delay as RFC 1349 has it (vsftpd does)."""
_ERRORS = frozenset({3, 5, 11, 12})
_ECHOES = frozenset({0, 8})
_NO_CODES = frozenset({128, 129, *_ONE_LINK, *_LISTENERS})
_REPORT = 143
"""The ICMPv6 type of a report of version 2, whose code is reserved, too (RFC 3810 section 5.2)."""
_RESERVED_IN = {3: (12, 16), 5: (2, 4), 25: (2, 4)}
"""Options of a router's advertisement, and where bytes of theirs are reserved."""
_ADVERTISED = 134
"""The ICMPv6 type of a router's advertisement, which dnsmasq sends as network control."""


def hops(scene: Scene) -> Iterator[Violation]:
    """A packet has the TTL that Linux gives it, one less for each router on its way."""
    for packet, datagram in scene.datagrams:
        way = scene.way(packet.frame.point, datagram.source)
        if (way is None and any(datagram.source)) or _is_probe(packet):
            continue
        passed = way.hops if way else 0
        wanted = _initial(packet, datagram) - passed
        if datagram.hops != wanted:
            text = f"TTL or hop limit {datagram.hops} behind {passed} routers, not {wanted}"
            yield Violation("hops", packet.frame.number, text)


def _initial(packet: Packet, datagram: Datagram) -> int:
    kinds = packet.values("icmpv6.type")
    if datagram.version == 6 and kinds and kinds[0] in _ONE_LINK:
        return 255
    if datagram.protocol == _IGMP or (datagram.version == 6 and datagram.destination[0] == _GROUP):
        return 1  # listener discovery too (RFC 3810 section 5)
    return INITIAL


def _is_probe(packet: Packet) -> bool:
    """Whether it is one of traceroute's, whose TTL is what it is about."""
    if packet.has("icmp") or packet.has("icmpv6"):
        return False
    source, destination = packet.values("udp.srcport"), packet.values("udp.dstport")
    unprivileged = bool(source) and as_int(source[0]) >= 1024
    return unprivileged and bool(destination) and as_int(destination[0]) in _TRACEROUTE


def service(scene: Scene) -> Iterator[Violation]:
    """Packets ask for no service but the ordinary one, or that of network control.

    An ICMP error is control and has otherwise what it quotes (RFC 1812 section 4.3.2.5); nobody
    marks congestion.
    """
    for layer in (*scene.layers("ip"), *scene.layers("ipv6")):
        if layer.end - layer.start < 20:
            continue
        said, packet = _service(layer), layer.packet
        allowed = {_BEST_EFFORT, _CONTROL}
        if packet.values("icmp.type")[:1] and packet.values("icmp.type")[0] in _ERRORS:
            quoted = packet.values("ip.dsfield", 2)
            allowed = {_CONTROL | int(value) & 0x1E for value in quoted}
        elif packet.has("tcp"):
            allowed = _TCP_SERVICES
        elif packet.values("icmpv6.type")[:1] != (_ADVERTISED,) and (
            packet.has("icmp") or packet.has("icmpv6")
        ):
            allowed = {_BEST_EFFORT}
        if said not in allowed:
            text = f"the field of differentiated services is 0x{said:02x}"
            yield Violation("service", packet.frame.number, text)


def _service(layer: Layer) -> int:
    if layer.protocol == "ip":
        return layer.data[layer.start + 1]
    return int.from_bytes(layer.data[layer.start : layer.start + 2], "big") >> 4 & 0xFF


def zeros(scene: Scene) -> Iterator[Violation]:
    """What is reserved is zero, and so is a code where there are none."""
    for layer in scene.layers("ip"):
        if layer.end - layer.start >= 20 and layer.data[layer.start + 6] & 0x80:
            yield _reserved(layer, "the reserved flag of IP")
    for layer in scene.layers("ipv6"):
        if layer.end > layer.start and layer.data[layer.start] >> 4 != 6:
            yield _reserved(layer, "the version of IPv6")
    for layer in scene.layers("ipv6.fraghdr"):
        fragment = layer.data[layer.start : layer.end]
        if len(fragment) >= 4 and (fragment[1] or fragment[3] & 0x06):
            yield _reserved(layer, "the reserved bits of a fragment header")
    for layer in scene.layers("tcp"):
        if layer.end - layer.start < 20:
            continue
        data, at = layer.data, layer.start
        if data[at + 12] & 0x0F or data[at + 13] & 0xC0:
            yield _reserved(layer, "reserved flags of TCP, or those of congestion")
        if data[at + 13] & 0x20 or any(data[at + 18 : at + 20]):
            yield _reserved(layer, "the urgent flag or pointer of TCP")
    for layer in (*scene.layers("icmp"), *scene.layers("icmpv6")):
        yield from _control(layer)


def _control(layer: Layer) -> Iterator[Violation]:
    """Codes and reserved bytes of ICMP and ICMPv6."""
    head = layer.data[layer.start : min(layer.start + 8, layer.end)]
    if len(head) < 8:
        return
    coded = _ECHOES if layer.protocol == "icmp" else _NO_CODES
    if head[0] in coded and head[1]:
        yield _reserved(layer, "the code of a message that has none")
    if layer.protocol == "icmp" and head[0] in (3, 11):
        has_mtu = head[:2] == b"\x03\x04"
        if any(head[4:6] if has_mtu else head[4:8]):
            yield _reserved(layer, "the unused bytes of an ICMP error")
    if layer.protocol == "icmpv6" and head[0] in (1, 3, 133, 135) and any(head[4:8]):
        yield _reserved(layer, "the reserved bytes of an ICMPv6 message")
    if layer.protocol == "icmpv6" and head[0] == _REPORT and any(head[4:6]):
        yield _reserved(layer, "the reserved bytes of a report")
    if layer.protocol == "icmpv6" and head[0] == 136 and (head[4] & 0x1F or any(head[5:8])):
        yield _reserved(layer, "the reserved bits of an advertisement")
    if layer.protocol == "icmpv6" and head[0] == _ADVERTISED:
        yield from _told(layer)


def _told(layer: Layer) -> Iterator[Violation]:
    """Reserved bytes of what a router tells (RFC 4861 section 4.6, RFC 8106 section 5.1)."""
    at, data = layer.start + 16, layer.data
    while at + 8 <= layer.end and data[at + 1]:
        end = min(at + data[at + 1] * 8, layer.end)
        first, behind = _RESERVED_IN.get(data[at], (0, 0))
        if any(data[at + first : at + behind]):
            yield _reserved(layer, "the reserved bytes of an option")
        at = end


def _reserved(layer: Layer, what: str) -> Violation:
    return Violation("reserved", layer.packet.frame.number, f"{what} should be zero")
