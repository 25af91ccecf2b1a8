from frames import CLIENT6, SERVER6, dissected, ethernet, one
from scapy.layers.inet import UDP
from scapy.layers.inet6 import (
    IPv6,
    IPv6ExtHdrDestOpt,
    IPv6ExtHdrFragment,
    IPv6ExtHdrHopByHop,
    IPv6ExtHdrRouting,
    PadN,
    RouterAlert,
    fragment6,
)
from scapy.packet import Packet

_DATAGRAM = UDP(sport=40000, dport=45000) / b"v"


def _ip6(**fields: object) -> Packet:
    return IPv6(src=CLIENT6, dst=SERVER6, **fields)


def test_every_part_of_the_header_has_its_field() -> None:
    packet = one(ethernet(_ip6(tc=0x2B, fl=0xABCDE, hlim=3) / _DATAGRAM))
    found = {
        name: packet.values(f"ipv6.{name}")
        for name in (
            "version",
            "tclass",
            "tclass.dscp",
            "tclass.ecn",
            "flow",
            "plen",
            "nxt",
            "hlim",
        )
    }
    assert found == {
        "version": (6,), "tclass": (0x2B,), "tclass.dscp": (10,), "tclass.ecn": (3,),
        "flow": (0xABCDE,), "plen": (9,), "nxt": (17,), "hlim": (3,),
    }  # fmt: skip


def test_extension_headers_are_layers_of_their_own() -> None:
    hop = IPv6ExtHdrHopByHop(options=RouterAlert())
    destination = IPv6ExtHdrDestOpt(options=[PadN(optdata=bytes(4))])
    packet = one(ethernet(_ip6() / hop / destination / _DATAGRAM))
    assert packet.protocols == ("eth", "ipv6", "ipv6.hopopts", "ipv6.dstopts", "udp", "data")
    assert packet.values("ipv6.nxt") == (0,)
    assert packet.values("ipv6.hopopts.nxt") == (60,)
    assert packet.values("ipv6.dstopts.len_oct") == (8,)


def test_a_checksum_covers_the_last_stop_of_a_route() -> None:
    route = IPv6ExtHdrRouting(type=0, segleft=1, addresses=["fd00::7"])
    packet = one(ethernet(_ip6() / route / _DATAGRAM))
    assert packet.values("udp.checksum.status") == (1,)
    assert packet.values("ipv6.routing.segleft") == (1,)
    assert packet.values("ipv6.routing.src.addr") == (b"\xfd" + bytes(14) + b"\x07",)


def test_fragments_are_put_together() -> None:
    whole = _ip6() / IPv6ExtHdrFragment(id=77) / _DATAGRAM / (b"q" * 3000)
    packets = dissected(*map(ethernet, fragment6(whole, 1400)))
    assert [packet.values("ipv6.reassembled.in") for packet in packets] == [(3,), (3,), ()]
    assert [packet.values("ipv6.fraghdr.offset") for packet in packets] == [(0,), (169,), (338,)]
    assert packets[2].values("ipv6.fragment.count") == (3,)
    assert packets[2].values("udp.checksum.status") == (1,)


def test_an_atomic_fragment_is_whole_by_itself() -> None:
    packet = one(ethernet(_ip6() / IPv6ExtHdrFragment(id=79) / _DATAGRAM))
    assert packet.protocols == ("eth", "ipv6", "ipv6.fraghdr", "udp", "data")
    assert packet.values("ipv6.fraghdr.more") == (False,)


def test_a_datagram_without_checksum_is_illegal() -> None:
    packet = one(ethernet(_ip6() / UDP(sport=40000, dport=45000, chksum=0) / b"v"))
    assert packet.values("udp.checksum.status") == (4,)
