"""The protocols that can be dissected: their fields, and what takes them apart.

Each module has a dissector, which finds where a layer begins and ends and says what follows, and a
table `FIELDS`, whose rows say what the layer's bytes mean.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wirelab.verify.dissectors import (
    arp,
    dhcp,
    dhcp_options,
    dhcpv6,
    dhcpv6_options,
    dns,
    dns_fields,
    ethernet,
    frame,
    ftp,
    gre,
    http,
    icmp,
    icmpv6,
    ip,
    ipv6,
    ipv6_fields,
    links,
    plain,
    ssh,
    tcp,
    tcp_fields,
    tftp,
    tls,
    udp,
)
from wirelab.verify.frame import LinkType

if TYPE_CHECKING:
    from wirelab.verify.dissectors.outcome import Dissector

DISSECTORS: dict[str, Dissector] = {
    **plain.DISSECTORS,
    "arp": arp.dissect,
    "eth": ethernet.dissect,
    "vlan": ethernet.dissect_vlan,
    "ieee8021ad": ethernet.dissect_vlan,
    "llc": ethernet.dissect_llc,
    "ip": ip.dissect,
    "icmp": icmp.dissect,
    "ipv6": ipv6.dissect,
    "ipv6.hopopts": ipv6.dissect_extension,
    "ipv6.routing": ipv6.dissect_extension,
    "ipv6.fraghdr": ipv6.dissect_fragment,
    "ipv6.dstopts": ipv6.dissect_extension,
    "icmpv6": icmpv6.dissect,
    "udp": udp.dissect,
    "tcp": tcp.dissect,
    "dhcp": dhcp.dissect,
    "dhcpv6": dhcpv6.dissect,
    "dns": dns.dissect,
    "ftp": ftp.dissect,
    "ftp-data": ftp.dissect_data,
    "gre": gre.dissect,
    "http": http.dissect,
    "ssh": ssh.dissect,
    "tftp": tftp.dissect,
    "tls": tls.dissect,
    "null": links.dissect_null,
    "raw": links.dissect_raw,
    "sll": links.dissect_sll,
}
"""The dissectors by the name of their protocol."""

LINKS: dict[int, str] = {
    LinkType.NULL: "null",
    LinkType.ETHERNET: "eth",
    LinkType.RAW_12: "raw",
    LinkType.RAW: "raw",
    LinkType.LOOP: "null",
    LinkType.LINUX_SLL: "sll",
    LinkType.IPV4: "ip",
    LinkType.IPV6: "ipv6",
    LinkType.LINUX_SLL2: "sll",
}
"""The outermost protocol by the link type of a capture."""

TABLES = (
    frame.FIELDS,
    ethernet.FIELDS,
    links.FIELDS,
    arp.FIELDS,
    ip.FIELDS,
    icmp.FIELDS,
    ipv6_fields.FIELDS,
    icmpv6.FIELDS,
    udp.FIELDS,
    tcp_fields.FIELDS,
    dhcp.FIELDS,
    dhcp_options.FIELDS,
    dhcpv6.FIELDS,
    dhcpv6_options.FIELDS,
    dns_fields.FIELDS,
    ftp.FIELDS,
    gre.FIELDS,
    http.FIELDS,
    ssh.FIELDS,
    tftp.FIELDS,
    tls.FIELDS,
    plain.FIELDS,
)
"""The fields of all protocols."""
