"""The fields of IPv6 and its extension headers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wirelab.verify.dissectors.reading import bits, both, flag, raw, u8, u16, u32
from wirelab.verify.dissectors.table import Table

if TYPE_CHECKING:
    from wirelab.verify.dissectors.reading import Values
    from wirelab.verify.layer import Layer


def _size(layer: Layer) -> int:
    """The size of an extension header; its length counts eights of bytes behind the first."""
    at = layer.start + 1
    return (layer.data[at] + 1) * 8 if at < layer.end else 0


def _length_in_bytes(layer: Layer) -> Values:
    return tuple([(eights + 1) * 8 for eights in u8(1)(layer) if isinstance(eights, int)])


def _visited(layer: Layer) -> Values:
    """The addresses of a type 0 or type 2 routing header."""
    kind, size = u8(2)(layer), _length_in_bytes(layer)
    if not kind or kind[0] not in (0, 2) or not isinstance(size[0], int):
        return ()
    stop = min(layer.start + size[0], layer.end)
    return tuple([layer.data[at : at + 16] for at in range(layer.start + 8, stop - 15, 16)])


_I = Table("ipv6", "RFC 8200 3")
_F = Table("ipv6.fraghdr", "RFC 8200 4.5")
_H = Table("ipv6.hopopts", "RFC 8200 4.3")
_R = Table("ipv6.routing", "RFC 8200 4.4")
_D = Table("ipv6.dstopts", "RFC 8200 4.6")
FIELDS = (
    _I.itself("The Internet Protocol, version 6.", header=40),
    _I.uint("ipv6.version", "The version, 6.", bits(0, 0xF0)),
    _I.uint(
        "ipv6.tclass", "DSCP and ECN together.", bits(0, 0x0FF0, 2), source="RFC 8200 7", digits=8
    ),
    _I.uint(
        "ipv6.tclass.dscp",
        "How routers shall treat the packet.",
        bits(0, 0x0FC0, 2),
        source="RFC 2474 3",
    ),
    _I.uint(
        "ipv6.tclass.ecn",
        "Whether congestion can be or has been marked.",
        bits(1, 0x30),
        source="RFC 3168 5",
    ),
    _I.uint("ipv6.flow", "What the packets of one flow share.", bits(0, 0xFFFFF, 4), digits=6),
    _I.uint("ipv6.plen", "The length behind this header.", u16(4), unit="bytes"),
    _I.uint("ipv6.nxt", "What follows: 6 TCP, 17 UDP, 44 a fragment, 58 ICMPv6.", u8(6)),
    _I.uint("ipv6.hlim", "How many more hops the packet may make.", u8(7), unit="hops"),
    _I.ipv6("ipv6.src", "The address of the sender.", raw(8, 16)),
    _I.ipv6("ipv6.dst", "The address of the receiver.", raw(24, 16)),
    _I.ipv6("ipv6.addr", "Either address.", both(raw(8, 16), raw(24, 16))),
    _I.frame(
        "ipv6.fragment",
        "The frames whose fragments make up the packet that is whole in this one.",
        source="Wireshark",
    ),
    _I.uint("ipv6.fragment.count", "How many fragments that were.", source="Wireshark"),
    _I.uint(
        "ipv6.reassembled.length", "The length that they make up.", source="Wireshark", unit="bytes"
    ),
    _I.octets("ipv6.reassembled.data", "The bytes that they make up.", source="Wireshark"),
    _I.frame(
        "ipv6.reassembled.in",
        "The frame that completes the packet to which this fragment belongs.",
        source="Wireshark",
        differs="tshark knows it only with -2; fragments of different points are kept apart.",
    ),
    _F.itself("The fragment header: only the source of a packet fragments it.", header=8),
    _F.uint("ipv6.fraghdr.nxt", "What the whole packet carries.", u8(0)),
    _F.uint(
        "ipv6.fraghdr.offset",
        "Where in it the fragment belongs, in eights of bytes.",
        bits(2, 0xFFF8, 2),
        unit="8 bytes",
    ),
    _F.boolean("ipv6.fraghdr.more", "Whether more fragments follow.", flag(3, 1)),
    _F.uint("ipv6.fraghdr.ident", "What the fragments have in common.", u32(4), digits=8),
    _H.itself("Options that every router on the way looks at.", header=_size),
    _H.uint("ipv6.hopopts.nxt", "What follows.", u8(0)),
    _H.uint("ipv6.hopopts.len", "The header's length in eights of bytes, less one.", u8(1)),
    _H.uint("ipv6.hopopts.len_oct", "The header's length.", _length_in_bytes, unit="bytes"),
    _R.itself("The routers that a packet shall visit."),
    _R.uint("ipv6.routing.nxt", "What follows.", u8(0)),
    _R.uint("ipv6.routing.len", "The header's length in eights of bytes, less one.", u8(1)),
    _R.uint("ipv6.routing.len_oct", "The header's length.", _length_in_bytes, unit="bytes"),
    _R.uint("ipv6.routing.type", "The kind of route.", u8(2)),
    _R.uint("ipv6.routing.segleft", "How many stops are still to be made.", u8(3)),
    _R.ipv6("ipv6.routing.src.addr", "A stop.", _visited, source="RFC 2460 4.4"),
    _D.itself("Options that the destination looks at.", header=_size),
    _D.uint("ipv6.dstopts.nxt", "What follows.", u8(0)),
    _D.uint("ipv6.dstopts.len", "The header's length in eights of bytes, less one.", u8(1)),
    _D.uint("ipv6.dstopts.len_oct", "The header's length.", _length_in_bytes, unit="bytes"),
)
