"""ICMP and ICMPv6."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from frames import CLIENT, CLIENT6, SERVER, SERVER6, START, error, ethernet
from scapy.layers.dns import DNS, DNSQR
from scapy.layers.inet import ICMP, IP, TCP, UDP
from scapy.layers.inet6 import (
    ICMPv6DestUnreach,
    ICMPv6EchoReply,
    ICMPv6EchoRequest,
    ICMPv6MLDMultAddrRec,
    ICMPv6MLDone,
    ICMPv6MLQuery,
    ICMPv6MLQuery2,
    ICMPv6MLReport,
    ICMPv6MLReport2,
    ICMPv6ND_NA,
    ICMPv6ND_NS,
    ICMPv6ND_RA,
    ICMPv6ND_Redirect,
    ICMPv6ND_RS,
    ICMPv6NDOptDNSSL,
    ICMPv6NDOptDstLLAddr,
    ICMPv6NDOptMTU,
    ICMPv6NDOptPrefixInfo,
    ICMPv6NDOptRDNSS,
    ICMPv6NDOptRedirectedHdr,
    ICMPv6NDOptSrcLLAddr,
    ICMPv6PacketTooBig,
    ICMPv6ParamProblem,
    ICMPv6TimeExceeded,
    IPv6,
    IPv6ExtHdrHopByHop,
    RouterAlert,
)

if TYPE_CHECKING:
    from scapy.packet import Packet

_PATTERN = bytes(range(0x80, 0xA8))
_SECONDS = START // 1_000_000_000


def _echo(kind: int, number: int, data: bytes) -> Packet:
    source, destination = (CLIENT, SERVER) if kind == 8 else (SERVER, CLIENT)
    return ethernet(IP(src=source, dst=destination) / ICMP(type=kind, id=7, seq=number) / data)


def icmp() -> list[Packet]:
    """Echoes with and without a time in them, all errors, quotes of several lengths."""
    stamps = [struct.pack(form, _SECONDS, 123456) for form in ("<QQ", "<II", ">II", ">QQ")]
    echoes = [
        _echo(kind, number, stamp + _PATTERN)
        for number, stamp in enumerate(stamps)
        for kind in (8, 0, 0)
    ]
    unanswered = [_echo(8, 100, _PATTERN), _echo(8, 100, _PATTERN), _echo(8, 101, _PATTERN)]
    late = [_echo(0, 100, _PATTERN), _echo(0, 101, _PATTERN[:39])]
    queries = [
        ethernet(IP(src=CLIENT, dst=SERVER) / ICMP(type=kind, id=3, seq=4))
        for kind in (13, 14, 15, 16, 17, 18)
    ]
    advertised = b"\x09\0\0\0\1\2\x07\x08" + bytes((10, 0, 0, 7, 0, 0, 0, 1))
    router = ethernet(IP(src=CLIENT, dst="224.0.0.1", proto=1) / advertised)
    return [*echoes, *unanswered, *late, *queries, router, *_errors()]


def _errors() -> list[Packet]:
    asked = IP(src=CLIENT, dst=SERVER) / UDP(sport=40001, dport=45000) / (b"h" * 200)
    query = IP(src=CLIENT, dst=SERVER) / UDP(sport=40000, dport=53) / DNS(qd=DNSQR(qname="a.b"))
    opened = IP(src=CLIENT, dst=SERVER) / TCP(sport=40000, dport=45000, flags="S", seq=100)
    echo = IP(src=CLIENT, dst=SERVER) / ICMP(type=8, id=4, seq=9) / _PATTERN
    quotes = [bytes(each) for each in (asked, query, echo)]
    return [
        *[ethernet(each) for each in (opened, asked)],
        *[error(quote, kind) for quote in quotes for kind in (3, 4, 5, 11, 12)],
        *[error(quote[:28], kind) for quote in quotes for kind in (3, 5, 11)],
        error(asked, 3, 4, nexthopmtu=1400),
        error(asked, 5, 1, gw="10.0.0.9"),
        error(asked, 12, 0, ptr=22),
        error(opened, 11, 0),
        error(bytes(opened)[:28], 11, 0),
    ]


def _from_router(message: Packet, target: str = "ff02::1") -> Packet:
    return ethernet(IPv6(src="fe80::1", dst=target) / message)


def icmpv6() -> list[Packet]:
    """Echoes, errors, neighbour discovery with its options, multicast listeners."""
    return [*_echoes6(), *_discovery(), *_errors6(), *_listeners()]


def _echoes6() -> list[Packet]:
    request = IPv6(src=CLIENT6, dst=SERVER6, tc=0xB8, fl=0x12345, hlim=7)
    data = _PATTERN
    return [
        ethernet(request / ICMPv6EchoRequest(id=0x1234, seq=1, data=data)),
        ethernet(IPv6(src=SERVER6, dst=CLIENT6) / ICMPv6EchoReply(id=0x1234, seq=1, data=data)),
        ethernet(request / ICMPv6EchoRequest(id=0x1234, seq=2, data=b"")),
    ]


def _discovery() -> list[Packet]:
    link = ICMPv6NDOptSrcLLAddr(lladdr="02:00:00:00:00:01")
    target = ICMPv6NDOptDstLLAddr(lladdr="02:00:00:00:00:03")
    advertised = (
        ICMPv6ND_RA(chlim=64, M=1, O=1, prf=1, routerlifetime=1800, reachabletime=30000)
        / ICMPv6NDOptPrefixInfo(prefix="fd00::", prefixlen=64)
        / ICMPv6NDOptMTU(mtu=1400)
        / ICMPv6NDOptRDNSS(dns=["fd00::53", "fd00::54"], lifetime=100)
        / ICMPv6NDOptDNSSL(searchlist=["a.test", "b.example"], lifetime=90)
        / link
    )
    asked = IPv6(src=CLIENT6, dst=SERVER6, hlim=3) / UDP(sport=45000, dport=40000) / b"hello"
    quote = ICMPv6NDOptRedirectedHdr(pkt=asked)
    return [
        ethernet(IPv6(src="::", dst="ff02::1:ff00:1") / ICMPv6ND_NS(tgt=CLIENT6)),
        _from_router(ICMPv6ND_NS(tgt=CLIENT6) / link),
        _from_router(ICMPv6ND_NA(tgt=SERVER6, R=1, S=1, O=1) / target, "fe80::2"),
        _from_router(ICMPv6ND_RS() / link, "ff02::2"),
        _from_router(advertised),
        _from_router(ICMPv6ND_Redirect(tgt="fe80::3", dst=SERVER6) / target / quote, CLIENT6),
    ]


def _errors6() -> list[Packet]:
    asked = IPv6(src=CLIENT6, dst=SERVER6, hlim=3) / UDP(sport=45000, dport=40000) / b"hello"
    echo = IPv6(src=CLIENT6, dst=SERVER6) / ICMPv6EchoRequest(id=9, seq=9, data=_PATTERN)
    return [
        ethernet(IPv6(src=SERVER6, dst=CLIENT6) / problem / quote)
        for problem in (
            ICMPv6DestUnreach(code=4),
            ICMPv6PacketTooBig(mtu=1400),
            ICMPv6TimeExceeded(code=0),
            ICMPv6ParamProblem(code=1, ptr=6),
        )
        for quote in (bytes(asked), bytes(asked)[:48], bytes(echo))
    ]


def _listeners() -> list[Packet]:
    group = "ff02::fb"
    records = [
        ICMPv6MLDMultAddrRec(rtype=4, dst=group),
        ICMPv6MLDMultAddrRec(rtype=3, dst="ff02::fc", sources=["fd00::9", "fd00::8"]),
    ]
    asked = ICMPv6MLQuery2(mrd=1000, mladdr=group, sources=["fd00::9"], QRV=2, QQIC=125)
    return [
        _from_router(IPv6ExtHdrHopByHop(options=RouterAlert()) / message)
        for message in (
            ICMPv6MLReport2(records=records),
            ICMPv6MLQuery(mrd=1000, mladdr=group),
            asked,
            ICMPv6MLReport(mladdr=group),
            ICMPv6MLDone(mladdr=group),
        )
    ]
