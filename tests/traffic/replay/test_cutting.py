"""Large TCP frames become the segments that a network card would have made of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scapy.layers.inet import IP, TCP, UDP, fragment
from scapy.layers.inet6 import IPv6
from scapy.layers.l2 import Dot1Q, Ether
from scapy.packet import Packet

from wirelab.traffic.replay.cutting import cut, fragmented

A, B = "02:00:00:00:00:0a", "02:00:00:00:00:0b"
LINKS = st.sampled_from([Ether(src=A, dst=B), Ether(src=A, dst=B) / Dot1Q(vlan=7)])
NETWORKS = st.sampled_from(
    [IP(src="10.0.0.1", dst="10.0.0.2", id=65534, flags="DF"), IPv6(src="fd00::1", dst="fd00::2")]
)
HEADERS = st.builds(
    TCP,
    seq=st.integers(0, 2**32 - 1),
    flags=st.sampled_from(["A", "PA", "FPA", "CPA"]),
    options=st.sampled_from([[], [("Timestamp", (1, 2)), ("NOP", None), ("NOP", None)]]),
)


def layer(packet: Packet) -> Packet:
    return packet[IP] if IP in packet else packet[IPv6]


@given(LINKS, NETWORKS, HEADERS, st.binary(min_size=1, max_size=6000), st.integers(100, 1500))
def test_segments_carry_the_payload_in_order_with_right_checksums(
    link: Packet, network: Packet, header: Packet, payload: bytes, mtu: int
) -> None:
    whole = bytes(link / network / header / payload)
    segments = cut(whole, mtu)
    assert segments is not None
    parsed = [Ether(each) for each in segments]
    assert b"".join(bytes(each[TCP].payload) for each in parsed) == payload
    offset = 0
    for place, (data, each) in enumerate(zip(segments, parsed, strict=True)):
        assert len(layer(each)) <= mtu
        assert each[TCP].seq == (header.seq + offset) % 2**32
        offset += len(each[TCP].payload)
        last = place == len(parsed) - 1
        assert ("F" in each[TCP].flags) == (last and "F" in header.flags)
        assert ("P" in each[TCP].flags) == (last and "P" in header.flags)
        assert ("C" in each[TCP].flags) == (not place and "C" in header.flags)
        if IP in each:
            assert each[IP].id == (65534 + place) % 65536
            del each[IP].chksum
        del each[TCP].chksum
        assert bytes(each) == data


@pytest.mark.parametrize(
    "packet",
    [
        IP() / UDP() / bytes(3000),
        IP(flags="MF") / TCP() / bytes(3000),
        IP(frag=4) / TCP() / bytes(3000),
        IP() / TCP(),
    ],
    ids=["UDP", "a first fragment", "a later fragment", "no payload"],
)
def test_what_cannot_be_cut_is_left(packet: Packet) -> None:
    assert cut(bytes(Ether(src=A, dst=B) / packet), 1500) is None


def test_a_length_of_0_stands_for_all_that_was_captured() -> None:
    data = bytearray(bytes(Ether(src=A, dst=B) / IP(src="10.0.0.1") / TCP() / bytes(3000)))
    data[16:18] = b"\0\0"
    assert len(cut(bytes(data), 1500) or ()) == 3


@given(
    st.binary(min_size=1, max_size=5000),
    st.integers(68, 1500),
    st.sampled_from([("", 0), ("MF", 0), ("MF", 3), ("", 7)]),
)
def test_fragments_are_those_that_scapy_makes(
    payload: bytes, mtu: int, place: tuple[str, int]
) -> None:
    flags, offset = place
    network = IP(src="10.0.0.1", dst="10.0.0.2", id=7, flags=flags, frag=offset)
    packet = Ether(src=A, dst=B) / network / UDP(sport=1, dport=2, len=8, chksum=0) / payload
    parts = fragmented(bytes(packet), mtu)
    size = (mtu - 20) // 8 * 8
    expected = [bytes(each) for each in fragment(Ether(bytes(packet)), size)]
    assert parts is not None
    if flags == "MF":  # which scapy forgets in the last
        last = Ether(expected[-1])
        last[IP].flags = "MF"
        del last[IP].chksum
        expected[-1] = bytes(last)
    assert parts == expected


def test_what_must_not_be_fragmented_is_left() -> None:
    assert fragmented(bytes(Ether() / IP(flags="DF") / UDP() / bytes(3000)), 1500) is None
    assert fragmented(bytes(Ether() / IPv6() / UDP() / bytes(3000)), 1500) is None


@given(st.binary(min_size=14, max_size=200), st.integers(68, 200))
def test_no_bytes_are_too_odd(data: bytes, mtu: int) -> None:
    for kind in (b"\x08\0\x45", b"\x86\xdd\x60"):
        odd = data[:12] + kind + data[15:]
        cut(odd, mtu)
        fragmented(odd, mtu)
