from frames import CLIENT, SERVER, dissected, error, ethernet, one
from scapy.layers.inet import (
    IP,
    UDP,
    IPOption_NOP,
    IPOption_Router_Alert,
    IPOption_RR,
    fragment,
)
from scapy.packet import Packet

_DATAGRAM = UDP(sport=40000, dport=45000) / b"v"


def _ip(**fields: object) -> Packet:
    return IP(src=CLIENT, dst=SERVER, **fields)


def test_every_part_of_the_header_has_its_field() -> None:
    packet = one(ethernet(_ip(tos=0x2B, id=0xABCD, flags="DF", ttl=3) / _DATAGRAM))
    values = {
        name: packet.values(f"ip.{name}")
        for name in ("version", "hdr_len", "dsfield", "dsfield.dscp", "dsfield.ecn", "len", "id")
    }
    assert values == {
        "version": (4,), "hdr_len": (20,), "dsfield": (0x2B,), "dsfield.dscp": (10,),
        "dsfield.ecn": (3,), "len": (29,), "id": (0xABCD,),
    }  # fmt: skip
    assert packet.values("ip.flags") == (2,)
    assert packet.values("ip.flags.df") == (True,)
    assert packet.values("ip.flags.mf") == (False,)
    assert packet.values("ip.ttl") == (3,)
    assert packet.values("ip.proto") == (17,)


def test_a_checksum_is_always_validated() -> None:
    assert one(ethernet(_ip() / _DATAGRAM)).values("ip.checksum.status") == (1,)
    assert one(ethernet(_ip(chksum=1) / _DATAGRAM)).values("ip.checksum.status") == (0,)


def test_a_fragment_counts_its_offset_in_eights() -> None:
    pieces = [ethernet(each) for each in fragment(_ip(id=9) / UDP() / (b"x" * 3000), 1480)]
    packets = dissected(*pieces)
    assert [packet.values("ip.frag_offset") for packet in packets] == [(0,), (185,), (370,)]
    assert [packet.values("ip.flags.mf") for packet in packets] == [(True,), (True,), (False,)]


def test_fragments_show_what_they_carry_only_where_the_datagram_is_whole() -> None:
    pieces = [ethernet(each) for each in fragment(_ip(id=9) / _DATAGRAM / (b"x" * 3000), 1480)]
    packets = dissected(*reversed(pieces))
    assert [packet.protocols[2:] for packet in packets] == [("data",), ("data",), ("udp", "data")]
    assert packets[2].values("udp.checksum.status") == (1,)


def test_fragments_of_other_datagrams_are_kept_apart() -> None:
    first = fragment(_ip(id=9) / _DATAGRAM / (b"x" * 2000), 1480)
    second = fragment(_ip(id=10) / _DATAGRAM / (b"y" * 2000), 1480)
    packets = dissected(*map(ethernet, (first[0], second[1], second[0], first[1])))
    assert [packet.has("udp") for packet in packets] == [False, False, True, True]


def test_a_quoted_first_fragment_shows_the_ports() -> None:
    first = fragment(_ip(id=9) / _DATAGRAM / (b"x" * 2000), 1480)[0]
    packet = one(error(bytes(first)[:28], 11, 1))
    assert packet.protocols == ("eth", "ip", "icmp", "ip", "udp")
    assert packet.values("udp.dstport") == (45000,)


def test_options_are_listed_with_their_addresses() -> None:
    route = IPOption_RR(routers=["9.9.9.9", "0.0.0.0"], pointer=8)
    options = [route, IPOption_NOP(), IPOption_Router_Alert()]
    packet = one(ethernet(_ip(options=options) / _DATAGRAM))
    assert packet.values("ip.opt.type") == (7, 1, 148)
    assert packet.values("ip.opt.len") == (11, 4)
    assert packet.values("ip.opt.ptr") == (8,)
    assert packet.values("ip.opt.ra") == (0,)
    assert packet.values("ip.rec_rt") == (bytes((9, 9, 9, 9)),)
    assert packet.values("ip.empty_rt") == (bytes(4),)


def test_a_packet_without_payload_has_no_layer_above() -> None:
    assert one(ethernet(_ip(proto=17))).protocols == ("eth", "ip")


def test_a_header_that_contradicts_itself_ends_the_dissection() -> None:
    short = one(ethernet(_ip(len=10) / _DATAGRAM))
    assert short.protocols == ("eth", "ip")
    assert (short.values("ip.len"), short.values("ip.ttl")) == ((10,), ())
    assert one(ethernet(_ip(version=5) / _DATAGRAM)).protocols == ("eth", "ip")


def test_packets_in_packets_are_followed() -> None:
    inner = IP(src="10.1.1.1", dst="10.1.1.2") / _DATAGRAM
    packet = one(ethernet(_ip() / inner))
    assert packet.protocols == ("eth", "ip", "ip", "udp", "data")
    assert packet.values("ip.src", 2) == (bytes((10, 1, 1, 1)),)
