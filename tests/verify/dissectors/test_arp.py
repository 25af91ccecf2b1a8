import pytest
from frames import BROADCAST, CLIENT_MAC, SERVER_MAC, dissected, one
from scapy.layers.l2 import ARP, Ether
from scapy.packet import Packet, Padding

_NOBODY = "00:00:00:00:00:00"


def _arp(**fields: object) -> Packet:
    fields = {
        "hwsrc": CLIENT_MAC,
        "psrc": "10.0.0.1",
        "hwdst": _NOBODY,
        "pdst": "10.0.0.2",
    } | fields
    return Ether(src=fields["hwsrc"], dst=BROADCAST) / ARP(**fields)


def test_a_request_asks_for_an_address() -> None:
    packet = one(_arp())
    assert packet.values("arp.opcode") == (1,)
    assert packet.values("arp.hw.type") == (1,)
    assert packet.values("arp.proto.type") == (0x0800,)
    assert packet.values("arp.hw.size") == (6,)
    assert packet.values("arp.proto.size") == (4,)
    assert packet.values("arp.src.proto_ipv4") == (bytes((10, 0, 0, 1)),)
    assert packet.values("arp.dst.hw_mac") == (bytes(6),)


@pytest.mark.parametrize(
    ("fields", "kinds"),
    [
        ({}, set()),
        ({"psrc": "0.0.0.0"}, {"isprobe"}),
        ({"psrc": "10.0.0.2"}, {"isgratuitous", "isannouncement"}),
        ({"psrc": "10.0.0.2", "hwdst": BROADCAST}, {"isgratuitous"}),
        ({"psrc": "10.0.0.2", "op": 2}, {"isgratuitous"}),
        ({"psrc": "0.0.0.0", "op": 2}, set()),
    ],
)
def test_probes_announcements_and_gratuitous_messages_are_told_apart(fields, kinds) -> None:
    packet = one(_arp(**fields))
    found = {
        name
        for name in ("isprobe", "isannouncement", "isgratuitous")
        if packet.values(f"arp.{name}")
    }
    assert found == kinds


def test_an_address_with_two_owners_is_noticed_with_the_earlier_frame() -> None:
    other = _arp(hwsrc=SERVER_MAC)
    packets = dissected(_arp(), _arp(pdst="10.0.0.3"), other)
    assert packets[1].values("arp.duplicate-address-detected") == ()
    assert packets[2].values("arp.duplicate-address-detected") == (True,)
    assert packets[2].values("arp.duplicate-address-frame") == (2,)


def test_a_reply_also_tells_who_the_target_is() -> None:
    reply = _arp(op=2, hwsrc=SERVER_MAC, psrc="10.0.0.2", hwdst=CLIENT_MAC, pdst="10.0.0.1")
    packets = dissected(reply, _arp(hwsrc=SERVER_MAC, psrc="10.0.0.1"))
    assert packets[1].values("arp.duplicate-address-frame") == (1,)


def test_padding_belongs_to_the_frame_and_not_to_arp() -> None:
    packet = one(_arp() / Padding(bytes(18)))
    assert packet.values("eth.padding") == (bytes(18),)
    assert len(packet.values("arp")[0]) == 28
