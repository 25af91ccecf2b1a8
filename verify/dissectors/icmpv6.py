"""ICMPv6: errors, echoes, neighbour discovery and multicast listeners."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wirelab.verify.dissectors import icmpv6_mld, icmpv6_options
from wirelab.verify.dissectors.checksum import STATUS, UNVERIFIED, addresses, transport_status
from wirelab.verify.dissectors.cursor import Cursor, MissingBytesError
from wirelab.verify.dissectors.icmp import is_type
from wirelab.verify.dissectors.outcome import Next, cut
from wirelab.verify.dissectors.places import Check, checked
from wirelab.verify.dissectors.reading import bits, flag, present, raw, u8, u16, u32, where
from wirelab.verify.dissectors.table import Table
from wirelab.verify.field import Kind
from wirelab.verify.layer import Layer

if TYPE_CHECKING:
    from wirelab.verify.dissectors.reading import Values

_PROTOCOL = 58
_SHORTEST, _HEADER = 4, 8
_TOO_BIG, _PARAMETER = 2, 4
_ECHO, _ECHO_REPLY = 128, 129
_SOLICIT_ROUTER, _ADVERTISE_ROUTER, _SOLICIT, _ADVERTISE, _REDIRECT = range(133, 138)
_ERRORS = frozenset({1, 2, 3, 4})
_OPTIONS_AT = {
    _SOLICIT_ROUTER: 8,
    _ADVERTISE_ROUTER: 16,
    _SOLICIT: 24,
    _ADVERTISE: 24,
    _REDIRECT: 40,
}


class EchoesV6(dict[bytes, Layer]):
    """The echo requests that a point has seen, by what their replies share with them."""


def dissect(layer: Layer) -> Next:
    """An ICMPv6 message; an error or a redirect goes on with the packet that it quotes."""
    data, start, end, stop = layer.data, layer.start, layer.end, layer.stop
    if end - start < _SHORTEST:
        return cut(layer)
    kind = data[start]
    try:
        if kind in _OPTIONS_AT:
            return _discovery(layer, _OPTIONS_AT[kind])
        icmpv6_mld.describe(layer)
    except MissingBytesError:
        return cut(layer)
    if kind in (_ECHO, _ECHO_REPLY):
        if end - start < _HEADER:
            return cut(layer)
        if not layer.quoted:
            _match(layer.memory.of(EchoesV6), layer)
        return "data", data, start + _HEADER, end, stop
    if kind in _ERRORS:
        layer.packet.quoting = True
        return "ipv6", data, start + _HEADER, end, stop
    return None


def _discovery(layer: Layer, at: int) -> Next:
    """A message of neighbour discovery; a redirect may quote the packet that caused it."""
    cursor = Cursor(layer.data, layer.start, layer.end)
    cursor.take(at)
    quote = icmpv6_options.describe(layer, cursor)
    if quote is None:
        return None
    layer.packet.quoting = True
    return "ipv6", layer.data, quote.at, quote.end, quote.end


def _match(echoes: EchoesV6, layer: Layer) -> None:
    """Connects a reply with its request."""
    data, at = layer.data, layer.start
    source, destination = addresses(layer)
    identity = data[at + 4 : at + 8]
    if data[at] == _ECHO:
        echoes[source + destination + identity] = layer
        return
    request = echoes.get(destination + source + identity)
    if request is None or "icmpv6.resp_in" in request.notes:
        return
    frame, asked = layer.packet.frame, request.packet.frame
    request.note("icmpv6.resp_in", frame.number)
    layer.note("icmpv6.resp_to", asked.number)
    layer.note("icmpv6.resptime", (frame.time - asked.time) / 1_000_000)


def _is_unanswered(layer: Layer) -> bool:
    if layer.quoted or "icmpv6.resp_in" in layer.notes:
        return False
    return _echo(layer) and layer.data[layer.start] == _ECHO


def _checksum_status(layer: Layer) -> Values:
    if layer.end - layer.start < _SHORTEST:
        return ()
    if layer.quoted:
        return (UNVERIFIED,)
    return transport_status(layer, _PROTOCOL, layer.stop - layer.start)


_is_echo = is_type(_ECHO, _ECHO_REPLY)


def _echo(layer: Layer) -> bool:
    return _is_echo(layer) and layer.end - layer.start >= _HEADER


checked(_echo, Check(0, 1, frozenset({_ECHO, _ECHO_REPLY})), Check(0, _HEADER))
_ra = is_type(_ADVERTISE_ROUTER)
_ns = is_type(_SOLICIT)
_na = is_type(_ADVERTISE)
_rd = is_type(_REDIRECT)
_I = Table("icmpv6", "RFC 4443 2.1")
_N = Table("icmpv6", "RFC 4861 4")
FIELDS = (
    _I.itself("The Internet Control Message Protocol, of IPv6."),
    _I.uint(
        "icmpv6.type", "1 unreachable, 2 too big, 3 time exceeded, 128 echo, 133 and up ND.", u8(0)
    ),
    _I.uint("icmpv6.code", "What it is about within the type.", u8(1)),
    _I.uint("icmpv6.checksum", "The checksum.", u16(2), digits=4),
    _I.uint("icmpv6.checksum.status", STATUS, _checksum_status, source="RFC 1071"),
    _I.uint(
        "icmpv6.mtu",
        "The MTU of the next hop.",
        where(is_type(_TOO_BIG), u32(4)),
        source="RFC 4443 3.2",
        unit="bytes",
    ),
    _I.uint(
        "icmpv6.pointer",
        "The byte of the quoted packet that is wrong.",
        where(is_type(_PARAMETER), u32(4)),
        source="RFC 4443 3.4",
    ),
    _I.uint(
        "icmpv6.echo.identifier",
        "The sender's identifier.",
        where(_echo, u16(4)),
        source="RFC 4443 4.1",
        digits=4,
    ),
    _I.uint(
        "icmpv6.echo.sequence_number",
        "The number of the request.",
        where(_echo, u16(6)),
        source="RFC 4443 4.1",
    ),
    _I.frame("icmpv6.resp_in", "The frame of the reply to this request.", source="Wireshark"),
    _I.frame("icmpv6.resp_to", "The frame of the request to this reply.", source="Wireshark"),
    _I.row(
        Kind.FLOAT,
        "icmpv6.resptime",
        "The time between request and reply.",
        source="Wireshark",
        unit="ms",
    ),
    _I.mark(
        "icmpv6.no_resp",
        "No reply to this request was seen.",
        present(_is_unanswered),
        source="Wireshark",
        differs="tshark knows it only with -2.",
    ),
    _N.uint("icmpv6.nd.ra.cur_hop_limit", "The hop limit to use.", where(_ra, u8(4)), unit="hops"),
    _N.uint("icmpv6.nd.ra.flag", "The flags together.", where(_ra, u8(5)), digits=2),
    _N.boolean("icmpv6.nd.ra.flag.m", "Addresses come by DHCPv6.", where(_ra, flag(5, 0x80))),
    _N.boolean("icmpv6.nd.ra.flag.o", "Other settings come by DHCPv6.", where(_ra, flag(5, 0x40))),
    _N.uint(
        "icmpv6.nd.ra.flag.prf",
        "How good a default router it is: 0 medium, 1 high, 3 low.",
        where(_ra, bits(5, 0x18)),
        source="RFC 4191 2.2",
    ),
    _N.uint(
        "icmpv6.nd.ra.router_lifetime",
        "How long it is a default router.",
        where(_ra, u16(6)),
        unit="s",
    ),
    _N.uint(
        "icmpv6.nd.ra.reachable_time",
        "How long a neighbour counts as reachable.",
        where(_ra, u32(8)),
        unit="ms",
    ),
    _N.uint("icmpv6.nd.ra.retrans_timer", "When to ask again.", where(_ra, u32(12)), unit="ms"),
    _N.ipv6("icmpv6.nd.ns.target_address", "The address asked for.", where(_ns, raw(8, 16))),
    _N.uint("icmpv6.nd.na.flag", "The flags together.", where(_na, u32(4)), digits=8),
    _N.boolean("icmpv6.nd.na.flag.r", "The sender is a router.", where(_na, flag(4, 0x80))),
    _N.boolean("icmpv6.nd.na.flag.s", "It was asked.", where(_na, flag(4, 0x40))),
    _N.boolean("icmpv6.nd.na.flag.o", "It overrides what is known.", where(_na, flag(4, 0x20))),
    _N.ipv6("icmpv6.nd.na.target_address", "The address it is about.", where(_na, raw(8, 16))),
    _N.ipv6("icmpv6.nd.rd.target_address", "The router to use instead.", where(_rd, raw(8, 16))),
    _N.ipv6("icmpv6.rd.na.destination_address", "For this destination.", where(_rd, raw(24, 16))),
    *icmpv6_options.fields(_N),
    *icmpv6_mld.fields(_I),
)
