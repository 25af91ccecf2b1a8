"""Where the fields of each protocol lie in its layers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wirelab.verify.mutate.layouts import control, dhcp, dhcpv6, dns, network, text, transport

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from wirelab.verify.layer import Layer
    from wirelab.verify.mutate.site import Site

LAYOUTS: dict[str, Callable[[Layer], Iterator[Site]]] = {
    "eth": network.eth,
    "vlan": network.vlan,
    "arp": network.arp,
    "ip": network.ip,
    "ipv6": network.ipv6,
    "ipv6.fraghdr": network.fragment,
    "ipv6.hopopts": network.options,
    "ipv6.dstopts": network.options,
    "icmp": control.icmp,
    "icmpv6": control.icmpv6,
    "udp": transport.udp,
    "tcp": transport.tcp,
    "dhcp": dhcp.dhcp,
    "dhcpv6": dhcpv6.dhcpv6,
    "dns": dns.dns,
    "ftp": text.ftp,
    "data": text.data,
    "ftp-data": text.data,
    "http": text.data,
    "ssh": text.data,
    "tftp": text.data,
    "tls": text.data,
}
"""What finds the sites in a layer, by its protocol."""
