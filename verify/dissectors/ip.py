"""IPv4: the header, and fragments put together again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wirelab.verify.dissectors import ip_options
from wirelab.verify.dissectors.checksum import BAD, GOOD, STATUS, UNVERIFIED, adds_up
from wirelab.verify.dissectors.numbers import IP_PROTOCOLS
from wirelab.verify.dissectors.outcome import Next, cut, give_up
from wirelab.verify.dissectors.reading import bits, both, flag, raw, u8, u16
from wirelab.verify.dissectors.table import Table
from wirelab.verify.reassembly import Reassembly, note

if TYPE_CHECKING:
    from wirelab.verify.dissectors.reading import Values
    from wirelab.verify.layer import Layer

_VERSION = 4
_LENGTH_END, _CHECKSUM_END, _SHORTEST = 4, 12, 20
_MORE = 0x2000
_OFFSET = 0x1FFF


class IpReassembly(Reassembly):
    """The IPv4 datagrams that wait for fragments."""


def dissect(layer: Layer) -> Next:
    """An IPv4 packet; what a fragment carries shows in the frame that completes the datagram."""
    data, start, end, stop = layer.data, layer.start, layer.end, layer.stop
    if end - start < _SHORTEST:
        return cut(layer)
    header = (data[start] & 15) * 4
    length = (data[start + 2] << 8 | data[start + 3]) or stop - start
    if data[start] >> 4 != _VERSION or header < _SHORTEST:
        return give_up(layer, 1)
    if length < header:
        return give_up(layer, _LENGTH_END)
    if start + length < stop:
        layer.stop = stop = start + length
        if stop < end:
            layer.end = end = stop
    if end < start + header:
        return cut(layer)
    protocol = IP_PROTOCOLS.get(data[start + 9], "data")
    if (data[start + 6] << 8 | data[start + 7]) & (_MORE | _OFFSET):
        return _fragment(layer, protocol, header, length)
    return protocol, data, start + header, end, stop


def _fragment(layer: Layer, protocol: str, header: int, length: int) -> Next:
    """A fragment: kept until its datagram is whole, or read as far as it goes when cut."""
    data, start, payload = layer.data, layer.start, layer.start + header
    word = data[start + 6] << 8 | data[start + 7]
    offset, more = (word & _OFFSET) * 8, bool(word & _MORE)
    whole = layer.end == start + length
    if whole and not layer.quoted:
        key = (
            data[start + 4 : start + 6]
            + data[start + 9 : start + 10]
            + data[start + 12 : start + 20]
        )
        datagram = layer.memory.of(IpReassembly).add(
            key, layer, offset, data[payload : layer.end], more=more
        )
        if datagram:
            joined = note(datagram, layer, "ip", "ip.reassembled_in")
            return protocol, joined, 0, len(joined), len(joined)
    if whole or offset:
        protocol = "data"
    return protocol, data, payload, layer.end, layer.stop


def _checksum_status(layer: Layer) -> Values:
    start = layer.start
    if layer.end - start < _CHECKSUM_END:
        return ()
    end = start + (layer.data[start] & 15) * 4
    if end > layer.end:
        return (UNVERIFIED,)
    return (GOOD if adds_up(layer.data[start:end]) else BAD,)


def _length(layer: Layer) -> Values:
    """The length in the header; a zero, as offloading leaves it, stands for all there is."""
    said = u16(2)(layer)
    return (layer.stop - layer.start,) if said == (0,) else said


def _header_size(layer: Layer) -> int:
    return max((layer.data[layer.start] & 15) * 4, _SHORTEST) if layer.start < layer.end else 0


def _header_length(layer: Layer) -> Values:
    return tuple(words * 4 for words in bits(0, 0x0F)(layer) if isinstance(words, int))


_I = Table("ip", "RFC 791 3.1")
_DS = "RFC 2474 3"
FIELDS = (
    _I.itself("The Internet Protocol, version 4.", header=_header_size),
    _I.uint("ip.version", "The version, 4.", bits(0, 0xF0)),
    _I.uint(
        "ip.hdr_len", "The length of the header with its options.", _header_length, unit="bytes"
    ),
    _I.uint("ip.dsfield", "DSCP and ECN together.", u8(1), source=_DS, digits=2),
    _I.uint("ip.dsfield.dscp", "How routers shall treat the packet.", bits(1, 0xFC), source=_DS),
    _I.uint(
        "ip.dsfield.ecn",
        "Whether congestion can be or has been marked; 3 is marked.",
        bits(1, 0x03),
        source="RFC 3168 5",
    ),
    _I.uint("ip.len", "The length of the packet, header included.", _length, unit="bytes"),
    _I.uint("ip.id", "What the fragments of one datagram have in common.", u16(4), digits=4),
    _I.uint("ip.flags", "The three flags in the high bits.", bits(6, 0xE0), digits=2),
    _I.boolean("ip.flags.rb", "The reserved bit, which must be zero.", flag(6, 0x80)),
    _I.boolean("ip.flags.df", "Whether the packet must not be fragmented.", flag(6, 0x40)),
    _I.boolean("ip.flags.mf", "Whether more fragments of the datagram follow.", flag(6, 0x20)),
    _I.uint(
        "ip.frag_offset",
        "Where in the datagram the payload belongs, in eights of bytes.",
        bits(6, _OFFSET, 2),
        unit="8 bytes",
        differs="Some versions of Wireshark count it in bytes; 4.0 does not.",
    ),
    _I.uint("ip.ttl", "How many more hops the packet may make.", u8(8), unit="hops"),
    _I.uint("ip.proto", "What the packet carries: 1 ICMP, 6 TCP, 17 UDP.", u8(9)),
    _I.uint("ip.checksum", "The checksum of the header.", u16(10), digits=4),
    _I.uint(
        "ip.checksum.status",
        STATUS,
        _checksum_status,
        source="RFC 1071",
        differs="Wireshark leaves it unverified (2) unless ip.check_checksum is set.",
    ),
    _I.ipv4("ip.src", "The address of the sender.", raw(12, 4)),
    _I.ipv4("ip.dst", "The address of the receiver.", raw(16, 4)),
    _I.ipv4("ip.addr", "Either address.", both(raw(12, 4), raw(16, 4))),
    _I.frame(
        "ip.fragment",
        "The frames whose fragments make up the datagram that is whole in this one.",
        source="Wireshark",
    ),
    _I.uint("ip.fragment.count", "How many fragments that were.", source="Wireshark"),
    _I.uint(
        "ip.reassembled.length",
        "The length of the payload that they make up.",
        source="RFC 815",
        unit="bytes",
    ),
    _I.octets("ip.reassembled.data", "The payload that they make up.", source="RFC 815"),
    _I.frame(
        "ip.reassembled_in",
        "The frame that completes the datagram to which this fragment belongs.",
        source="Wireshark",
        differs="tshark knows it only with -2; fragments of different points are kept apart.",
    ),
    *ip_options.fields(_I),
)
