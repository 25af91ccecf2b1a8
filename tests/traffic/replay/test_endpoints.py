"""Who takes part in a capture."""

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scapy.layers.dhcp import BOOTP, DHCP
from scapy.layers.inet import ICMP, IP, TCP, UDP
from scapy.layers.inet6 import ICMPv6ND_RA, IPv6
from scapy.layers.l2 import ARP, Ether
from scapy.packet import Packet

from wirelab.traffic.replay.endpoints import Endpoint, endpoints
from wirelab.traffic.replay.glance import Glance, glance

A, B, R = "02:00:00:00:00:0a", "02:00:00:00:00:0b", "02:00:00:00:00:f1"


def found(packets: Iterable[Packet]) -> dict[str, Endpoint]:
    return {str(each): each for each in endpoints(glance(bytes(packet)) for packet in packets)}


def sent(src: str, dst: str, payload: Packet, macs: tuple[str, str] = (A, B)) -> Packet:
    return Ether(src=macs[0], dst=macs[1]) / IP(src=src, dst=dst) / payload


@pytest.mark.parametrize(
    "opening",
    [TCP(flags="S"), UDP(sport=4000, dport=53), ICMP(type=8)],
    ids=["a SYN", "a first datagram", "an echo request"],
)
def test_who_opens_is_the_client(opening: Packet) -> None:
    back = TCP(flags="SA") if TCP in opening else UDP(sport=53, dport=4000)
    back = ICMP(type=0) if ICMP in opening else back
    all_ = found(
        [sent("10.0.0.1", "10.0.0.2", opening), sent("10.0.0.2", "10.0.0.1", back, (B, A))]
    )
    assert all_["10.0.0.1"].calls
    assert not all_["10.0.0.2"].calls
    assert (all_["10.0.0.1"].opens, all_["10.0.0.2"].serves) == (1, 1)


def test_a_mac_that_carries_several_addresses_is_a_router_and_they_are_behind_it() -> None:
    asks = Ether(src=R, dst=A) / ARP(op=1, hwsrc=R, psrc="10.0.0.254", pdst="10.0.0.1")
    packets = [
        asks,
        sent("10.0.0.1", "192.0.2.1", TCP(flags="S"), (A, R)),
        sent("192.0.2.1", "10.0.0.1", TCP(flags="SA"), (R, A)),
        sent("192.0.2.2", "10.0.0.1", TCP(flags="SA"), (R, A)),
    ]
    all_ = found(packets)
    assert all_["10.0.0.254"].router
    assert not all_["10.0.0.1"].router
    assert all_["192.0.2.1"].mac is None
    assert all_["192.0.2.1"].addresses == (b"\xc0\0\2\1",)


def test_a_router_advertisement_makes_a_router() -> None:
    advertises = Ether(src=R, dst="33:33:00:00:00:01") / IPv6(src="fe80::1") / ICMPv6ND_RA()
    assert found([advertises])["fe80::1"].router


def test_a_host_with_a_lease_is_one_endpoint_by_its_mac() -> None:
    discover = (
        Ether(src=A, dst="ff:ff:ff:ff:ff:ff")
        / IP(src="0.0.0.0", dst="255.255.255.255")
        / UDP(sport=68, dport=67)
        / BOOTP()
        / DHCP(options=[("message-type", "discover"), "end"])
    )
    announces = Ether(src=A, dst="ff:ff:ff:ff:ff:ff") / ARP(
        hwsrc=A, psrc="10.0.0.7", pdst="10.0.0.7"
    )
    (client,) = endpoints(glance(bytes(packet)) for packet in (discover, announces))
    assert client.addresses == (bytes([10, 0, 0, 7]),)
    assert client.calls
    (nameless,) = endpoints([glance(bytes(discover))])
    assert str(nameless) == A


def test_who_is_only_sent_to_is_silent() -> None:
    all_ = found([sent("10.0.0.1", "10.0.0.2", UDP())])
    assert all_["10.0.0.2"].silent
    assert all_["10.0.0.2"].mac == bytes.fromhex(B.replace(":", ""))


def test_an_address_lives_where_its_packets_have_passed_fewest_routers() -> None:
    near = Ether(src=A, dst=R) / IP(src="10.0.0.1", dst="192.0.2.1", ttl=64) / UDP()
    far = Ether(src=R, dst=B) / IP(src="10.0.0.1", dst="192.0.2.1", ttl=63) / UDP()
    for order in ((near, far), (far, near)):
        assert found(order)["10.0.0.1"].mac == bytes.fromhex(A.replace(":", ""))


@given(st.lists(st.binary(min_size=14, max_size=120), max_size=30))
def test_no_bytes_are_too_odd(datas: list[bytes]) -> None:
    glances = [glance(data) for data in datas]
    assert all(isinstance(each, Glance) for each in glances)
    names = [each.mac for each in endpoints(glances) if each.mac]
    assert len(names) == len(set(names))
