"""Dissection as a whole: it never fails, and its state belongs to one point."""

import pytest
from frames import MS, START, Talk, dissected, ethernet, frames
from hypothesis import given
from hypothesis import strategies as st
from samples import SAMPLES
from scapy.layers.inet import ICMP, IP, UDP, fragment

from wirelab.verify.dissect import Dissection, dissect
from wirelab.verify.fields import FIELDS
from wirelab.verify.frame import Frame, LinkType
from wirelab.verify.packet import Packet

_SEEDS = [bytes(packet) for make in SAMPLES.values() for packet in make()]


def _read_all(packet: Packet) -> None:
    for name in FIELDS:
        assert isinstance(packet.values(name), tuple)


def _frame(data: bytes, more: int = 0, linktype: int = LinkType.ETHERNET) -> Frame:
    return Frame(1, START, "", data, len(data) + more, linktype)


@given(data=st.binary(max_size=200), linktype=st.sampled_from(LinkType), more=st.integers(0, 99))
def test_no_bytes_make_it_fail(data: bytes, linktype: LinkType, more: int) -> None:
    _read_all(dissect([_frame(data, more, linktype)])[0])


@given(
    seed=st.sampled_from(_SEEDS),
    changes=st.lists(st.tuples(st.integers(12, 1500), st.integers(0, 255)), max_size=8),
    keep=st.integers(0, 1500),
    more=st.sampled_from([0, 0, 40]),
)
def test_no_damage_to_real_traffic_makes_it_fail(seed, changes, keep, more) -> None:
    damaged = bytearray(seed)
    for place, octet in changes:
        if place < len(damaged):
            damaged[place] = octet
    _read_all(dissect([_frame(bytes(damaged[:keep]), more)] * 2)[1])


@given(order=st.permutations(_SEEDS[::7]))
def test_no_order_of_frames_makes_it_fail(order: list[bytes]) -> None:
    for packet in dissect(frames(order[:40])):
        _read_all(packet)


@pytest.mark.parametrize("sample", ["arp", "dhcp", "icmp", "icmpv6", "ip", "ipv6", "tftp", "udp"])
def test_a_frame_that_is_cut_shows_no_protocol_that_the_whole_one_does_not(sample: str) -> None:
    for data in map(bytes, SAMPLES[sample]()):
        whole = dissect([_frame(data)])[0]
        for keep in range(0, min(len(data), 90), 7):
            part = dissect([_frame(data[:keep], len(data) - keep)])[0]
            assert _headers(part) <= _headers(whole) | {"_ws.short", "_ws.malformed"}


def _headers(packet: Packet) -> set[str]:
    return set(packet.protocols) - {"data"}


def test_an_unknown_link_is_only_data() -> None:
    assert dissect([_frame(b"abc", linktype=9)])[0].protocols == ("data",)


def test_a_header_that_ends_early_is_malformed_or_short() -> None:
    data = bytes(ethernet(IP() / UDP()))[:38]
    assert dissect([_frame(data)])[0].protocols == ("eth", "ip", "udp", "_ws.malformed")
    assert dissect([_frame(data, 4)])[0].protocols == ("eth", "ip", "udp", "_ws.short")


def test_frames_one_by_one_give_the_same_as_all_at_once() -> None:
    sent = frames(Talk().open().client("PA", b"hello").close().sent)
    dissection = Dissection()
    single = [dissection.add(frame) for frame in sent]
    together = dissect(sent)
    for name in FIELDS:
        assert [each.values(name) for each in single] == [each.values(name) for each in together]


def test_each_point_puts_the_fragments_together_that_it_sees() -> None:
    pieces = [bytes(ethernet(each)) for each in fragment(IP(id=9) / UDP() / (b"x" * 2000), 1480)]
    seen = [
        Frame(number, START + number, point, data, len(data))
        for number, (point, data) in enumerate(
            [("a", pieces[0]), ("b", pieces[0]), ("a", pieces[1]), ("b", pieces[1])], 1
        )
    ]
    packets = dissect(seen)
    assert [packet.values("ip.reassembled_in") for packet in packets] == [(3,), (4,), (), ()]


def test_a_connection_has_the_same_number_at_all_points_and_no_repetitions() -> None:
    talks = [Talk(40000).open(), Talk(40001).open()]
    data = [bytes(packet) for talk in talks for packet in talk.sent]
    seen = [
        Frame(number, START + number * MS, point, octets, len(octets))
        for number, (octets, point) in enumerate(
            [(octets, point) for octets in data for point in ("lan", "wan")], 1
        )
    ]
    packets = dissect(seen)
    assert [packet.values("tcp.stream") for packet in packets] == [(0,)] * 6 + [(1,)] * 6
    assert not any(packet.values("tcp.analysis.retransmission") for packet in packets)


def test_a_ping_is_answered_at_the_point_where_it_was_seen() -> None:
    request = bytes(ethernet(IP(src="10.0.0.1", dst="10.0.0.2") / ICMP(id=1, seq=1)))
    reply = bytes(ethernet(IP(src="10.0.0.2", dst="10.0.0.1") / ICMP(type=0, id=1, seq=1)))
    points = [("lan", request), ("wan", request), ("wan", reply), ("lan", reply)]
    packets = dissect(
        Frame(number, START + number, point, data, len(data))
        for number, (point, data) in enumerate(points, 1)
    )
    assert [packet.values("icmp.resp_in") for packet in packets[:2]] == [(4,), (3,)]


def test_times_count_from_the_first_frame_of_the_capture() -> None:
    packets = dissected(*_SEEDS[:3])
    assert [packet.values("frame.time_delta") for packet in packets] == [
        (0,),
        (10 * MS,),
        (10 * MS,),
    ]
    assert packets[2].values("frame.time_relative") == (20 * MS,)
