"""The TCP segments and UDP datagrams of a capture, each by where its payload lies.

Ordinary frames (Ethernet, IPv4 or IPv6 without extension headers, not a fragment) are looked at
here; everything else (tunnels, tags, fragments, other links) is dissected as verify does it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from wirelab.verify.dissect import Dissection
from wirelab.verify.dissectors.checksum import addresses, network_layer
from wirelab.verify.frame import LinkType

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wirelab.traffic.replay.conversations.store import Store
    from wirelab.verify.columns.table import Table
    from wirelab.verify.layer import Layer

TCP, UDP = 6, 17
"""Protocol numbers (IANA)."""
_IPV4, _IPV6, _ARP = 0x0800, 0x86DD, 0x0806
_SILENT = frozenset({1, 2, 58})
"""Protocols that carry no conversation: ICMP, IGMP, ICMPv6."""
_HEADERS = 74
"""Bytes of the longest headers that are looked at here: Ethernet, IPv6, TCP without options."""
_ETHERNET, _UDP_HEADER, _TCP_HEADER = 14, 8, 20
_MORE_OR_OFFSET = 0x3FFF
_AT_ONCE = 1 << 14
"""So many rows of the table are numbers of Python at a time."""


@dataclass(slots=True)
class Segment:
    """A TCP segment or a UDP datagram, as one point saw it."""

    frame: int
    """The number of its frame, counted from 1; of the last one of a datagram in fragments."""
    time: int
    """When that was captured, in nanoseconds since the epoch."""
    point: int
    """At which point, as a place in the table's `point_names`."""
    protocol: int
    """TCP or UDP."""
    source: bytes
    """The address that sent it, 4 or 16 bytes."""
    destination: bytes
    """The address that it is for."""
    source_port: int
    """The port that sent it."""
    destination_port: int
    """The port that it is for."""
    start: int
    """Where its payload lies in the store, in bytes."""
    size: int
    """How many bytes of the payload were captured."""
    missing: int
    """How many bytes of it the capture cut off."""
    hops_left: int
    """TTL or hop limit: less further on its way."""
    identification: int
    """The IPv4 identification; 0 for IPv6."""
    station: bytes = b""
    """The MAC that sent it on this link; empty where links have none."""
    seq: int = 0
    """TCP: the number of its first byte, as in the header."""
    ack: int = 0
    """TCP: the number of the byte that the sender waits for, likewise."""
    flags: int = 0
    """TCP: the control bits."""


def segments(table: Table, store: Store) -> Iterator[Segment]:
    """Yields the segments and datagrams in the order of the file.

    Args:
        table: the capture.
        store: where payloads lie; what exists nowhere in one piece is added.
    """
    data = table.columns.octets.data
    ethernet = [each.linktype == LinkType.ETHERNET for each in table.columns.interfaces]
    dissection = Dissection()
    for place, (start, captured, length, time, interface, point) in enumerate(_rows(table)):
        head = data[start : start + min(captured, _HEADERS)] if ethernet[interface] else b""
        found = _ordinary(head, start, captured) if captured == length else None
        if found is None:
            found = _dissected(dissection, table, place, store) or False
        if found:
            found.frame, found.time, found.point = place + 1, time, point
            found.station = head[6:12]
            yield found


def _rows(table: Table) -> Iterator[tuple[int, ...]]:
    """Start, captured and real length, time, interface and point of each frame."""
    columns = table.columns
    all_of_them = (
        columns.start,
        columns.captured,
        columns.length,
        columns.time,
        columns.interface,
        table.point_numbers,
    )
    for first in range(0, len(table), _AT_ONCE):
        yield from zip(
            *(column[first : first + _AT_ONCE].tolist() for column in all_of_them), strict=True
        )


def _ordinary(head: bytes, start: int, captured: int) -> Segment | Literal[False] | None:
    """What an ordinary frame carries: False for nothing, None for a frame to be dissected."""
    if len(head) < 42:
        return None
    kind = head[12] << 8 | head[13]
    if kind == _IPV4 and head[14] == 0x45:
        protocol, total = head[23], head[16] << 8 | head[17]
        transport, end = 34, _ETHERNET + total
        if (head[20] << 8 | head[21]) & _MORE_OR_OFFSET or not total or end > captured:
            return None
        source, destination = head[26:30], head[30:34]
        hops, ident = head[22], head[18] << 8 | head[19]
    elif kind == _IPV6 and head[14] >> 4 == 6 and len(head) >= 54:
        protocol, transport = head[20], 54
        total = head[18] << 8 | head[19]
        end = transport + total
        if not total or end > captured:
            return None
        source, destination = head[22:38], head[38:54]
        hops, ident = head[21], 0
    else:
        return False if kind == _ARP else None
    if protocol in _SILENT:
        return False
    if protocol == TCP:
        return _tcp(head, start, transport, end, source, destination, hops, ident)
    if protocol == UDP and end - transport >= _UDP_HEADER and len(head) >= transport + 8:
        size = (head[transport + 4] << 8 | head[transport + 5]) - _UDP_HEADER
        if not 0 <= size <= end - transport - _UDP_HEADER:
            return None
        ports = int.from_bytes(head[transport : transport + 4], "big")
        at = start + transport + _UDP_HEADER
        return Segment(
            0, 0, 0, UDP, source, destination, ports >> 16, ports & 0xFFFF, at, size, 0, hops, ident
        )
    return None


def _tcp(
    head: bytes, start: int, at: int, end: int, source: bytes, destination: bytes, *ip: int
) -> Segment | None:
    if end - at < _TCP_HEADER or len(head) < at + _TCP_HEADER:
        return None
    header = (head[at + 12] >> 4) * 4
    if header < _TCP_HEADER or at + header > end:
        return None
    number = int.from_bytes(head[at : at + 14], "big")
    return Segment(
        0, 0, 0, TCP, source, destination, number >> 96, number >> 80 & 0xFFFF,
        start + at + header, end - at - header, 0, ip[0], ip[1],
        b"", number >> 48 & 0xFFFFFFFF, number >> 16 & 0xFFFFFFFF, number & 0xFF,
    )  # fmt: skip


def _dissected(dissection: Dissection, table: Table, place: int, store: Store) -> Segment | None:
    packet = dissection.add(table[place])
    for layer in packet.layers:
        if layer.protocol in ("tcp", "udp") and not layer.quoted:
            return _of_layer(layer, int(table.columns.start[place]), store)
    return None


def _of_layer(layer: Layer, frame_start: int, store: Store) -> Segment | None:
    data, at, end, stop = layer.data, layer.start, layer.end, layer.stop
    tcp = layer.protocol == "tcp"
    header = (data[at + 12] >> 4) * 4 if tcp and end - at >= _TCP_HEADER else _UDP_HEADER
    if end - at < (_TCP_HEADER if tcp else _UDP_HEADER) or end < at + header:
        return None
    source, destination = addresses(layer)
    if not source:
        return None
    if not tcp:
        said = data[at + 4] << 8 | data[at + 5]
        if said >= _UDP_HEADER:
            stop = min(stop, at + said)
            end = min(end, stop)
    size = end - at - header
    in_frame = data is layer.packet.frame.data
    begin = frame_start + at + header if in_frame else store.add(data[at + header : end])
    network = network_layer(layer)
    four = network.protocol == "ip"
    hops = network.data[network.start + (8 if four else 7)]
    ident = int.from_bytes(network.data[network.start + 4 : network.start + 6], "big") * four
    found = Segment(
        0, 0, 0, TCP if tcp else UDP, source, destination,
        int.from_bytes(data[at : at + 2], "big"), int.from_bytes(data[at + 2 : at + 4], "big"),
        begin, size, stop - end, hops, ident,
    )  # fmt: skip
    if tcp:
        found.seq = int.from_bytes(data[at + 4 : at + 8], "big")
        found.ack = int.from_bytes(data[at + 8 : at + 12], "big")
        found.flags = data[at + 13]
    return found
