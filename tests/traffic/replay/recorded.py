"""Frames of every kind for the tests of rewriting."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from scapy.layers.dhcp import BOOTP, DHCP
from scapy.layers.dhcp6 import (
    DUID_LL,
    DUID_LLT,
    DHCP6_Advertise,
    DHCP6OptClientId,
    DHCP6OptDNSServers,
    DHCP6OptIA_NA,
    DHCP6OptIAAddress,
    DHCP6OptServerId,
)
from scapy.layers.dns import DNS, DNSQR, DNSRR
from scapy.layers.inet import (
    ICMP,
    IP,
    TCP,
    UDP,
    IPOption_LSRR,
    IPOption_RR,
    fragment,
)
from scapy.layers.inet6 import (
    ICMPv6DestUnreach,
    ICMPv6EchoRequest,
    ICMPv6ND_NA,
    ICMPv6ND_NS,
    ICMPv6ND_RA,
    ICMPv6NDOptDstLLAddr,
    ICMPv6NDOptPrefixInfo,
    ICMPv6NDOptRDNSS,
    ICMPv6NDOptSrcLLAddr,
    IPv6,
    IPv6ExtHdrDestOpt,
    IPv6ExtHdrFragment,
    IPv6ExtHdrRouting,
)
from scapy.layers.l2 import ARP, GRE, Dot1AD, Dot1Q, Ether

if TYPE_CHECKING:
    from scapy.packet import Packet as Crafted

CLIENT, SERVER, ROUTER = "192.168.1.5", "192.168.1.200", "192.168.1.1"
CLIENT6, SERVER6 = "2001:db8:1::5", "2001:db8:1::200"
CLIENT_MAC, SERVER_MAC = "02:00:00:00:00:05", "02:00:00:00:00:c8"
BROADCAST = "ff:ff:ff:ff:ff:ff"
DATA = bytes(range(200))


def there(inner: Crafted, **ether: object) -> Crafted:
    """A frame from the client to the server."""
    return Ether(**{"src": CLIENT_MAC, "dst": SERVER_MAC, **ether}) / inner


def back(inner: Crafted) -> Crafted:
    """A frame from the server to the client."""
    return Ether(src=SERVER_MAC, dst=CLIENT_MAC) / inner


def ip(**fields: object) -> Crafted:
    return IP(**{"src": CLIENT, "dst": SERVER, **fields})


def ip6(**fields: object) -> Crafted:
    return IPv6(**{"src": CLIENT6, "dst": SERVER6, **fields})


def dns(name: str, *records: DNSRR) -> DNS:
    """An answer."""
    return DNS(id=7, qr=1, qd=DNSQR(qname=name, qtype="ALL"), an=list(records))


def plain() -> list[Crafted]:
    """What has everything at its ordinary place."""
    return [
        there(ip() / TCP(sport=40000, dport=80, flags="S", seq=9)),
        back(IP(src=SERVER, dst=CLIENT) / TCP(sport=80, dport=40000, flags="A") / DATA),
        there(ip(ttl=3, tos=0x2E) / UDP(sport=40000, dport=4500) / DATA[:33]),
        there(ip() / UDP(sport=40000, dport=4500, chksum=0) / DATA),
        there(ip() / TCP(sport=1, dport=80, chksum=0x1234) / DATA),
        there(ip() / ICMP(type=8, id=1, seq=2) / DATA),
        there(ip6() / TCP(sport=40000, dport=80) / DATA),
        there(ip6(hlim=2, tc=0x2E, fl=0x12345) / UDP(sport=1, dport=4500) / DATA[:17]),
        there(ip6() / ICMPv6EchoRequest(id=1, seq=2, data=DATA)),
        there(Dot1Q(vlan=5, prio=3) / ip() / UDP(sport=9, dport=4500) / DATA),
        there(Dot1AD(vlan=5) / Dot1Q(vlan=6) / ip6() / TCP(sport=9, dport=4500) / DATA),
        there(ip(dst="239.1.2.3") / UDP(sport=9, dport=4500), dst="01:00:5e:01:02:03"),
        there(ip(dst="255.255.255.255") / UDP(sport=9, dport=4500), dst=BROADCAST),
        *fragment(there(ip(flags=0, id=77) / UDP(sport=9, dport=4500) / (DATA * 5)), 400),
    ]


def control() -> list[Crafted]:
    """What has addresses in it."""
    quoted = ip(ttl=1) / UDP(sport=40000, dport=4500) / DATA
    quoted6 = ip6(hlim=1) / TCP(sport=40000, dport=80) / DATA
    target = "2001:db8:1::200"
    solicited = {"dst": "ff02::1:ff00:200"}
    return [
        there(ARP(op=1, hwsrc=CLIENT_MAC, psrc=CLIENT, pdst=SERVER), dst=BROADCAST),
        back(ARP(op=2, hwsrc=SERVER_MAC, psrc=SERVER, hwdst=CLIENT_MAC, pdst=CLIENT)),
        back(IP(src=ROUTER, dst=CLIENT) / ICMP(type=11, code=0) / bytes(quoted)[:28]),
        back(IP(src=ROUTER, dst=CLIENT) / ICMP(type=3, code=3) / bytes(quoted)),
        back(IP(src=ROUTER, dst=CLIENT) / ICMP(type=5, code=1, gw=SERVER) / bytes(quoted)[:28]),
        back(IPv6(src=SERVER6, dst=CLIENT6) / ICMPv6DestUnreach(code=4) / bytes(quoted6)),
        there(
            ip6(hlim=255, **solicited)
            / ICMPv6ND_NS(tgt=target)
            / ICMPv6NDOptSrcLLAddr(lladdr=CLIENT_MAC),
            dst="33:33:ff:00:02:00",
        ),
        back(
            IPv6(src=SERVER6, dst=CLIENT6, hlim=255)
            / ICMPv6ND_NA(tgt=target, R=0, S=1)
            / ICMPv6NDOptDstLLAddr(lladdr=SERVER_MAC)
        ),
        there(
            IPv6(src="fe80::1", dst="ff02::1", hlim=255)
            / ICMPv6ND_RA()
            / ICMPv6NDOptPrefixInfo(prefix="2001:db8:1::", prefixlen=64)
            / ICMPv6NDOptRDNSS(dns=[SERVER6]),
            dst="33:33:00:00:00:01",
        ),
        there(
            ip(options=[IPOption_LSRR(routers=[ROUTER, SERVER])]) / UDP(sport=9, dport=4500) / DATA
        ),
        there(ip(options=[IPOption_RR(routers=[ROUTER, "0.0.0.0"], pointer=8)]) / ICMP() / DATA),
        there(ip6() / IPv6ExtHdrDestOpt() / UDP(sport=9, dport=4500) / DATA),
        there(
            ip6()
            / IPv6ExtHdrRouting(addresses=[CLIENT6, SERVER6])
            / UDP(sport=9, dport=4500)
            / DATA
        ),
        there(
            ip6()
            / IPv6ExtHdrFragment(offset=0, m=1, id=5)
            / UDP(sport=9, dport=4500, len=500)
            / DATA
        ),
        there(ip() / ip6() / UDP(sport=9, dport=4500) / DATA),
        there(ip() / ip(src="10.9.9.9") / TCP(sport=9, dport=80) / DATA),
        there(ip() / GRE(chksum_present=1) / ip() / TCP(sport=9, dport=80) / DATA),
    ]


def named() -> list[Crafted]:
    """Protocols that hand addresses out."""
    lease = DHCP(
        options=[
            ("message-type", 5),
            ("server_id", ROUTER),
            ("router", ROUTER),
            ("name_server", ROUTER, SERVER),
            ("client_id", b"\x01" + bytes.fromhex(CLIENT_MAC.replace(":", ""))),
            "end",
        ]
    )
    chaddr = bytes.fromhex(CLIENT_MAC.replace(":", ""))
    given = BOOTP(op=2, yiaddr=CLIENT, siaddr=ROUTER, chaddr=chaddr)
    lease6 = (
        DHCP6_Advertise(trid=5)
        / DHCP6OptClientId(duid=DUID_LLT(timeval=5, lladdr=CLIENT_MAC))
        / DHCP6OptServerId(duid=DUID_LL(lladdr=SERVER_MAC))
        / DHCP6OptIA_NA(ianaopts=[DHCP6OptIAAddress(addr=CLIENT6)])
        / DHCP6OptDNSServers(dnsservers=[SERVER6])
    )
    hosts = dns(
        "h.test", DNSRR(rrname="h.test", type="A", rdata=SERVER),
        DNSRR(rrname="h.test", type="AAAA", rdata=SERVER6),
    )  # fmt: skip
    reverse = dns(
        "5.1.168.192.in-addr.arpa",
        DNSRR(rrname="5.1.168.192.in-addr.arpa", type="PTR", rdata="h.test"),
        DNSRR(rrname="h.test", type="A", rdata=CLIENT),
    )
    from_server, to_client = {"sport": 53, "dport": 40000}, {"src": SERVER, "dst": CLIENT}
    stream = bytes(hosts)
    return [
        back(IP(src=ROUTER, dst=CLIENT) / UDP(sport=67, dport=68) / given / lease),
        back(IPv6(src=SERVER6, dst=CLIENT6) / UDP(sport=547, dport=546) / lease6),
        back(IP(**to_client) / UDP(**from_server) / hosts),
        back(IP(**to_client) / UDP(**from_server) / reverse),
        back(
            IP(**to_client)
            / TCP(**from_server, flags="PA")
            / (len(stream).to_bytes(2, "big") + stream)
        ),
    ]


@cache
def recorded() -> tuple[bytes, ...]:
    """All of them as bytes."""
    return tuple(bytes(each) for each in (*plain(), *control(), *named()))
