"""Frames larger than their link, cut as a network card or the host itself would have."""

from __future__ import annotations

import struct

from wirelab.traffic.replay.identity import IP4, IP6, network_header

_TCP = 6
_FIN_PSH, _CWR = 0x09, 0x80
_DF, _MF = 0x4000, 0x2000
_SEQUENCES = 1 << 32


def cut(data: bytes, mtu: int) -> list[bytes] | None:
    """Return the segments of an Ethernet frame, each a packet of at most `mtu` bytes.

    As segmentation offload does (Documentation/networking/segmentation-offloads.rst): headers are
    those of the large one but for lengths, sequence numbers, identifications, which count on, and
    checksums, which are computed; FIN and PSH stand in the last, CWR in the first.

    None for what is no whole TCP segment right behind an IP header, or leaves no room for data.
    """
    kind, at = network_header(data)
    tcp = _tcp(data, kind, at)
    if not tcp or len(data) < tcp + 20:
        return None
    start = tcp + (data[tcp + 12] >> 4) * 4
    room = mtu - (start - at)
    if start < tcp + 20 or start >= len(data) or room <= 0:
        return None
    payload = data[start : _end(data, kind, at)]
    made = []
    for offset in range(0, len(payload), room):
        part = payload[offset : offset + room]
        segment = bytearray(data[:start] + part)
        last = offset + room >= len(payload)
        _number(segment, tcp, offset, first=not offset, last=last)
        if kind == IP4:
            _head4(segment, at, offset // room)
        else:
            struct.pack_into("!H", segment, at + 4, len(segment) - at - 40)
        _sum(segment, kind, at, tcp)
        made.append(bytes(segment))
    return made or None


def fragmented(data: bytes, mtu: int) -> list[bytes] | None:
    """Return the fragments that a host makes of an IPv4 packet (RFC 791 section 3.2).

    None for what must not be fragmented (DF), has options, is cut, or is no IPv4 packet.
    """
    kind, at = network_header(data)
    if kind != IP4 or len(data) < at + 20 or data[at] != 0x45:
        return None
    placed = int.from_bytes(data[at + 6 : at + 8], "big")
    size = (mtu - 20) // 8 * 8
    end = at + int.from_bytes(data[at + 2 : at + 4], "big")
    if placed & _DF or size <= 0 or not at + 20 < end <= len(data):
        return None
    payload, made = data[at + 20 : end], []
    for offset in range(0, len(payload), size):
        part = bytearray(data[: at + 20] + payload[offset : offset + size])
        more = placed & _MF if offset + size >= len(payload) else _MF
        struct.pack_into("!H", part, at + 6, (placed & ~_MF) + offset // 8 | more)
        _head4(part, at, 0)
        made.append(bytes(part))
    return made


def _tcp(data: bytes, kind: int, at: int) -> int:
    """Where the TCP header of an unfragmented packet starts; 0 where there is none."""
    if kind == IP4 and len(data) >= at + 20 and data[at + 9] == _TCP:
        fragment = int.from_bytes(data[at + 6 : at + 8], "big") & 0x3FFF
        header = (data[at] & 15) * 4
        return 0 if fragment or header < 20 else at + header
    if kind == IP6 and len(data) >= at + 40 and data[at + 6] == _TCP:
        return at + 40
    return 0


def _end(data: bytes, kind: int, at: int) -> int:
    """Where the packet ends; a length of 0 stands for more than the field can say."""
    if kind == IP4:
        total = int.from_bytes(data[at + 2 : at + 4], "big")
        return at + total if total else len(data)
    size = int.from_bytes(data[at + 4 : at + 6], "big")
    return at + 40 + size if size else len(data)


def _number(segment: bytearray, tcp: int, offset: int, *, first: bool, last: bool) -> None:
    (sequence,) = struct.unpack_from("!I", segment, tcp + 4)
    struct.pack_into("!I", segment, tcp + 4, (sequence + offset) % _SEQUENCES)
    if not last:
        segment[tcp + 13] &= ~_FIN_PSH & 0xFF
    if not first:
        segment[tcp + 13] &= ~_CWR & 0xFF


def _head4(segment: bytearray, at: int, place: int) -> None:
    header = (segment[at] & 15) * 4
    (identification,) = struct.unpack_from("!H", segment, at + 4)
    struct.pack_into("!HH", segment, at + 2, len(segment) - at, (identification + place) & 0xFFFF)
    segment[at + 10 : at + 12] = b"\0\0"
    struct.pack_into("!H", segment, at + 10, _checksum(bytes(segment[at : at + header])))


def _sum(segment: bytearray, kind: int, at: int, tcp: int) -> None:
    segment[tcp + 16 : tcp + 18] = b"\0\0"
    addresses = segment[at + 12 : at + 20] if kind == IP4 else segment[at + 8 : at + 40]
    pseudo = bytes(addresses) + struct.pack("!II", len(segment) - tcp, _TCP)
    struct.pack_into("!H", segment, tcp + 16, _checksum(pseudo + bytes(segment[tcp:])))


def _checksum(data: bytes) -> int:
    """The Internet checksum (RFC 1071)."""
    words = struct.unpack(f"!{(len(data) + 1) // 2}H", data + b"\0" * (len(data) % 2))
    total: int = sum(words)
    while total > 0xFFFF:
        total = (total & 0xFFFF) + (total >> 16)
    return total ^ 0xFFFF
