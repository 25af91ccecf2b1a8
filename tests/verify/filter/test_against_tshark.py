"""The filters of this package select the frames that tshark's select."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from generated import Generator
from handmade import big, capture, download, echo, error, pieces, ping, probe
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from scapy.layers.dns import DNS, DNSQR, DNSRR
from scapy.layers.inet import IP, UDP
from scapy.layers.inet6 import ICMPv6EchoRequest, ICMPv6ND_NS, IPv6
from scapy.layers.l2 import Ether
from selections import TSHARK, save, selected, spaced

from wirelab.verify.dissect import dissect
from wirelab.verify.filter import display_filter

if TYPE_CHECKING:
    from pathlib import Path

    from wirelab.verify.packet import Packet

pytestmark = pytest.mark.skipif(TSHARK is None, reason="tshark is not installed")

AT_ONCE = 30
"""Filters that are tried in one run of tshark."""


def _names() -> list[tuple[str, float, object]]:
    """A DNS query with its answer, and some IPv6."""
    head = Ether(src="02:00:00:00:00:0c", dst="02:00:00:00:00:05")
    query = DNS(id=0x180F, rd=1, qd=DNSQR(qname="www.example.org"))
    answer = DNS(
        id=0x180F,
        qr=1,
        qd=query.qd,
        an=[
            DNSRR(rrname="www.example.org", rdata="10.7.7.7"),
            DNSRR(rrname="www.example.org", rdata="10.7.7.8"),
        ],
    )
    ends = IPv6(src="fd00::1", dst="fd00::2", hlim=64)
    solicited = IPv6(src="fe80::1", dst="ff02::1:ff00:2", hlim=255)
    return [
        ("c", 1, head / IP(src="10.0.0.10", dst="10.0.0.53") / UDP(sport=4000, dport=53) / query),
        ("c", 2, head / IP(src="10.0.0.53", dst="10.0.0.10") / UDP(sport=53, dport=4000) / answer),
        ("c", 3, head / solicited / ICMPv6ND_NS(tgt="fd00::2")),
        ("c", 4, head / ends / ICMPv6EchoRequest(id=3, seq=4, data=b"abcd")),
    ]


FRAMES = spaced(
    capture(
        [
            *ping(2),
            ("c", 0, echo(9, ttl=1)),
            ("c", 0, probe()),
            ("c", 0, error(probe())),
            ("c", 0, error(echo(9, ttl=1))),
            *(("c", 0, piece) for piece in pieces(big(), 1480)),
            *download([b"220 hello\r\n", b"331 who?\r\n"]),
            *_names(),
        ]
    ).frames
)
PACKETS = dissect(FRAMES)


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The frames in a file."""
    file = tmp_path_factory.mktemp("filters") / "frames.pcapng"
    save(FRAMES, file)
    return file


def ours(text: str, packets: list[Packet] = PACKETS) -> frozenset[int]:
    """The numbers of the frames that a filter selects here."""
    selects = display_filter(text).selects
    return frozenset(packet.frame.number for packet in packets if selects(packet))


def differing(path: Path, filters: list[str]) -> list[str]:
    """The filters that do not select the same frames, with what they select."""
    theirs = selected(path, len(FRAMES), filters)
    return [
        f"{text}: tshark {sorted(wanted)}, here {sorted(ours(text))}"
        for text, wanted in zip(filters, theirs, strict=True)
        if wanted != ours(text)
    ]


WRITTEN = r"""
    icmp && ip.src#1 == 10.0.0.1
    ip.ttl#2 == 1
    ip.src#[1-2] == 10.0.0.10
    ip.src#[-1] == 10.0.0.10
    ip.dst#2
    udp
    udp && !icmp
    ip.addr != 10.0.0.5
    ip.addr !== 10.0.0.5
    !(ip.addr == 10.0.0.5)
    all ip.ttl > 1
    any ip.ttl > 1
    udp.dstport != 53
    tcp.srcport != 21
    not udp.dstport == 53
    arp || icmp && ip.ttl == 64
    (arp || icmp) && ip.ttl == 64
    ! arp and ip.ttl < 64
    eth.dst[0] & 1
    eth.dst[0] == 1
    eth.dst[0] == 0xff
    eth.dst[0] == FF
    eth.dst[0:2] == ffff
    eth.src[3:3] == 00:00:0c
    eth.src[-1] == 0x0c
    ip[0] == 45
    ip[0] & f0 == 40
    ip.src == 10.0.0.0/29
    ip.src > 10.0.0.5
    ip.src & 255.255.255.0 == 10.0.0.0
    ip.src[3] == ip.dst[3]
    ip.ttl == {60 + 4}
    ip.ttl & {1 + 2} == 1
    ip.id == 0x65 || ip.id == 0145 || ip.id == 102
    ip.flags.df == True && ip.flags.mf == 0
    ip.flags.df > 0
    icmp.seq * 2 == 4
    icmp.seq / 2 == 1
    icmp.seq % 2
    ip.ttl / 0 == 1
    ip.ttl - 65 < 0
    ip.len == frame.len
    len(icmp) == 40
    len(ip.src) == 4
    count(ip.addr) == 4
    count(ip.src#2) == 1
    string(ip.src) matches "\\.5$"
    string(icmp.seq) == "1"
    frame contains "hello"
    frame contains 68:65:6c
    frame matches "HELLO"
    frame matches "(?-i)HELLO"
    tcp.payload contains "331"
    tcp.payload[0:3] == "331"
    tcp.payload[0:3] == 33:33:31
    tcp.payload matches r"\r\n$"
    dns.qry.name == "www.example.org"
    dns.qry.name contains "EXAMPLE"
    dns.qry.name matches "EXAMPLE"
    upper(dns.qry.name) == "WWW.EXAMPLE.ORG"
    lower(dns.qry.name) contains "exa"
    dns.qry.name[0:3] == "www"
    len(dns.qry.name) == 15
    dns.a == 10.7.7.8
    dns.a != 10.7.7.8
    dns.a === 10.7.7.8
    all dns.a in {10.7.7.0/24}
    dns.a in {10.7.7.1 .. 10.7.7.7}
    dns.a in {10.7.7.1, 10.7.7.8}
    dns.a not in {10.7.7.1, 10.7.7.8}
    udp.port in {53, 33434 .. 33440}
    ipv6.src == fd00::/8
    ipv6.addr == fe80::1
    ipv6.dst[0] == :ff
    frame.time_relative < 2.5
    frame.time_relative >= 3 && frame.time_relative <= 4.000000000
    frame.time_delta == 1
    frame.time_delta > -1
    tcp.flags & 0x12 == 0x12
    tcp.flags.syn && !tcp.flags.ack
    tcp.ack == tcp.seq
    tcp.seq < tcp.ack < 40
    tcp.srcport == 21 and tcp.len gt 0
    tcp.srcport bitwise_and 1
    udp.srcport ne 53 or tcp.srcport eq 21
    icmp.type in {3, 11} && udp.dstport == 33434
    icmp.type == '\x0b'
    -icmp.seq == -1
"""


def test_written_filters_select_the_same_frames(path: Path) -> None:
    filters = [line.strip() for line in WRITTEN.strip().splitlines()]
    assert not differing(path, filters)
    selecting = [text for text in filters if ours(text)]
    assert len(selecting) > len(filters) * 0.8


def test_canonical_text_selects_the_same_frames(path: Path) -> None:
    filters = [str(display_filter(line)) for line in WRITTEN.strip().splitlines()]
    assert not differing(path, filters)


def test_generated_filters_select_the_same_frames(path: Path, long: bool) -> None:
    lists = st.lists(Generator(PACKETS).filters(), min_size=AT_ONCE, max_size=AT_ONCE)

    @settings(
        max_examples=60 if long else 5,
        deadline=None,
        database=None,
        derandomize=not long,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(lists)
    def check(filters: list[str]) -> None:
        assert not differing(path, filters)

    check()
