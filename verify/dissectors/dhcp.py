"""DHCP, and BOOTP, of which it is an extension."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from wirelab.verify.dissectors.cursor import Cursor, MissingBytesError, printable
from wirelab.verify.dissectors.dhcp_options import END, OVERLOAD, PAD, describe
from wirelab.verify.dissectors.outcome import Next, cut
from wirelab.verify.dissectors.reading import bits, flag, raw, u8, u16, u32
from wirelab.verify.dissectors.table import Table

if TYPE_CHECKING:
    from wirelab.verify.layer import Layer

_FIXED = 236
_COOKIE = b"\x63\x82\x53\x63"
_ETHERNET = 1


@dataclass(frozen=True)
class _Place:
    """A fixed place of a message for a text, which may hold options instead."""

    flag: int
    """The bit of the overload option that says so."""
    first: int
    """Its offset in the message."""
    behind: int
    """The offset behind it."""


_PLACES = {"dhcp.server": _Place(2, 44, 108), "dhcp.file": _Place(1, 108, 236)}


def dissect(layer: Layer) -> Next:
    """A DHCP message; the options that a full message keeps in other places are found as well."""
    data, start = layer.data, layer.start
    if layer.end - start < _FIXED:
        return cut(layer)
    _client(layer)
    try:
        overload = _options(layer)
    except MissingBytesError:
        return cut(layer)
    for field, place in _PLACES.items():
        if not overload & place.flag:
            text = data[start + place.first : start + place.behind].split(b"\0", 1)[0]
            layer.note(field, printable(text))
    return None


def _client(layer: Layer) -> None:
    """Notes the client's hardware address, which is as long as the message says."""
    data, at = layer.data, layer.start
    layer.note("dhcp.hw.type", data[at + 1])
    size = data[at + 2]
    if data[at + 1] == _ETHERNET and size == 6:
        layer.note("dhcp.hw.mac_addr", data[at + 28 : at + 34])
    elif 0 < size <= 16:
        layer.note("dhcp.hw.addr", data[at + 28 : at + 44])
    if 0 < size < 16:
        layer.note("dhcp.hw.addr_padding", data[at + 28 + size : at + 44])


def _options(layer: Layer) -> int:
    """Notes the options; returns which other places hold some as well (RFC 2132 9.3)."""
    cursor = Cursor(layer.data, layer.start + _FIXED, layer.end)
    if cursor.left < len(_COOKIE) or cursor.take(4) != _COOKIE:
        return 0
    layer.note("dhcp.cookie", _COOKIE)
    return _walk(layer, cursor)


def _walk(layer: Layer, cursor: Cursor, *, nested: bool = False) -> int:
    """Notes the options up to the end mark; returns what the overload option among them says."""
    overload = 0
    while cursor.left:
        kind = cursor.number(1)
        if kind in (PAD, END):
            layer.note("dhcp.option.type", 0)
        if kind == END:
            layer.note("dhcp.option.end", END)
            break
        if kind == PAD:
            continue
        value = cursor.take(cursor.number(1))
        layer.note("dhcp.option.type", kind)
        layer.note("dhcp.option.length", len(value))
        layer.note("dhcp.option.value", value)
        describe(layer, kind, value)
        if kind == OVERLOAD and value and not nested and not overload:
            overload = value[0]
            _walk_places(layer, overload)
    return overload


def _walk_places(layer: Layer, overload: int) -> None:
    """Notes the options that are where the server's name and the file would be."""
    for place in _PLACES.values():
        if overload & place.flag:
            first, behind = layer.start + place.first, layer.start + place.behind
            _walk(layer, Cursor(layer.data, first, behind), nested=True)


_D = Table("dhcp", "RFC 2131 2")
FIELDS = (
    _D.itself("The Dynamic Host Configuration Protocol."),
    _D.uint("dhcp.type", "1 from a client, 2 from a server.", u8(0)),
    _D.uint("dhcp.hw.type", "The kind of hardware; 1 is Ethernet.", digits=2),
    _D.uint("dhcp.hw.len", "The length of its address.", u8(2), unit="bytes"),
    _D.uint("dhcp.hops", "How many relays passed the message on.", u8(3)),
    _D.uint("dhcp.id", "What the messages of one exchange have in common.", u32(4), digits=8),
    _D.uint("dhcp.secs", "How long the client has been trying.", u16(8), unit="s"),
    _D.uint("dhcp.flags", "The flags together.", u16(10), digits=4),
    _D.boolean("dhcp.flags.bc", "Whether replies must be broadcast.", flag(10, 0x80)),
    _D.uint("dhcp.flags.reserved", "The other flags.", bits(10, 0x7FFF, 2), digits=4),
    _D.ipv4("dhcp.ip.client", "The address that the client has already.", raw(12, 4)),
    _D.ipv4("dhcp.ip.your", "The address that the client gets.", raw(16, 4)),
    _D.ipv4("dhcp.ip.server", "The server to boot from next.", raw(20, 4)),
    _D.ipv4("dhcp.ip.relay", "The relay that passed the message on.", raw(24, 4)),
    _D.ether("dhcp.hw.mac_addr", "The client's Ethernet address, also in its identifier."),
    _D.octets("dhcp.hw.addr", "The room for another hardware address, with what fills it."),
    _D.octets("dhcp.hw.addr_padding", "What fills the room behind it."),
    _D.text("dhcp.server", "The name of the server to boot from; empty when not given."),
    _D.text("dhcp.file", "The file to boot; empty when not given."),
    _D.ipv4("dhcp.cookie", "Says that options follow.", source="RFC 2131 3"),
    _D.uint(
        "dhcp.option.type",
        "The code of an option; 0 for padding and for the end mark, as in Wireshark.",
        source="RFC 2132 2",
    ),
    _D.uint(
        "dhcp.option.length", "The length of an option's value.", source="RFC 2132 2", unit="bytes"
    ),
    _D.octets("dhcp.option.value", "An option's value as it is.", source="RFC 2132 2"),
    _D.uint("dhcp.option.end", "The end mark, 255.", source="RFC 2132 3.2"),
)
