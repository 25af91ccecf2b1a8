"""Ethernet, ARP and the two IPs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wirelab.verify.mutate.site import Site, number, octets, placed, whole

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wirelab.verify.layer import Layer

_ETH = (octets("eth.dst", 0, 6), octets("eth.src", 6, 6), number("eth.type", 12, 2))
_VLAN = (
    number("vlan.priority", 0, 2, 0xE000),
    number("vlan.dei", 0, 2, 0x1000),
    number("vlan.id", 0, 2, 0x0FFF),
    number("vlan.etype", 2, 2),
)
_ARP = (
    number("arp.hw.type", 0, 2),
    number("arp.proto.type", 2, 2),
    number("arp.hw.size", 4, 1),
    number("arp.proto.size", 5, 1),
    number("arp.opcode", 6, 2),
    octets("arp.src.hw_mac", 8, 6),
    octets("arp.src.proto_ipv4", 14, 4),
    octets("arp.dst.hw_mac", 18, 6),
    octets("arp.dst.proto_ipv4", 24, 4),
)
_IP = (
    number("ip.version", 0, 1, 0xF0),
    number("ip.hdr_len", 0, 1, 0x0F),
    number("ip.dsfield.dscp", 1, 1, 0xFC),
    number("ip.dsfield.ecn", 1, 1, 0x03),
    number("ip.len", 2, 2),
    number("ip.id", 4, 2),
    number("ip.flags.rb", 6, 1, 0x80),
    number("ip.flags.df", 6, 1, 0x40),
    number("ip.flags.mf", 6, 1, 0x20),
    number("ip.frag_offset", 6, 2, 0x1FFF),
    number("ip.ttl", 8, 1),
    number("ip.proto", 9, 1),
    octets("ip.src", 12, 4),
    octets("ip.dst", 16, 4),
)
_IP_HEADER = 20
_IPV6 = (
    number("ipv6.version", 0, 1, 0xF0),
    number("ipv6.tclass.dscp", 0, 2, 0x0FC0),
    number("ipv6.tclass.ecn", 0, 2, 0x0030),
    number("ipv6.flow", 1, 3, 0x0FFFFF),
    number("ipv6.plen", 4, 2),
    number("ipv6.nxt", 6, 1),
    number("ipv6.hlim", 7, 1),
    octets("ipv6.src", 8, 16),
    octets("ipv6.dst", 24, 16),
)
_FRAGMENT = (
    number("ipv6.fraghdr.nxt", 0, 1),
    number("ipv6.fraghdr.reserved", 1, 1),
    number("ipv6.fraghdr.offset", 2, 2, 0xFFF8),
    number("ipv6.fraghdr.reserved", 2, 2, 0x0006),
    number("ipv6.fraghdr.more", 2, 2, 0x0001),
    octets("ipv6.fraghdr.ident", 4, 4),
)
_EXTENSION = (number("ipv6.opt.nxt", 0, 1), number("ipv6.opt.len", 1, 1))


def eth(layer: Layer) -> Iterator[Site]:
    """Ethernet II (IEEE 802.3 clause 3)."""
    return placed(layer, _ETH)


def vlan(layer: Layer) -> Iterator[Site]:
    """A tag (IEEE 802.1Q clause 9)."""
    return placed(layer, _VLAN)


def arp(layer: Layer) -> Iterator[Site]:
    """ARP for IPv4 over Ethernet (RFC 826)."""
    return placed(layer, _ARP)


def ip(layer: Layer) -> Iterator[Site]:
    """IPv4 (RFC 791 section 3.1)."""
    yield from placed(layer, _IP)
    end = layer.start + (layer.data[layer.start] & 15) * 4
    yield from whole("ip.opt", layer.start + _IP_HEADER, min(end, layer.end))


def ipv6(layer: Layer) -> Iterator[Site]:
    """IPv6 (RFC 8200 section 3)."""
    return placed(layer, _IPV6)


def fragment(layer: Layer) -> Iterator[Site]:
    """The fragment header of IPv6 (RFC 8200 section 4.5)."""
    return placed(layer, _FRAGMENT)


def options(layer: Layer) -> Iterator[Site]:
    """The options for every router, or for the destination (RFC 8200 sections 4.3 and 4.6)."""
    yield from placed(layer, _EXTENSION)
    end = layer.start + (layer.data[layer.start + 1] + 1) * 8
    yield from whole("ipv6.opt", layer.start + 2, min(end, layer.end))
