"""What the stacks of a lab never do in IPv6; each violation is made on purpose."""

from __future__ import annotations

from typing import TYPE_CHECKING

import lab_capture as lab
import pytest
from scapy.layers.inet import UDP
from scapy.layers.inet6 import (
    ICMPv6DestUnreach,
    ICMPv6EchoRequest,
    ICMPv6MLReport2,
    ICMPv6ND_RA,
    ICMPv6NDOptMTU,
    ICMPv6NDOptPrefixInfo,
    ICMPv6NDOptRDNSS,
    ICMPv6PacketTooBig,
    IPv6,
    IPv6ExtHdrFragment,
)
from scapy.layers.l2 import Ether

from wirelab.verify import Provenance, Way, dissect
from wirelab.verify.laws import broken

if TYPE_CHECKING:
    from scapy.packet import Packet

CLIENT, ROUTER, ALL_HOSTS, REPORTS = "2001:db8::10", "fe80::1", "ff02::1", "ff02::16"
MADE = Provenance(
    "by-hand",
    0,
    {},
    {"c.ip6": CLIENT, "r1.ll6": ROUTER, "c.mac": lab.C, "r1.mac": lab.R_LAN},
    {"lan": {CLIENT: Way(lab.C, 0), ROUTER: Way(lab.R_LAN, 0)}},
)


def names(*packets: Packet) -> set[str]:
    """The names of the laws that frames at one point break."""
    frames = lab.capture([("lan", packet) for packet in packets]).frames
    return {each.name for each in broken(dissect(frames), MADE)}


def sent(payload: Packet, **fields: object) -> Packet:
    """From the client to the router."""
    header = IPv6(src=CLIENT, dst=ROUTER, hlim=64)
    for name, value in fields.items():
        setattr(header, name, value)
    return Ether(src=lab.C, dst=lab.R_LAN) / header / payload


def told(payload: Packet, **fields: object) -> Packet:
    """From the router to the client."""
    header = IPv6(src=ROUTER, dst=CLIENT, hlim=64)
    for name, value in fields.items():
        setattr(header, name, value)
    return Ether(src=lab.R_LAN, dst=lab.C) / header / payload


def advertised(*options: Packet, **fields: object) -> Packet:
    """A router's advertisement to all hosts, as dnsmasq sends it."""
    message = ICMPv6ND_RA()
    for option in options:
        message /= option
    header = IPv6(src=ROUTER, dst=ALL_HOSTS, hlim=255, tc=0xC0)
    for name, value in fields.items():
        setattr(header, name, value)
    return Ether(src=lab.R_LAN, dst="33:33:00:00:00:01") / header / message


def reported(**fields: object) -> Packet:
    """A report of listeners."""
    header = IPv6(src=CLIENT, dst=REPORTS, hlim=1)
    return Ether(src=lab.C, dst="33:33:00:00:00:16") / header / ICMPv6MLReport2(**fields)


PROBE = sent(UDP(sport=40000, dport=9) / bytes(1400))
QUOTE = bytes(PROBE[IPv6])
FRAGMENT = IPv6ExtHdrFragment(nh=58, id=7, m=1)
OPTIONS = (ICMPv6NDOptMTU(), ICMPv6NDOptPrefixInfo(prefix="2001:db8::"), ICMPv6NDOptRDNSS())
OPTION = b"\0\1\0\2ab"


def asked(options: bytes) -> Packet:
    """A solicit."""
    header = IPv6(src=CLIENT, dst="ff02::1:2", hlim=1)
    ethernet = Ether(src=lab.C, dst="33:33:00:01:00:02")
    return ethernet / header / UDP(sport=546, dport=547) / (b"\1abc" + options)


def answered(options: bytes, number: bytes = b"abc") -> Packet:
    """An advertise."""
    return told(UDP(sport=547, dport=546) / (b"\2" + number + options))


def test_proper_traffic_breaks_no_law() -> None:
    assert names(PROBE, told(ICMPv6PacketTooBig(mtu=1280) / QUOTE[: 1280 - 48])) == set()
    assert names(PROBE, told(ICMPv6DestUnreach(code=4) / QUOTE[: 1280 - 48])) == set()
    assert names(advertised(*OPTIONS), reported()) == set()
    assert names(sent(FRAGMENT / bytes(1232))) == set()
    assert names(asked(OPTION), answered(OPTION)) == set()


@pytest.mark.parametrize(
    ("name", "packets"),
    [
        ("quote", [PROBE, told(ICMPv6DestUnreach(code=4) / QUOTE[:100])]),
        ("quote", [PROBE, told(ICMPv6DestUnreach(code=4) / QUOTE[: 1280 - 47])]),
        ("quote", [PROBE, told(ICMPv6PacketTooBig(mtu=1280) / (b"\x60\0\0\1" + QUOTE[4:1232]))]),
        ("quote", [told(ICMPv6PacketTooBig(mtu=1280) / QUOTE[:1232])]),
        ("hops", [advertised(hlim=64)]),
        ("hops", [Ether(src=lab.C, dst="33:33:00:00:00:01")
                  / IPv6(src=CLIENT, dst=ALL_HOSTS, hlim=64) / ICMPv6EchoRequest()]),
        ("service", [sent(ICMPv6EchoRequest(), tc=0xC0)]),
        ("service", [advertised(tc=0x08)]),
        ("reserved", [reported(res=1)]),
        ("reserved", [reported(reserved=1)]),
        ("reserved", [advertised(ICMPv6NDOptMTU(res=1))]),
        ("reserved", [advertised(ICMPv6NDOptPrefixInfo(res2=1))]),
        ("reserved", [advertised(ICMPv6NDOptMTU(), ICMPv6NDOptRDNSS(res=1))]),
        ("reserved", [sent(IPv6ExtHdrFragment(nh=58, id=7, m=1, res1=1) / bytes(1232))]),
        ("reserved", [sent(IPv6ExtHdrFragment(nh=58, id=7, m=1, res2=1) / bytes(1232))]),
        ("dhcp", [asked(OPTION[:-1])]),
        ("dhcp", [asked(OPTION), answered(b"\0\1\0\2cd")]),
        ("dhcp", [asked(OPTION), answered(OPTION, number=b"xyz")]),
    ],
)  # fmt: skip
def test_what_breaks_a_law_is_named(name: str, packets: list[Packet]) -> None:
    assert name in names(*packets)
