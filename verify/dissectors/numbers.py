"""Which protocol is behind which number: the registries of IEEE and IANA, as far as known here.

A name that has no dissector of its own is still a protocol that filters can speak of.
"""

from __future__ import annotations

ETHERTYPES = {
    0x0800: "ip",
    0x0806: "arp",
    0x8100: "vlan",
    0x88A8: "ieee8021ad",
    0x86DD: "ipv6",
    0x88CC: "lldp",
}
"""What an Ethernet frame carries, by its type (IEEE 802 numbers)."""

IP_PROTOCOLS = {
    1: "icmp",
    2: "igmp",
    4: "ip",
    6: "tcp",
    17: "udp",
    41: "ipv6",
    47: "gre",
    50: "esp",
    58: "icmpv6",
    132: "sctp",
}
"""What an IP packet carries, by its protocol or next header (IANA protocol numbers)."""

UDP_PORTS = {
    53: "dns",
    67: "dhcp",
    68: "dhcp",
    69: "tftp",
    123: "ntp",
    161: "snmp",
    162: "snmp",
    546: "dhcpv6",
    547: "dhcpv6",
    1900: "ssdp",
    5353: "mdns",
    5355: "llmnr",
}
"""What a UDP datagram carries, by its ports."""

TCP_PORTS = {
    20: "ftp-data",
    21: "ftp",
    22: "ssh",
    53: "dns",
    80: "http",
    443: "tls",
    853: "tls",
    8008: "http",
    8080: "http",
    8443: "tls",
    8888: "http",
}
"""What a TCP segment carries, by its ports."""
