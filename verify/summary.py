"""A frame in a few words, for people who look at many."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from wirelab.verify.fields import FIELDS, render

if TYPE_CHECKING:
    from wirelab.verify.packet import Packet

_ENDS = (
    ("ip.src", "ip.dst"),
    ("ipv6.src", "ipv6.dst"),
    ("arp.src.proto_ipv4", "arp.dst.proto_ipv4"),
    ("eth.src", "eth.dst"),
)
DETAILS = {
    "arp": ("arp.opcode",),
    "icmp": ("icmp.type", "icmp.code"),
    "icmpv6": ("icmpv6.type", "icmpv6.code"),
    "dhcp": ("dhcp.option.dhcp",),
    "dhcpv6": ("dhcpv6.msgtype",),
    "dns": ("dns.flags.response", "dns.qry.name"),
    "ftp": ("ftp.request.command", "ftp.response.code"),
    "tcp": ("tcp.dstport", "tcp.flags", "tcp.len"),
    "udp": ("udp.dstport",),
}
"""The fields that tell frames of a protocol apart at a glance."""
_FRAGMENTS = {
    "ip": ("ip.frag_offset", "ip.flags.mf"),
    "ipv6": ("ipv6.fraghdr.offset", "ipv6.fraghdr.more"),
}
"""The fields that tell the fragments of a datagram apart."""


@dataclass(frozen=True, slots=True)
class Summary:
    """A frame in a few words, one by one."""

    protocol: str
    """The innermost protocol, which is not only quoted."""
    source: str
    """Where it comes from; "" where nothing tells."""
    destination: str
    """Where it goes."""
    details: str
    """What tells the frames of its protocol apart: names with values."""

    def __str__(self) -> str:
        ends = f"{self.source} → {self.destination}" if self.source else ""
        return " ".join(word for word in (self.protocol, ends, self.details) if word)


def summary(packet: Packet) -> str:
    """The innermost protocol, from where to where, and what tells its frames apart."""
    return str(summarized(packet))


def summarized(packet: Packet) -> Summary:
    """The same, word by word."""
    protocol, cut = _innermost(packet), _cut(packet)
    ends = next((pair for pair in _ENDS if packet.values(pair[0])), None)
    source, destination = (_text(packet, end) for end in ends) if ends else ("", "")
    names = (*_FRAGMENTS.get(cut, ()), *DETAILS.get(protocol, ()))
    words = (_detail(packet, name) for name in names)
    protocol = cut if cut and protocol == "data" else protocol
    return Summary(protocol, source, destination, " ".join(word for word in words if word))


def _innermost(packet: Packet) -> str:
    """The last protocol that is not only quoted and not mere data."""
    own = [layer.protocol for layer in packet.layers if not layer.quoted]
    named = [protocol for protocol in own if protocol in DETAILS]
    return (named or own)[-1]


def _cut(packet: Packet) -> str:
    """The protocol of whose datagrams a frame carries a fragment; "" when it carries none."""
    for protocol, names in _FRAGMENTS.items():
        if any(any(packet.values(name)[:1]) for name in names):
            return protocol
    return ""


def _detail(packet: Packet, name: str) -> str:
    text = _text(packet, name)
    return f"{name.rpartition('.')[2]}={text}" if text else ""


def _text(packet: Packet, name: str) -> str:
    """The text of a field's first value; "" when there is none."""
    found = packet.values(name)[:1] if name in FIELDS else ()
    return render(FIELDS[name], found[0]) if found else ""
