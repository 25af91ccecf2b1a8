"""A frame at a glance: who sends it to whom, and what it is, as far as replaying needs to know."""

from __future__ import annotations

import struct
from dataclasses import dataclass

from wirelab.traffic.replay.identity import ARP, IP4, IP6, network_header

ICMP, TCP, UDP, ICMP6 = 1, 6, 17, 58
_EXTENSIONS = (0, 43, 60)
"""Hop-by-hop options, routing, destination options: RFC 8200 section 4."""
_FRAGMENT = 44
_DISCOVERY = (135, 136)
"""Neighbour solicitation and advertisement, RFC 4861."""
_PORTS = struct.Struct("!HH")


@dataclass(frozen=True, slots=True)
class Glance:
    """What a frame is. What it has not is 0 or empty; so is what was cut off or lies."""

    eth_src: bytes
    """The MAC that sent it."""
    eth_dst: bytes
    """The MAC it is for."""
    ethertype: int
    """What is in it, behind VLAN tags; 0 for IP and ARP of which not even addresses are whole."""
    src: bytes = b""
    """The sender's IP address, 4 or 16 bytes; of ARP the sender's protocol address."""
    dst: bytes = b""
    """The receiver's IP address; of ARP the target's."""
    protocol: int = 0
    """Of IP: the protocol behind extension headers."""
    ttl: int = 0
    """Of IP: the TTL or hop limit."""
    fragment: tuple[bytes, int] | None = None
    """Of a fragment: the identification, and its offset in bytes."""
    kind: int = 0
    """The opcode of ARP, the type of ICMP, the flags of TCP."""
    code: int = 0
    """The code of ICMP."""
    sport: int = 0
    """The source port of TCP or UDP."""
    dport: int = 0
    """The destination port of TCP or UDP."""
    asked: bytes = b""
    """The address that ARP or neighbour discovery is about."""

    @property
    def group(self) -> bool:
        """Whether it is for several."""
        return bool(self.eth_dst[0] & 1)


def glance(data: bytes) -> Glance:
    """Look at an Ethernet frame of 14 bytes or more."""
    ethertype, at = network_header(data)
    src, dst = data[6:12], data[:6]
    if ethertype == IP4 and len(data) >= at + 20 and data[at] >> 4 == 4:
        return _ip4(data, at, src, dst)
    if ethertype == IP6 and len(data) >= at + 40 and data[at] >> 4 == 6:
        return _ip6(data, at, src, dst)
    if ethertype == ARP and data[at : at + 6] == b"\0\1\x08\0\6\4" and len(data) >= at + 28:
        opcode = int.from_bytes(data[at + 6 : at + 8], "big")
        spa, tpa = data[at + 14 : at + 18], data[at + 24 : at + 28]
        return Glance(src, dst, ethertype, spa, tpa, kind=opcode, asked=tpa)
    return Glance(src, dst, 0 if ethertype in (IP4, IP6, ARP) else ethertype)


def _ip4(data: bytes, at: int, eth_src: bytes, eth_dst: bytes) -> Glance:
    placed = int.from_bytes(data[at + 6 : at + 8], "big")
    fragment = (data[at + 4 : at + 6], (placed & 0x1FFF) * 8) if placed & 0x3FFF else None
    payload = at + (data[at] & 15) * 4
    whole = fragment is None or fragment[1] == 0
    kind, code, sport, dport = _transport(data, payload, data[at + 9]) if whole else (0, 0, 0, 0)
    return Glance(
        eth_src, eth_dst, IP4, data[at + 12 : at + 16], data[at + 16 : at + 20],
        data[at + 9], data[at + 8], fragment, kind, code, sport, dport,
    )  # fmt: skip


def _ip6(data: bytes, at: int, eth_src: bytes, eth_dst: bytes) -> Glance:
    following, payload = data[at + 6], at + 40
    fragment = None
    for _ in range(8):  # as many extension headers as anybody sends, and a bound
        if following in _EXTENSIONS and len(data) >= payload + 8:
            following, payload = data[payload], payload + 8 * (data[payload + 1] + 1)
        elif following == _FRAGMENT and len(data) >= payload + 8:
            offset = int.from_bytes(data[payload + 2 : payload + 4], "big") & 0xFFF8
            fragment = (data[payload + 4 : payload + 8], offset)
            following, payload = data[payload], payload + 8
        else:
            break
        if fragment and fragment[1]:
            break
    whole = fragment is None or fragment[1] == 0
    kind, code, sport, dport = _transport(data, payload, following) if whole else (0, 0, 0, 0)
    discovers = following == ICMP6 and kind in _DISCOVERY and len(data) >= payload + 24
    asked = data[payload + 8 : payload + 24] if discovers else b""
    return Glance(
        eth_src, eth_dst, IP6, data[at + 8 : at + 24], data[at + 24 : at + 40],
        following, data[at + 7], fragment, kind, code, sport, dport, asked,
    )  # fmt: skip


def _transport(data: bytes, at: int, protocol: int) -> tuple[int, int, int, int]:
    """Kind, code and ports of what is behind the IP header."""
    if protocol in (ICMP, ICMP6) and len(data) >= at + 2:
        return data[at], data[at + 1], 0, 0
    if protocol == TCP and len(data) >= at + 14:
        return data[at + 13], 0, *_PORTS.unpack_from(data, at)
    if protocol == UDP and len(data) >= at + 4:
        return 0, 0, *_PORTS.unpack_from(data, at)
    return 0, 0, 0, 0
