from frames import CLIENT_MAC, SERVER_MAC, one, udp
from scapy.layers.inet import IP, UDP
from scapy.layers.l2 import LLC, STP, Dot1Q, Dot3, Ether
from scapy.packet import Padding, Raw

_FRAME = {"src": CLIENT_MAC, "dst": SERVER_MAC}


def test_addresses_and_type_are_read() -> None:
    packet = one(udp(b"x"))
    assert packet.values("eth.src") == (bytes.fromhex("020000000001"),)
    assert packet.values("eth.addr") == packet.values("eth.dst") + packet.values("eth.src")
    assert packet.values("eth.type") == (0x0800,)
    assert packet.values("eth.dst.ig") == (False,)
    assert packet.values("eth.dst.lg") == (True,)


def test_a_tag_says_to_which_lan_a_frame_belongs() -> None:
    packet = one(Ether(**_FRAME) / Dot1Q(vlan=5, prio=3) / IP() / UDP(sport=1, dport=45000) / b"x")
    assert packet.protocols[:3] == ("eth", "vlan", "ip")
    assert packet.values("vlan.id") == (5,)
    assert packet.values("vlan.priority") == (3,)
    assert packet.values("frame.protocols")[0].startswith("eth:ethertype:vlan:ethertype:ip")


def test_a_length_in_place_of_the_type_means_llc() -> None:
    packet = one(Dot3(**_FRAME) / LLC() / STP())
    assert packet.protocols == ("eth", "llc", "stp")
    assert packet.values("eth.len") == (38,)
    assert packet.values("eth.type") == ()


def test_an_unknown_type_is_data() -> None:
    packet = one(Ether(type=0x9999, **_FRAME) / Raw(b"whatever"))
    assert packet.protocols == ("eth", "data")
    assert packet.values("data.data") == (b"whatever",)


def test_bytes_behind_a_packet_are_padding_only_up_to_60_and_only_when_zero() -> None:
    padded = one(udp(b"x") / Padding(bytes(17)))
    assert padded.values("eth.padding") == (bytes(17),)
    assert padded.values("eth.trailer") == ()
    more = one(udp(b"x") / Padding(bytes(30)))
    assert more.values("eth.padding") == (bytes(17),)
    assert more.values("eth.trailer") == (bytes(13),)
    other = one(udp(b"x") / Padding(b"\1" * 17))
    assert other.values("eth.padding") == ()
    assert other.values("eth.trailer") == (b"\1" * 17,)
