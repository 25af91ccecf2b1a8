"""What tells a packet from others wherever it is seen."""

from hypothesis import given
from hypothesis import strategies as st
from scapy.layers.inet import ICMP, IP, UDP, IPOption_RR, IPOption_Timestamp, fragment
from scapy.layers.inet6 import UDP as UDP6
from scapy.layers.inet6 import ICMPv6PacketTooBig, IPv6
from scapy.layers.l2 import ARP, Dot1Q, Ether
from scapy.packet import Packet

from wirelab.traffic.replay.identity import (
    answer,
    datagram,
    identity,
    network_header,
    piece,
    quotable,
    quoted,
    ttl,
)

A, B, R = "02:00:00:00:00:0a", "02:00:00:00:00:0b", "02:00:00:00:00:f1"


def forwarded(packet: Packet) -> bytes:
    """The frame, one router further."""
    copy = Ether(bytes(packet))
    copy.src, copy.dst = R, B
    layer = copy[IP] if IP in copy else copy[IPv6]
    if IP in copy:
        layer.ttl -= 1
        del layer.chksum
    else:
        layer.hlim -= 1
    return bytes(copy)


def test_a_router_does_not_change_the_identity() -> None:
    for network in (IP(src="10.0.0.1", dst="10.9.0.1", id=5), IPv6(src="fd00::1", dst="fd01::1")):
        packet = Ether(src=A, dst=R) / network / UDP() / b"hello"
        assert identity(forwarded(packet)) == identity(bytes(packet))
        assert ttl(bytes(packet)) == ttl(forwarded(packet)) + 1


def test_tags_and_padding_are_no_part_of_it() -> None:
    packet = IP(src="10.0.0.1", dst="10.9.0.1") / UDP() / b"hello"
    plain, tagged = Ether(src=A, dst=B) / packet, Ether(src=A, dst=B) / Dot1Q(vlan=5) / packet
    assert identity(bytes(tagged)) == identity(bytes(plain) + bytes(10))
    assert network_header(bytes(tagged)) == (0x0800, 18)


@given(st.binary(max_size=64), st.binary(max_size=64))
def test_other_payloads_are_other_packets(one: bytes, two: bytes) -> None:
    made = [bytes(Ether(src=A, dst=B) / IP(src="10.0.0.1", dst="10.9.0.1") / each)
            for each in (one, two)]  # fmt: skip
    assert (identity(made[0]) == identity(made[1])) == (one == two)


def test_an_error_names_the_packet_that_it_quotes() -> None:
    packet = Ether(src=A, dst=R) / IP(src="10.0.0.1", dst="10.9.0.1", id=7) / UDP() / bytes(100)
    inner = forwarded(packet)[14 : 14 + 28]  # what a router has left of it
    says = Ether(src=R, dst=A) / IP(src="10.0.0.254", dst="10.0.0.1") / ICMP(type=3, code=4) / inner
    assert quoted(bytes(says)) == (3, 4, quotable(bytes(packet)))
    six = Ether(src=A, dst=R) / IPv6(src="fd00::1", dst="fd01::1") / UDP6() / bytes(100)
    big = Ether(src=R, dst=A) / IPv6(src="fd00::2", dst="fd00::1") / ICMPv6PacketTooBig()
    assert quoted(bytes(big / forwarded(six)[14:])) == (2, 0, quotable(bytes(six)))
    assert quoted(bytes(packet)) is None


def test_an_answer_is_known_though_its_numbering_is_another() -> None:
    one, two = (
        bytes(Ether(src=R, dst=A) / IP(src="10.0.0.254", dst="10.0.0.1", id=number, ttl=64)
              / ICMP(type=0, id=4, seq=1) / b"data")
        for number in (1, 2)
    )  # fmt: skip
    assert answer(one) == answer(two)
    assert identity(one) != identity(two)
    asks = Ether(src=R, dst="ff:ff:ff:ff:ff:ff") / ARP(op=1, psrc="10.0.0.1", pdst="10.0.0.2")
    says = Ether(src=A, dst=R) / ARP(op=2, psrc="10.0.0.1", pdst="10.0.0.2")
    assert answer(bytes(asks)) != answer(bytes(says))


def test_fragments_share_their_datagram_and_say_where_they_are() -> None:
    whole = Ether(src=A, dst=R) / IP(src="10.0.0.1", dst="10.9.0.1", id=7) / UDP() / bytes(2000)
    parts = [bytes(Ether(src=A, dst=R) / each) for each in fragment(whole[IP], 1000)]
    assert {datagram(each) for each in parts} == {datagram(bytes(whole))}
    assert [piece(each) for each in parts] == [
        (0, 1000, True), (1000, 1000, True), (2000, 8, False)
    ]  # fmt: skip
    assert piece(bytes(whole)) == (0, 2008, False)


@given(st.binary(min_size=14, max_size=120))
def test_no_frame_is_too_odd(data: bytes) -> None:
    for kind in (b"\x08\0", b"\x86\xdd", b"\x08\x06", b"\x81\0"):
        odd = data[:12] + kind + data[14:]
        assert identity(odd) == identity(odd)
        answer(odd), quoted(odd), quotable(odd), ttl(odd), datagram(odd)


def test_what_routers_write_into_options_is_no_part_of_it() -> None:
    def made(*options: object, payload: bytes = b"hello") -> bytes:
        packet = IP(src="10.0.0.1", dst="10.9.0.1", options=list(options)) / UDP() / payload
        return bytes(Ether(src=A, dst=R) / packet)

    empty, filled = ["0.0.0.0", "0.0.0.0"], ["10.0.0.254", "0.0.0.0"]
    before = made(IPOption_RR(pointer=4, routers=empty))
    after = made(IPOption_RR(pointer=8, routers=filled))
    assert identity(before) == identity(after)
    assert identity(before) != identity(made(IPOption_RR(routers=empty), payload=b"other"))
    times = [IPOption_Timestamp(pointer=n, timestamp=n, flg=0) for n in (5, 9)]
    assert identity(made(times[0])) == identity(made(times[1]))
    assert identity(made(times[0])) != identity(before)


@given(st.binary(max_size=40))
def test_any_options_have_an_identity(options: bytes) -> None:
    options += bytes(-len(options) % 4)
    head = bytes(IP(src="10.0.0.1", dst="10.9.0.1", ihl=5 + len(options) // 4, len=20))
    frame = bytes(Ether(src=A, dst=R, type=0x0800)) + head[:20] + options
    further = frame[:22] + bytes([frame[22] - 1]) + frame[23:]
    assert identity(frame) == identity(further)
