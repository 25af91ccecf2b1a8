"""ICMP and ICMPv6."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wirelab.verify.mutate.site import Row, Site, number, octets, placed, whole

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from wirelab.verify.layer import Layer

_REPLY, _UNREACHABLE, _REDIRECT, _ECHO, _EXCEEDED, _PARAMETER = 0, 3, 5, 8, 11, 12
_ECHOES = (number("icmp.ident", 4, 2), number("icmp.seq", 6, 2))
_BODIES: dict[int, tuple[Row, ...]] = {
    _REPLY: _ECHOES,
    _ECHO: _ECHOES,
    _UNREACHABLE: (
        number("icmp.unused", 4, 1),
        number("icmp.length", 5, 1),
        number("icmp.mtu", 6, 2),
    ),
    _REDIRECT: (octets("icmp.redir_gw", 4, 4),),
    _EXCEEDED: (number("icmp.unused", 4, 4),),
    _PARAMETER: (number("icmp.pointer", 4, 1), number("icmp.unused", 5, 3)),
}
_HEADER = 8

_ECHO6, _REPLY6, _REPORT = 128, 129, 143
_ECHOES6 = (number("icmpv6.echo.identifier", 4, 2), number("icmpv6.echo.sequence_number", 6, 2))
_RESERVED = number("icmpv6.reserved", 4, 4)
_BODIES6: dict[int, tuple[Row, ...]] = {
    1: (number("icmpv6.unused", 4, 4),),
    2: (number("icmpv6.mtu", 4, 4),),
    3: (number("icmpv6.unused", 4, 4),),
    4: (number("icmpv6.pointer", 4, 4),),
    _ECHO6: _ECHOES6,
    _REPLY6: _ECHOES6,
    133: (_RESERVED,),
    134: (
        number("icmpv6.nd.ra.cur_hop_limit", 4, 1),
        number("icmpv6.nd.ra.flag.m", 5, 1, 0x80),
        number("icmpv6.nd.ra.flag.o", 5, 1, 0x40),
        number("icmpv6.nd.ra.flag.h", 5, 1, 0x20),
        number("icmpv6.nd.ra.flag.prf", 5, 1, 0x18),
        number("icmpv6.nd.ra.flag.rsv", 5, 1, 0x07),
        number("icmpv6.nd.ra.router_lifetime", 6, 2),
        number("icmpv6.nd.ra.reachable_time", 8, 4),
        number("icmpv6.nd.ra.retrans_timer", 12, 4),
    ),
    135: (_RESERVED, octets("icmpv6.nd.ns.target_address", 8, 16)),
    136: (
        number("icmpv6.nd.na.flag.r", 4, 4, 0x80000000),
        number("icmpv6.nd.na.flag.s", 4, 4, 0x40000000),
        number("icmpv6.nd.na.flag.o", 4, 4, 0x20000000),
        number("icmpv6.reserved", 4, 4, 0x1FFFFFFF),
        octets("icmpv6.nd.na.target_address", 8, 16),
    ),
    _REPORT: (number("icmpv6.reserved", 4, 2), number("icmpv6.mldr.nb_mcast_records", 6, 2)),
}
_OPTIONS_AT = {133: 8, 134: 16, 135: 24, 136: 24}
"""Bytes of a message of neighbour discovery in front of its options."""
_PREFIX: tuple[Row, ...] = (
    number("icmpv6.opt.prefix.length", 2, 1),
    number("icmpv6.opt.prefix.flag.l", 3, 1, 0x80),
    number("icmpv6.opt.prefix.flag.a", 3, 1, 0x40),
    number("icmpv6.opt.reserved", 3, 1, 0x3F),
    number("icmpv6.opt.prefix.valid_lifetime", 4, 4),
    number("icmpv6.opt.prefix.preferred_lifetime", 8, 4),
    number("icmpv6.opt.reserved", 12, 4),
    octets("icmpv6.opt.prefix", 16, 16),
)
_OPTIONS: dict[int, tuple[Row, ...]] = {
    1: (octets("icmpv6.opt.linkaddr", 2, 6),),
    2: (octets("icmpv6.opt.linkaddr", 2, 6),),
    3: _PREFIX,
    5: (number("icmpv6.opt.reserved", 2, 2), number("icmpv6.opt.mtu", 4, 4)),
    14: (octets("icmpv6.opt.nonce", 2, 6),),
    25: (
        number("icmpv6.opt.reserved", 2, 2),
        number("icmpv6.opt.rdnss.lifetime", 4, 4),
        octets("icmpv6.opt.rdnss", 8, 16),
    ),
}
_RECORD: tuple[Row, ...] = (
    number("icmpv6.mldr.mar.record_type", 0, 1),
    number("icmpv6.mldr.mar.aux_data_len", 1, 1),
    number("icmpv6.mldr.mar.nb_sources", 2, 2),
    octets("icmpv6.mldr.mar.multicast_address", 4, 16),
)


def icmp(layer: Layer) -> Iterator[Site]:
    """ICMP (RFC 792); what an error quotes has layers of its own."""
    kind = layer.data[layer.start]
    yield from placed(layer, (number("icmp.type", 0, 1), number("icmp.code", 1, 1)))
    yield from placed(layer, _BODIES.get(kind, (octets("icmp.unused", 4, 4),)))
    if kind in (_ECHO, _REPLY):
        yield from whole("data.data", layer.start + _HEADER, layer.end)


def icmpv6(layer: Layer) -> Iterator[Site]:
    """ICMPv6 (RFC 4443), neighbour discovery (RFC 4861 section 4), listeners (RFC 3810)."""
    kind = layer.data[layer.start]
    yield from placed(layer, (number("icmpv6.type", 0, 1), number("icmpv6.code", 1, 1)))
    yield from placed(layer, _BODIES6.get(kind, ()))
    if kind in (_ECHO6, _REPLY6):
        yield from whole("data.data", layer.start + _HEADER, layer.end)
    elif kind == _REPORT:
        yield from _records(layer)
    elif kind in _OPTIONS_AT:
        yield from _options(layer, layer.start + _OPTIONS_AT[kind])


def _records(layer: Layer) -> Iterator[Site]:
    """The records of a report that name no sources: those of hosts that want a whole group."""
    at = layer.start + _HEADER
    while at + 20 <= layer.end:
        yield from _at(at, _RECORD)
        at += 20


def _options(layer: Layer, at: int) -> Iterator[Site]:
    data = layer.data
    while at + 8 <= layer.end and data[at + 1]:
        end = min(at + data[at + 1] * 8, layer.end)
        yield from whole("icmpv6.opt.type", at, at + 1)
        yield from whole("icmpv6.opt.length", at + 1, at + 2)
        rows = _OPTIONS.get(data[at], ())
        if any(at + offset + size > end for _, offset, size, *_ in rows) or not rows:
            rows = (octets("icmpv6.opt.value", 2, end - at - 2),)
        yield from _at(at, rows)
        at = end


def _at(at: int, rows: Iterable[Row]) -> Iterator[Site]:
    """The sites of a part that begins somewhere in a layer."""
    for name, offset, size, mask, sort in rows:
        yield Site(name, at + offset, size, mask, sort)
