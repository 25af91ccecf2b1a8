"""IPv4 and IPv6, with options and extension headers, also one in the other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from wirelab.traffic.replay.rewrite.editing import DEEPEST, Cover, LyingError
from wirelab.traffic.replay.rewrite.rewriting import Where

if TYPE_CHECKING:
    from wirelab.traffic.replay.rewrite.editing import Editing
    from wirelab.traffic.replay.rewrite.rewriting import Rewriting

ICMP, IGMP, IPIP, TCP, UDP, IN6, GRE, ICMPV6 = 1, 2, 4, 6, 17, 41, 47, 58
_HOP_BY_HOP, _ROUTING, _FRAGMENT, _AUTH, _OPTIONS, _MOBILITY = 0, 43, 44, 51, 60, 135
_EXTENSIONS = (_HOP_BY_HOP, _ROUTING, _FRAGMENT, _AUTH, _OPTIONS, _MOBILITY)
_MOST_EXTENSIONS = 32
_OFFSET = 0xFFF8
_RECORD_ROUTE, _TIMESTAMP, _LOOSE, _STRICT = 7, 68, 131, 137


@dataclass(frozen=True, slots=True)
class Carried:
    """What a packet carries."""

    protocol: int
    """Its protocol number."""
    start: int
    """Where it starts."""
    end: int
    """Where it ends, or where what there is of it ends."""
    pseudo: tuple[tuple[int, int], ...]
    """Where the addresses of its pseudo header are."""
    length_at: int
    """Where the packet says its own length."""
    whole: bool
    """Whether all of it is there, in one packet."""
    is_fragment: bool
    """Whether more of it is in other packets."""
    is_first: bool
    """Whether it starts with its own header: no fragment does but the first."""

    def cover(self, at: int, end: int, *, pseudo: bool = True, never_zero: bool = False) -> Cover:
        """The checksum of what is carried, over a pseudo header as well."""
        constant = (end - self.start + self.protocol) if pseudo else 0
        ranges = ((self.start, end), *(self.pseudo if pseudo else ()))
        return Cover(at, ranges, never_zero, self.whole and end <= self.end, constant)


def ipv4(e: Editing, start: int, end: int) -> None:
    """Rewrite an IPv4 packet (RFC 791)."""
    try:
        carried = _ipv4_header(e, start, end)
    except LyingError:
        e.leave("ip")
        return
    _carried(e, carried)


def ipv6(e: Editing, start: int, end: int) -> None:
    """Rewrite an IPv6 packet (RFC 8200)."""
    try:
        carried = _ipv6_header(e, start, end)
    except LyingError:
        e.leave("ipv6")
        return
    _carried(e, carried)


def _carried(e: Editing, carried: Carried) -> None:
    from wirelab.traffic.replay.rewrite import control, transport  # noqa: PLC0415 - a circle

    inner = {TCP: transport.tcp, UDP: transport.udp, ICMP: control.icmp, ICMPV6: control.icmpv6}
    inner |= {IGMP: control.igmp, GRE: transport.gre}
    if not carried.is_first or e.depth >= DEEPEST:
        return
    e.depth += 1
    e.lengths.append(carried.length_at)
    if carried.protocol == IPIP:
        ipv4(e, carried.start, carried.end)
    elif carried.protocol == IN6:
        ipv6(e, carried.start, carried.end)
    elif carried.protocol in inner:
        inner[carried.protocol](e, carried)
    e.lengths.pop()
    e.depth -= 1


def _ipv4_header(e: Editing, start: int, end: int) -> Carried:
    e.need(start, 20, end)
    size, total = (e.octets[start] & 15) * 4, e.number(start + 2, 2) or end - start
    if e.octets[start] >> 4 != 4 or size < 20 or total < size:
        raise LyingError
    behind = e.need(start, size, end)
    e.cover(Cover(start + 10, ((start, behind),), computable=not e.quoted))
    destination = _ipv4_options(e, start + 20, behind) or start + 16
    pseudo = ((start + 12, start + 16), (destination, destination + 4))
    e.address(start + 12, 4, Where.SOURCE)
    e.address(start + 16, 4, Where.DESTINATION)
    if not e.depth:
        _marks(e, start)
    fragment = e.number(start + 6, 2)
    return Carried(
        e.octets[start + 9],
        behind,
        min(end, start + total),
        pseudo,
        start + 2,
        whole=not fragment & 0x3FFF and start + total <= end and not e.quoted,
        is_fragment=bool(fragment & 0x3FFF),
        is_first=not fragment & 0x1FFF,
    )


def _ipv4_options(e: Editing, at: int, end: int) -> int | None:
    """Rewrite the addresses of routes; tells where the final destination of a source route is.

    A pseudo header has the final destination (RFC 1122 4.1.3.4, RFC 9293 3.1).
    """
    final = None
    while at + 3 <= end and e.octets[at] != 0:
        kind, size, pointer = e.octets[at], e.octets[at + 1], e.octets[at + 2]
        if kind == 1:
            at += 1
            continue
        if size < 2 or at + size > end:
            e.leave("ip")
            break
        if kind in (_RECORD_ROUTE, _LOOSE, _STRICT):
            route = range(at + 3, at + size - 3, 4)
            if kind == _RECORD_ROUTE:
                route = route[: max(pointer - 4, 0) // 4]  # behind that nothing was recorded yet
            elif route and pointer <= size:
                final = route[-1]
            for place in route:
                e.address(place, 4, Where.DESTINATION if place == final else Where.BOTH)
        elif kind == _TIMESTAMP and size >= 4 and e.octets[at + 3] & 15 in (1, 3):
            for place in range(at + 4, at + size - 7, 8):
                e.address(place, 4)
        at += size
    return final


def _ipv6_header(e: Editing, start: int, end: int) -> Carried:
    behind = e.need(start, 40, end)
    if e.octets[start] >> 4 != 6:
        raise LyingError
    # A length of zero is a jumbogram's, or that of a segment the kernel had yet to cut.
    length = e.number(start + 4, 2) or end - behind
    whole, stop = behind + length <= end and not e.quoted, min(end, behind + length)
    e.address(start + 8, 16, Where.SOURCE)
    e.address(start + 24, 16, Where.DESTINATION)
    if not e.depth:
        _marks6(e, start)
    protocol, at, destination, fragment = e.octets[start + 6], behind, start + 24, 0
    for _ in range(_MOST_EXTENSIONS):
        if protocol not in _EXTENSIONS or fragment & _OFFSET:
            break
        kind, protocol = protocol, e.octets[e.need(at, 8, stop) - 8]
        size = 8 if kind == _FRAGMENT else (e.octets[at + 1] + (2 if kind == _AUTH else 1))
        size *= {_FRAGMENT: 1, _AUTH: 4}.get(kind, 8)
        following = e.need(at, size, stop)
        if kind == _FRAGMENT:
            fragment |= e.number(at + 2, 2) & (_OFFSET | 1)
        elif kind == _ROUTING:
            destination = _segments(e, at, following) or destination
        at = following
    pseudo = ((start + 8, start + 24), (destination, destination + 16))
    return Carried(
        protocol,
        at,
        stop,
        pseudo,
        start + 4,
        whole=whole and not fragment,
        is_fragment=bool(fragment),
        is_first=not fragment & _OFFSET,
    )


def _segments(e: Editing, at: int, end: int) -> int | None:
    """Rewrite a route's addresses; tells where the final destination is while on the way there.

    Types 0 (RFC 2460), 2 (RFC 6275) and 4 (RFC 8754), whose segment 0 is the last.
    """
    kind, left = e.octets[at + 2], e.octets[at + 3]
    if kind not in (0, 2, 4):
        return None
    most = (end - at - 8) // 16
    count = min(most, e.octets[at + 4] + 1) if kind == 4 else most
    segments = range(at + 8, at + 8 + count * 16, 16)
    final = None
    if left and segments:
        final = segments[0] if kind == 4 else segments[-1]
    for place in segments:
        e.address(place, 16, Where.DESTINATION if place == final else Where.BOTH)
    return final


def marked(rules: Rewriting, version: int, mark: int) -> int:
    """What becomes of the byte in which DSCP and ECN are."""
    whole = rules.tos if version == 4 else rules.traffic_class
    mark = mark if whole is None else whole
    return mark if rules.dscp is None else rules.dscp << 2 | mark & 3


def _marks(e: Editing, start: int) -> None:
    if e.rules.ttl is not None:
        e.put_number(start + 8, e.rules.ttl.applied(e.octets[start + 8]), 1)
    e.put_number(start + 1, marked(e.rules, 4, e.octets[start + 1]), 1)


def _marks6(e: Editing, start: int) -> None:
    if e.rules.ttl is not None:
        e.put_number(start + 7, e.rules.ttl.applied(e.octets[start + 7]), 1)
    first = e.number(start, 2)
    e.put_number(start, first & 0xF00F | marked(e.rules, 6, first >> 4 & 0xFF) << 4, 2)
