"""TCP, UDP and GRE, and to whom their payloads belong."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wirelab.traffic.replay.rewrite import dhcp, dhcpv6, dns, lines
from wirelab.traffic.replay.rewrite.editing import Cover, LyingError
from wirelab.traffic.replay.rewrite.network import ipv4, ipv6
from wirelab.traffic.replay.rewrite.rewriting import Inside

if TYPE_CHECKING:
    from wirelab.traffic.replay.rewrite.editing import Editing
    from wirelab.traffic.replay.rewrite.network import Carried

DNS_PORTS = (53, 5353, 5355)
"""DNS, multicast DNS, LLMNR."""
DHCP_PORTS, DHCPV6_PORTS = (67, 68), (546, 547)


def tcp(e: Editing, carried: Carried) -> None:
    """Rewrite a TCP segment, or the beginning of one (RFC 9293)."""
    start, end = carried.start, carried.end
    if start + 18 <= end:
        e.cover(carried.cover(start + 16, end))
    ports = _ports(e, start, end, "tcp")
    size = (e.octets[start + 12] >> 4) * 4 if start + 20 <= end else 0
    if ports is None:
        return
    in_lines = not {*ports}.isdisjoint(lines.ports_of_lines(e.rules))
    if e.quoted:
        if in_lines and start + 8 <= end:
            lines.renumbered(e, carried, ports)
        return
    if size < 20 or start + size > end:
        e.leave("tcp")
        return
    payload = start + size
    if in_lines:
        lines.segment(e, carried, ports, payload)
    elif Inside.DNS in e.rules.inside and not {*ports}.isdisjoint(DNS_PORTS) and carried.whole:
        dns.in_stream(e, payload, end)


def udp(e: Editing, carried: Carried) -> None:
    """Rewrite a UDP datagram, or the beginning of one (RFC 768)."""
    start, length = carried.start, 0
    end = carried.end
    if start + 8 <= end:
        length = e.number(start + 4, 2)
        end = start + length if 8 <= length <= end - start else end
        if e.number(start + 6, 2):
            e.cover(carried.cover(start + 6, end, never_zero=True))
    ports = _ports(e, start, carried.end, "udp")
    if ports is None or carried.is_fragment:
        return
    if length < 8 or (carried.whole and length > carried.end - start):
        e.leave("udp")
    elif not {*ports}.isdisjoint(DHCP_PORTS):
        dhcp.message(e, start + 8, end)
    elif not {*ports}.isdisjoint(DHCPV6_PORTS):
        dhcpv6.message(e, start + 8, end)
    elif Inside.DNS in e.rules.inside and not {*ports}.isdisjoint(DNS_PORTS):
        dns.message(e, start + 8, end, whole=carried.whole and end == carried.end)


def gre(e: Editing, carried: Carried) -> None:
    """Rewrite what is in a GRE packet of version 0 (RFC 2784, RFC 2890)."""
    start, end = carried.start, carried.end
    try:
        e.need(start, 4, end)
        flags, kind = e.number(start, 2), e.number(start + 2, 2)
        if flags & 7:
            return
        inner = e.need(
            start, 4 + 4 * sum(bool(flags & bit) for bit in (0xC000, 0x2000, 0x1000)), end
        )
    except LyingError:
        e.leave("gre")
        return
    if flags & 0x8000:
        e.cover(Cover(start + 4, ((start, end),), computable=carried.whole))
    if kind == 0x0800:
        ipv4(e, inner, end)
    elif kind == 0x86DD:
        ipv6(e, inner, end)


def _ports(e: Editing, start: int, end: int, what: str) -> tuple[int, int] | None:
    """Rewrite the ports; tells which they were, or None where they are not there."""
    if start + 4 > end:
        e.leave(what)
        return None
    ports = e.number(start, 2), e.number(start + 2, 2)
    for at, port in zip((start, start + 2), ports, strict=True):
        e.put_number(at, e.rules.ports.get(port, port), 2)
    return ports
