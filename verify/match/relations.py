"""What one packet must be because of another: seen again behind a router, quoted in an error.

A relation has two halves. The first is a display filter, so that what is printed selects the
judged frame; the second compares bytes that no filter should spell out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wirelab.verify.datagram import TCP, UDP, Datagram, carried, quoted
from wirelab.verify.fields import FIELDS
from wirelab.verify.filter.nodes import (
    Always,
    Compare,
    Constant,
    FieldRef,
    How,
    Op,
    Range,
    Test,
    both,
)

if TYPE_CHECKING:
    from wirelab.verify.fields import Value
    from wirelab.verify.items import Forwarded
    from wirelab.verify.packet import Packet

_IDENTITY = {
    4: ("ip.src", "ip.dst", "ip.proto", "ip.id"),
    6: ("ipv6.src", "ipv6.dst", "ipv6.nxt", "ipv6.flow"),
}
"""Fields that no router changes, in the order in which they are printed."""
_HOPS = {4: "ip.ttl", 6: "ipv6.hlim"}
_ARP = ("arp.opcode", "arp.src.proto_ipv4", "arp.dst.proto_ipv4")
_PORTS = {TCP: ("tcp.srcport", "tcp.dstport"), UDP: ("udp.srcport", "udp.dstport")}
_QUOTED_AT_LEAST = 8
"""Bytes of the payload that an ICMP error quotes at least (RFC 792)."""


def compare(op: Op, name: str, value: Value, layer: int | None = None) -> Test:
    """A comparison of a field with a value."""
    field = FIELDS[name]
    layers = () if layer is None else (Range(layer, 1),)
    how = How.ALL if op is Op.NE else How.ANY
    constant = Constant(field.kind, value, None, field.digits)
    return Compare(op, how, FieldRef(name, layers), constant)


def same(packet: Packet, names: tuple[str, ...], layer: int | None = None) -> Test:
    """The comparisons with the fields of a packet, those left out that it does not have.

    Args:
        packet: where the values come from, outermost layer first.
        names: the fields.
        layer: the layer in which the other packet has them; None for wherever it has them.
    """
    found = [(name, packet.values(name)[:1]) for name in names]
    return both(*(compare(Op.EQ, name, value[0], layer) for name, value in found if value))


def forwarded_test(item: Forwarded, source: Packet) -> Test | None:
    """The filter that selects a packet behind a router; None when it cannot be forwarded."""
    if item.hops == 0:
        addresses = same(source, ("eth.src", "eth.dst"))
        return both(addresses, same(source, _ARP), _network(source, ()))
    datagram = carried(source)
    if datagram is None or datagram.hops <= item.hops:
        return None
    hops = compare(Op.EQ, _HOPS[datagram.version], datagram.hops - item.hops, 1)
    return both(_network(source, item.rewrites), hops, _other_link(source))


def _network(source: Packet, rewrites: tuple[str, ...]) -> Test:
    datagram = carried(source)
    if datagram is None:
        return Always()
    names = tuple(name for name in _IDENTITY[datagram.version] if name not in rewrites)
    test = same(source, names, 1)
    if datagram.version == 4 and datagram.is_fragment:
        return both(test, same(source, ("ip.frag_offset", "ip.flags.mf"), 1))
    return test


def _other_link(source: Packet) -> Test:
    """A router sends a packet on with its own address in front, and the next one's."""
    return both(
        *(
            compare(Op.NE, name, value)
            for name in ("eth.src", "eth.dst")
            for value in source.values(name)[:1]
        )
    )


def is_forwarded(item: Forwarded, source: Packet, candidate: Packet) -> bool:
    """Whether what no filter spells out is the same: the frame, or the datagram's payload."""
    if item.hops == 0:
        return source.frame.data == candidate.frame.data
    before, after = carried(source), carried(candidate)
    if before is None or after is None:
        return False
    if not item.rewrites:
        return before.payload == after.payload
    kept = tuple(name for name in _PORTS.get(before.protocol, ()) if name not in item.rewrites)
    ports = all(source.values(name) == candidate.values(name) for name in kept)
    return ports and _message(before) == _message(after)


def _message(datagram: Datagram) -> bytes:
    """The payload without a transport header that a translator changes."""
    payload = datagram.payload
    if datagram.offset == 0 and datagram.protocol == UDP:
        return payload[8:]
    if datagram.offset == 0 and datagram.protocol == TCP and len(payload) > 12:
        return payload[(payload[12] >> 4) * 4 :]
    return payload


def quoting_test(source: Packet) -> Test | None:
    """The filter that selects errors that quote a packet; None when it carries no IP."""
    datagram = carried(source)
    if datagram is None:
        return None
    names = tuple(name for name in _IDENTITY[datagram.version] if name != "ipv6.flow")
    hops = compare(Op.LE, _HOPS[datagram.version], datagram.hops, 2)
    ports = _PORTS.get(datagram.protocol, ()) if datagram.offset == 0 else ()
    return both(same(source, names, 2), hops, same(source, ports))


def is_quoted(source: Packet, candidate: Packet) -> bool:
    """Whether the quoted payload is the beginning of a packet's payload."""
    sent, part = carried(source), quoted(candidate)
    if sent is None or part is None:
        return False
    enough = min(_QUOTED_AT_LEAST, len(sent.payload))
    return len(part.payload) >= enough and sent.payload.startswith(part.payload)
