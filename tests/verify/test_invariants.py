"""What every capture of a lab keeps; each violation is made on purpose."""

import pytest
from frames import (
    CLIENT,
    CLIENT6,
    SERVER,
    SERVER6,
    START,
    Talk,
    dissected,
    error,
    ethernet,
    frames,
    udp,
)
from samples import SAMPLES
from scapy.layers.inet import ICMP, IP, TCP, UDP, fragment
from scapy.layers.inet6 import ICMPv6EchoRequest, IPv6
from scapy.packet import Packet as Crafted

from wirelab.verify.dissect import dissect
from wirelab.verify.frame import Frame
from wirelab.verify.invariants import NAMES, check

_PORTS = {"sport": 40000, "dport": 45000}


def _ip(**fields: object) -> Crafted:
    return IP(src=CLIENT, dst=SERVER, **fields)


def _names(*packets: Crafted | bytes) -> list[str]:
    return [violation.name for violation in check(dissected(*packets), {"": 1500})]


@pytest.mark.parametrize("sample", ["arp", "dhcp", "dns", "http", "tls", "ftp", "tcp"])
def test_proper_traffic_violates_nothing(sample: str) -> None:
    assert check(dissect(frames(SAMPLES[sample]())), {"": 1500}) == ()


_IP6 = IPv6(src=CLIENT6, dst=SERVER6)
_WRONG = [
    ("ip-checksum", _ip(chksum=1) / UDP(**_PORTS) / b"x"),
    ("icmp-checksum", _ip() / ICMP(type=8, chksum=1) / b"x"),
    ("icmpv6-checksum", _IP6 / ICMPv6EchoRequest(cksum=1)),
    ("udp-checksum", _ip() / UDP(chksum=1, **_PORTS) / b"x"),
    ("udp-checksum", _IP6 / UDP(chksum=0, **_PORTS) / b"x"),
    ("tcp-checksum", _ip() / TCP(chksum=1, **_PORTS)),
    ("ip-length", _ip(len=0) / UDP(**_PORTS) / b"x"),
    ("ip-length", _ip(len=19) / UDP(**_PORTS) / b"x"),
    ("ipv6-length", IPv6(src=CLIENT6, dst=SERVER6, plen=100, nh=59)),
    ("udp-length", _ip() / UDP(len=9, chksum=0, **_PORTS) / b"xyz"),
    ("tcp-length", _ip() / TCP(dataofs=2, **_PORTS)),
    ("mtu", _ip() / UDP(**_PORTS) / (b"x" * 1473)),
]


@pytest.mark.parametrize(("name", "packet"), _WRONG)
def test_what_is_wrong_is_named(name: str, packet: Crafted) -> None:
    assert name in _names(ethernet(packet))
    assert name in NAMES


def test_a_header_that_ends_early_is_malformed() -> None:
    assert _names(bytes(udp(b"x"))[:38]) == ["ip-length", "malformed"]


def test_an_mtu_counts_neither_the_link_header_nor_other_points() -> None:
    largest = bytes(ethernet(_ip() / UDP(**_PORTS) / (b"x" * 1472)))
    packets = dissect([Frame(1, START, "lan", largest, len(largest))])
    assert check(packets, {"lan": 1500, "wan": 1400}) == ()
    (violation,) = check(packets, {"lan": 1499})
    assert violation.text == "1500 bytes at lan, whose MTU is 1499"


def test_a_missing_fragment_is_told_once_for_its_datagram() -> None:
    pieces = [ethernet(each) for each in fragment(_ip(id=9) / UDP(**_PORTS) / (b"x" * 4000), 1480)]
    assert _names(*pieces) == []
    found = check(dissected(pieces[0], udp(b"x"), pieces[2]), {})
    assert [(each.name, each.frame) for each in found] == [("incomplete-datagram", 1)]


def test_a_checksum_of_a_fragmented_datagram_is_checked_where_it_is_whole() -> None:
    whole = _ip(id=9) / UDP(chksum=1, **_PORTS) / (b"x" * 2000)
    found = check(dissected(*map(ethernet, fragment(whole, 1480))), {})
    assert [(each.name, each.frame) for each in found] == [("udp-checksum", 2)]


def test_time_goes_on_at_every_point_but_not_across_them() -> None:
    data = bytes(udp(b"x"))
    times = [("a", 5), ("b", 3), ("a", 4), ("b", 3)]
    packets = dissect(
        Frame(number, START + time, point, data, len(data))
        for number, (point, time) in enumerate(times, 1)
    )
    found = check(packets, {})
    assert [(each.name, each.frame) for each in found] == [("time", 3)]
    assert "1 ns before" in found[0].text


def test_what_an_error_quotes_is_not_checked() -> None:
    quoted = _ip(chksum=1, len=9999) / UDP(chksum=1, len=9, **_PORTS) / b"xyz"
    assert _names(error(quoted)) == []


def test_a_frame_that_the_capture_cut_is_not_blamed_for_it() -> None:
    data = bytes(Talk().client("PA", b"x" * 100).sent[0])
    packets = dissect([Frame(1, START, "", data[:60], len(data))])
    assert check(packets, {"": 1500}) == ()


def test_violations_come_in_the_order_of_the_frames() -> None:
    bad = ethernet(_ip() / UDP(chksum=1, **_PORTS) / b"x")
    numbers = [each.frame for each in check(dissected(bad, udp(b"x"), bad), {})]
    assert numbers == sorted(numbers) == [1, 3]
