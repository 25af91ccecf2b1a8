"""What tells a packet from others wherever it is seen: what routers do not change.

Used by the conductor's own process too, so nothing but bytes is needed here.
"""

from __future__ import annotations

IP4, IP6, ARP = 0x0800, 0x86DD, 0x0806
_VLAN = (0x8100, 0x88A8)
_MOST_TAGS = 4
_ERRORS4 = (3, 4, 5, 11, 12)
"""RFC 792: unreachable, source quench, redirect, time exceeded, parameter problem."""
REDIRECT = 5
_ERRORS6 = (1, 2, 3, 4)
"""RFC 4443: unreachable, too big, time exceeded, parameter problem."""
_ICMP, _ICMP6 = 1, 58
_NO_OPERATION = 1
_RECORDING = (7, 68)
"""RFC 791 section 3.1: record route, time stamp."""


def network_header(data: bytes) -> tuple[int, int]:
    """Return the EtherType behind any VLAN tags, and where the network header starts."""
    kind, at = int.from_bytes(data[12:14], "big"), 14
    for _ in range(_MOST_TAGS):
        if kind not in _VLAN:
            break
        kind, at = int.from_bytes(data[at + 2 : at + 4], "big"), at + 4
    return kind, at


def identity(data: bytes) -> bytes:
    """Return what of a frame is the same on every link of its way.

    Of IP all but TTL, header checksum, what routers write into options, and the Ethernet header;
    padding is no part of it. Of anything else, which no router passes on, all but MACs and VLAN
    tags.
    """
    kind, at = network_header(data)
    if kind == IP4:
        end = at + (int.from_bytes(data[at + 2 : at + 4], "big") or len(data))
        head = data[at : at + 8] + data[at + 9 : at + 10] + data[at + 12 : at + 20]
        if data[at : at + 1] > b"\x45":
            return head + _unfilled(data, at) + data[at + (data[at] & 15) * 4 : end]
        return head + data[at + 20 : end]
    if kind == IP6:
        end = at + 40 + int.from_bytes(data[at + 4 : at + 6], "big")
        return data[at : at + 7] + data[at + 8 : end]
    return data[at - 2 :]


def _unfilled(data: bytes, at: int) -> bytes:
    """The options of an IPv4 header without what routers write into those that record."""
    options = bytearray(data[at + 20 : at + (data[at] & 15) * 4])
    place = 0
    while place < len(options) and options[place]:
        kind = options[place]
        size = options[place + 1] if kind != _NO_OPERATION and place + 1 < len(options) else 1
        if kind != _NO_OPERATION and size < 2:
            break
        if kind in _RECORDING:
            inside = range(place + 2, min(place + size, len(options)))
            for each in inside:
                options[each] = 0
        place += size
    return bytes(options)


def datagram(data: bytes) -> bytes:
    """Return what all fragments of an IPv4 datagram share (RFC 791 section 3.2); else nothing."""
    kind, at = network_header(data)
    if kind != IP4 or len(data) < at + 20:
        return b""
    return data[at + 4 : at + 6] + data[at + 9 : at + 10] + data[at + 12 : at + 20]


def piece(data: bytes) -> tuple[int, int, bool]:
    """Return of an IPv4 packet where its payload starts in its datagram, its size, and MF."""
    _kind, at = network_header(data)
    placed = int.from_bytes(data[at + 6 : at + 8], "big")
    header = (data[at] & 15) * 4
    total = int.from_bytes(data[at + 2 : at + 4], "big")
    return (placed & 0x1FFF) * 8, max(0, min(total, len(data) - at) - header), bool(placed & 0x2000)


def ttl(data: bytes) -> int:
    """Return the TTL or hop limit; 0 for what has none."""
    kind, at = network_header(data)
    if kind == IP4 and len(data) > at + 8:
        return data[at + 8]
    return data[at + 7] if kind == IP6 and len(data) > at + 7 else 0


def quotable(data: bytes) -> bytes:
    """Return by what an ICMP error names an IP packet: what RFC 792 has it quote at least."""
    kind, at = network_header(data)
    return _named(data, at) if kind in (IP4, IP6) else b""


def quoted(data: bytes) -> tuple[int, int, bytes] | None:
    """Return type and code of an ICMP error and the packet that it names; None for others."""
    kind, at = network_header(data)
    if kind == IP4 and len(data) >= at + 20:
        inner = at + (data[at] & 15) * 4
        if data[at + 9] == _ICMP and len(data) >= inner + 28 and data[inner] in _ERRORS4:
            return data[inner], data[inner + 1], _named(data, inner + 8)
    elif kind == IP6 and len(data) >= at + 88:
        inner = at + 40
        if data[at + 6] == _ICMP6 and data[inner] in _ERRORS6:
            return data[inner], data[inner + 1], _named(data, inner + 8)
    return None


def answer(data: bytes) -> bytes:
    """Return by what an answer of a real router is known, whose numbering nobody can foretell."""
    kind, at = network_header(data)
    if kind == ARP:
        return b"arp" + data[at + 7 : at + 8] + data[at + 14 : at + 18] + data[at + 24 : at + 28]
    if error := quoted(data):
        return b"error" + bytes(error[:2]) + error[2]
    if kind == IP4 and len(data) >= at + 28 and data[at + 9] == _ICMP:
        inner = at + (data[at] & 15) * 4
        return b"icmp" + data[at + 12 : at + 20] + data[inner : inner + 2] + data[inner + 4 :]
    if kind == IP6 and len(data) >= at + 64 and data[at + 6] == _ICMP6 and data[at + 40] > 134:
        return b"nd" + data[at + 40 : at + 41] + data[at + 48 : at + 64]
    return identity(data)


def _named(data: bytes, at: int) -> bytes:
    """Identification, protocol, addresses and the first eight bytes behind an IPv4 header."""
    if len(data) > at and data[at] >> 4 == 4:
        payload = at + (data[at] & 15) * 4
        fixed = data[at + 4 : at + 6] + data[at + 9 : at + 10] + data[at + 12 : at + 20]
        return fixed + data[payload : payload + 8]
    return data[at + 4 : at + 7] + data[at + 8 : at + 48]
