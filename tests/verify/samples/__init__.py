"""Traffic that shows every field of the registry, to be dissected by us and by tshark."""

from __future__ import annotations

from samples import addresses, apps, control, files, network, transport

SAMPLES = {
    "arp": addresses.arp,
    "dhcp": addresses.dhcp,
    "dhcpv6": addresses.dhcpv6,
    "dns": apps.dns,
    "http": apps.http,
    "ssh": apps.ssh,
    "tls": apps.tls,
    "others": apps.others,
    "icmp": control.icmp,
    "icmpv6": control.icmpv6,
    "ftp": files.ftp,
    "tftp": files.tftp,
    "links": network.links,
    "ip": network.ip,
    "ipv6": network.ipv6,
    "fragments": network.fragments,
    "udp": transport.udp,
    "tcp": transport.tcp,
    "tcp-trouble": transport.trouble,
}
"""Functions that make frames (Scapy packets or bytes), by what they are about."""
