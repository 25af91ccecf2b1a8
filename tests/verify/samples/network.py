"""Links, IPv4 and IPv6."""

from __future__ import annotations

from frames import CLIENT, CLIENT6, CLIENT_MAC, SERVER, SERVER6, SERVER_MAC, error, ethernet
from scapy.layers.inet import (
    GRE,
    IP,
    UDP,
    IPOption,
    IPOption_NOP,
    IPOption_Router_Alert,
    IPOption_RR,
    fragment,
)
from scapy.layers.inet6 import (
    ICMPv6TimeExceeded,
    IPv6,
    IPv6ExtHdrDestOpt,
    IPv6ExtHdrFragment,
    IPv6ExtHdrRouting,
    PadN,
    fragment6,
)
from scapy.layers.l2 import ARP, LLC, STP, Dot1Q, Dot3, Ether
from scapy.packet import Packet, Padding, Raw

_PORTS = {"sport": 40000, "dport": 45000}


def _ip(**fields: object) -> Packet:
    return IP(src=CLIENT, dst=SERVER, **fields)


def _ip6(**fields: object) -> Packet:
    return IPv6(src=CLIENT6, dst=SERVER6, **fields)


def links() -> list[Packet]:
    """Tags, lengths in place of types, padding, types that nobody knows."""
    frame = {"src": CLIENT_MAC, "dst": SERVER_MAC}
    datagram = _ip() / UDP(**_PORTS) / b"v"
    return [
        Ether(**frame) / Dot1Q(vlan=5, prio=3) / datagram,
        Ether(**frame) / Dot1Q(vlan=5, dei=1) / Dot1Q(vlan=7) / ARP(),
        Ether(**frame) / Dot1Q(vlan=5) / ARP() / Padding(bytes(14)),
        Ether(type=0x88A8, **frame) / Dot1Q(vlan=5) / Dot1Q(vlan=7) / ARP(),
        Ether(type=0x9999, **frame) / Raw(b"whatever"),
        Dot3(src=CLIENT_MAC, dst="01:80:c2:00:00:00") / LLC() / STP(),
        Ether(**frame) / datagram / Padding(bytes(17)),
    ]


def ip() -> list[Packet]:
    """Every field of the header, options, tunnels, and lengths that are wrong."""
    route = IPOption_RR(routers=["9.9.9.9", "0.0.0.0"], pointer=8)
    stamp = IPOption(b"\x44\x0c\x05\x00" + bytes(8))
    datagram = UDP(**_PORTS) / b"v"
    return [
        ethernet(_ip(tos=0xB9, flags="DF", id=0xABCD, ttl=3) / datagram),
        ethernet(_ip(options=[route, IPOption_NOP(), IPOption_Router_Alert()]) / datagram),
        ethernet(_ip(options=[stamp]) / datagram),
        ethernet(_ip(proto=253) / b"of no protocol"),
        ethernet(_ip(chksum=1) / UDP(chksum=1, **_PORTS) / b"v"),
        ethernet(_ip(len=10) / datagram),
        ethernet(_ip(ihl=3) / datagram),
        ethernet(_ip(len=0) / datagram),
        ethernet(_ip() / _ip6() / datagram),
        ethernet(_ip() / IP(src="10.1.1.1", dst="10.1.1.2") / datagram),
        ethernet(_ip() / GRE() / IP(src="10.1.1.1", dst="10.1.1.2") / datagram),
    ]


def ipv6() -> list[Packet]:
    """The header and its extensions."""
    datagram = UDP(**_PORTS) / b"v"
    route = IPv6ExtHdrRouting(type=0, segleft=1, addresses=["fd00::7"])
    return [
        ethernet(_ip6(tc=0xB9, fl=0xABCDE, hlim=3) / datagram),
        ethernet(_ip6() / route / datagram),
        ethernet(_ip6() / IPv6ExtHdrDestOpt(options=[PadN(optdata=bytes(4))]) / datagram),
        ethernet(_ip6() / IPv6ExtHdrFragment(id=79) / datagram),
        ethernet(_ip6(nh=59) / b"nothing"),
        ethernet(_ip6(nh=253) / b"unknown"),
        ethernet(_ip6() / UDP(chksum=0, **_PORTS) / b"v"),
    ]


def fragments() -> list[Packet]:
    """Whole and incomplete datagrams of both versions, out of order, and quoted."""
    whole = fragment(_ip(id=99) / UDP(**_PORTS) / (b"x" * 4000), 1480)
    other = fragment(_ip(id=100) / UDP(**_PORTS) / (b"y" * 2000), 1480)
    lost = fragment(_ip(id=101) / UDP(**_PORTS) / (b"z" * 4000), 1480)
    header = IPv6ExtHdrFragment(id=77)
    whole6 = fragment6(_ip6() / header / UDP(**_PORTS) / (b"q" * 3000), 1400)
    lost6 = fragment6(_ip6() / IPv6ExtHdrFragment(id=78) / UDP(**_PORTS) / (b"q" * 3000), 1400)
    exceeded = IPv6(src=SERVER6, dst=CLIENT6) / ICMPv6TimeExceeded(code=1)
    first = bytes(lost[0])
    return [
        *map(ethernet, whole),
        *map(ethernet, reversed(other)),
        *map(ethernet, (lost[0], lost[2])),
        error(first[:28], 11, 1),
        error(first[:548], 11, 1),
        error(bytes(lost[2])[:28], 11, 1),
        *map(ethernet, whole6),
        *map(ethernet, (lost6[0], lost6[2])),
        ethernet(exceeded / bytes(lost6[0])[:1232]),
    ]
