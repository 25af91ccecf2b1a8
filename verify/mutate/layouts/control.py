"""ICMP and ICMPv6."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wirelab.verify.mutate.site import Row, Site, number, octets, placed, whole

if TYPE_CHECKING:
    from collections.abc import Iterator

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

_ECHO6, _REPLY6, _SOLICITATION, _ADVERTISEMENT = 128, 129, 135, 136
_ECHOES6 = (number("icmpv6.echo.identifier", 4, 2), number("icmpv6.echo.sequence_number", 6, 2))
_BODIES6: dict[int, tuple[Row, ...]] = {
    1: (number("icmpv6.unused", 4, 4),),
    2: (number("icmpv6.mtu", 4, 4),),
    3: (number("icmpv6.unused", 4, 4),),
    4: (number("icmpv6.pointer", 4, 4),),
    _ECHO6: _ECHOES6,
    _REPLY6: _ECHOES6,
    _SOLICITATION: (
        number("icmpv6.reserved", 4, 4),
        octets("icmpv6.nd.ns.target_address", 8, 16),
    ),
    _ADVERTISEMENT: (
        number("icmpv6.nd.na.flag.r", 4, 4, 0x80000000),
        number("icmpv6.nd.na.flag.s", 4, 4, 0x40000000),
        number("icmpv6.nd.na.flag.o", 4, 4, 0x20000000),
        number("icmpv6.reserved", 4, 4, 0x1FFFFFFF),
        octets("icmpv6.nd.na.target_address", 8, 16),
    ),
}
_NEIGHBOUR = 24
"""Bytes of a solicitation or an advertisement in front of its options."""


def icmp(layer: Layer) -> Iterator[Site]:
    """ICMP (RFC 792); what an error quotes has layers of its own."""
    kind = layer.data[layer.start]
    yield from placed(layer, (number("icmp.type", 0, 1), number("icmp.code", 1, 1)))
    yield from placed(layer, _BODIES.get(kind, (octets("icmp.unused", 4, 4),)))
    if kind in (_ECHO, _REPLY):
        yield from whole("data.data", layer.start + _HEADER, layer.end)


def icmpv6(layer: Layer) -> Iterator[Site]:
    """ICMPv6 (RFC 4443) and neighbour discovery (RFC 4861 section 4)."""
    kind = layer.data[layer.start]
    yield from placed(layer, (number("icmpv6.type", 0, 1), number("icmpv6.code", 1, 1)))
    yield from placed(layer, _BODIES6.get(kind, ()))
    if kind in (_ECHO6, _REPLY6):
        yield from whole("data.data", layer.start + _HEADER, layer.end)
    elif kind in (_SOLICITATION, _ADVERTISEMENT):
        yield from _options(layer)


def _options(layer: Layer) -> Iterator[Site]:
    at = layer.start + _NEIGHBOUR
    while at + 8 <= layer.end and layer.data[at + 1]:
        end = at + layer.data[at + 1] * 8
        yield from whole("icmpv6.opt.type", at, at + 1)
        yield from whole("icmpv6.opt.length", at + 1, at + 2)
        yield from whole("icmpv6.opt.linkaddr", at + 2, min(end, layer.end))
        at = end
