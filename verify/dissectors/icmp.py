"""ICMP: errors, which quote the packet they are about, and echoes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wirelab.verify.dissectors import icmp_time
from wirelab.verify.dissectors.checksum import BAD, GOOD, STATUS, UNVERIFIED, addresses, adds_up
from wirelab.verify.dissectors.outcome import Next, cut
from wirelab.verify.dissectors.places import Check, checked
from wirelab.verify.dissectors.reading import (
    present,
    raw,
    u8,
    u16,
    u16_le,
    u32,
    where,
)
from wirelab.verify.dissectors.table import Table
from wirelab.verify.field import Kind
from wirelab.verify.layer import Layer

if TYPE_CHECKING:
    from wirelab.verify.dissectors.places import Condition
    from wirelab.verify.dissectors.reading import Values

_ECHO_REPLY, _UNREACHABLE, _SOURCE_QUENCH, _REDIRECT, _ECHO = 0, 3, 4, 5, 8
_ADVERTISEMENT, _EXCEEDED, _PARAMETER = 9, 11, 12
_TIMESTAMP, _TIMESTAMP_REPLY, _MASK, _MASK_REPLY = 13, 14, 17, 18
_ERRORS = frozenset({_UNREACHABLE, _SOURCE_QUENCH, _REDIRECT, _EXCEEDED, _PARAMETER})
_QUERIES = frozenset({_ECHO_REPLY, _ECHO, 13, 14, 15, 16, 17, 18})
_HEAD, _HEADER = 6, 8
_REDIRECT_QUOTE = 28
"""As much of a redirect's quote is read, like in Wireshark: a header and RFC 792's 64 bits."""
_TOO_BIG = 4


class Echoes(dict[bytes, Layer]):
    """The echo requests that a point has seen, by what their replies share with them."""


def dissect(layer: Layer) -> Next:
    """An ICMP message; an error goes on with the packet that it quotes."""
    data, start, end, stop = layer.data, layer.start, layer.end, layer.stop
    if end - start < _HEADER:
        return cut(layer)
    kind = data[start]
    if kind in (_ECHO, _ECHO_REPLY):
        if not layer.quoted:
            _match(layer.memory.of(Echoes), layer)
        return "data", data, start + _HEADER + icmp_time.size(layer), end, stop
    if kind in _ERRORS:
        layer.packet.quoting = True
        if kind == _REDIRECT:
            stop = min(stop, start + _HEADER + _REDIRECT_QUOTE)
        return "ip", data, start + _HEADER, min(end, stop), stop
    return None


def _match(echoes: Echoes, layer: Layer) -> None:
    """Connects a reply with its request."""
    data, at = layer.data, layer.start
    source, destination = addresses(layer)
    identity = data[at + 4 : at + 8] + _data_sum(layer)
    if data[at] == _ECHO:
        echoes[source + destination + identity] = layer
        return
    request = echoes.get(destination + source + identity)
    if request is None or "icmp.resp_in" in request.notes:
        return
    frame, asked = layer.packet.frame, request.packet.frame
    request.note("icmp.resp_in", frame.number)
    layer.note("icmp.resp_to", asked.number)
    layer.note("icmp.resptime", (frame.time - asked.time) / 1_000_000)


def _data_sum(layer: Layer) -> bytes:
    """What the message sums to without its type: the same in a request and in its reply."""
    data, at = layer.data, layer.start
    total = (data[at] << 8) + (data[at + 2] << 8 | data[at + 3])
    return (total % 0xFFFF).to_bytes(2, "big")


def is_type(*types: int) -> Condition:
    """Whether a message is of one of the types."""

    def check(layer: Layer) -> bool:
        return layer.start < layer.end and layer.data[layer.start] in types

    return checked(check, Check(0, 1, frozenset(types)))


def _has_head(layer: Layer) -> bool:
    """Whether there is as much as Wireshark looks at before it shows anything."""
    return layer.end - layer.start >= _HEAD


def _is_too_big(layer: Layer) -> bool:
    head = layer.data[layer.start : layer.start + 2]
    return head == bytes((_UNREACHABLE, _TOO_BIG))


def _is_unanswered(layer: Layer) -> bool:
    if layer.quoted or "icmp.resp_in" in layer.notes:
        return False
    return is_type(_ECHO)(layer) and layer.end - layer.start >= _HEADER


def _checksum_status(layer: Layer) -> Values:
    if not _has_head(layer):
        return ()
    if layer.quoted or layer.stop > layer.end:
        return (UNVERIFIED,)
    return (GOOD if adds_up(layer.data[layer.start : layer.end]) else BAD,)


def _router_addresses(layer: Layer) -> Values:
    if layer.end - layer.start < _HEADER:
        return ()
    count = layer.data[layer.start + 4]
    first = layer.start + _HEADER
    last = min(first + 8 * count, layer.end) - 3
    return tuple([layer.data[at : at + 4] for at in range(first, last, 8)])


checked(_has_head, Check(0, _HEAD))
_query = is_type(*_QUERIES)
checked(_is_too_big, Check(0, 2, frozenset({_UNREACHABLE << 8 | _TOO_BIG})))
_times = is_type(_TIMESTAMP, _TIMESTAMP_REPLY)
_advertised = is_type(_ADVERTISEMENT)
_I = Table("icmp", "RFC 792")
FIELDS = (
    _I.itself("The Internet Control Message Protocol, of IPv4."),
    _I.uint(
        "icmp.type",
        "0 echo reply, 3 unreachable, 5 redirect, 8 echo, 11 time exceeded.",
        where(_has_head, u8(0)),
    ),
    _I.uint("icmp.code", "What it is about within the type.", where(_has_head, u8(1))),
    _I.uint("icmp.checksum", "The checksum of the message.", where(_has_head, u16(2)), digits=4),
    _I.uint("icmp.checksum.status", STATUS, _checksum_status, source="RFC 1071"),
    _I.uint("icmp.ident", "The sender's identifier, in network order.", where(_query, u16(4))),
    _I.uint("icmp.ident_le", "The identifier, read as little-endian.", where(_query, u16_le(4))),
    _I.uint("icmp.seq", "The number of the request, in network order.", where(_query, u16(6))),
    _I.uint("icmp.seq_le", "The request number, read as little-endian.", where(_query, u16_le(6))),
    _I.uint(
        "icmp.mtu",
        "The MTU of the next hop, which the packet did not fit.",
        where(_is_too_big, u16(6)),
        source="RFC 1191 4",
        unit="bytes",
    ),
    _I.uint(
        "icmp.pointer",
        "The byte of the quoted packet that is wrong.",
        where(is_type(_PARAMETER), u8(4)),
    ),
    _I.ipv4("icmp.redir_gw", "The router to use instead.", where(is_type(_REDIRECT), raw(4, 4))),
    _I.uint(
        "icmp.num_addrs",
        "How many router addresses are advertised.",
        where(_advertised, u8(4)),
        source="RFC 1256 3",
    ),
    _I.ipv4(
        "icmp.router_address",
        "The address of an advertised router.",
        where(_advertised, _router_addresses),
        source="RFC 1256 3",
    ),
    _I.uint(
        "icmp.originate_timestamp",
        "When the sender last touched the message, in ms since midnight UT.",
        where(_times, u32(8)),
        unit="ms",
    ),
    _I.uint(
        "icmp.receive_timestamp",
        "When the echoer first touched it, likewise.",
        where(_times, u32(12)),
        unit="ms",
    ),
    _I.uint(
        "icmp.transmit_timestamp",
        "When the echoer last touched it, likewise.",
        where(_times, u32(16)),
        unit="ms",
    ),
    _I.ipv4(
        "icmp.address_mask",
        "The subnet mask asked for.",
        where(is_type(_MASK, _MASK_REPLY), raw(8, 4)),
        source="RFC 950",
    ),
    _I.frame("icmp.resp_in", "The frame of the reply to this request.", source="Wireshark"),
    _I.frame("icmp.resp_to", "The frame of the request to this reply.", source="Wireshark"),
    _I.row(
        Kind.FLOAT,
        "icmp.resptime",
        "The time between request and reply.",
        source="Wireshark",
        unit="ms",
    ),
    _I.mark(
        "icmp.no_resp",
        "No reply to this request was seen.",
        present(_is_unanswered),
        source="Wireshark",
        differs="tshark knows it only with -2.",
    ),
    *icmp_time.fields(_I),
)
