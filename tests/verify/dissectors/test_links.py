import pytest
from frames import one, udp

from wirelab.verify.frame import LinkType

_IP = bytes(udp(b"x"))[14:]
_IP6 = b"\x60" + bytes(5) + b"\x3b\x40" + bytes(32)


def test_a_cooked_header_says_who_sent_to_whom() -> None:
    header = b"\0\4\0\1\0\6\2\0\0\0\0\1\0\0\x08\0"
    packet = one(header + _IP, LinkType.LINUX_SLL)
    assert packet.protocols == ("sll", "ip", "udp", "data")
    assert packet.values("sll.pkttype") == (4,)
    assert packet.values("sll.src.eth") == (bytes.fromhex("020000000001"),)
    assert packet.values("sll.etype") == (0x0800,)


def test_a_cooked_header_of_version_2_names_the_interface() -> None:
    header = b"\x08\0\0\0\0\0\0\3\0\1\4\6\2\0\0\0\0\1\0\0"
    packet = one(header + _IP, LinkType.LINUX_SLL2)
    assert packet.protocols == ("sll", "ip", "udp", "data")
    assert packet.values("sll.ifindex") == (3,)
    assert packet.values("sll.hatype") == (1,)


@pytest.mark.parametrize(
    ("header", "linktype", "family"),
    [
        (b"\2\0\0\0", LinkType.NULL, 2),
        (b"\0\0\0\2", LinkType.NULL, 2),
        (b"\0\0\0\2", LinkType.LOOP, 2),
    ],
)
def test_a_loopback_header_is_read_in_both_byte_orders(header, linktype, family) -> None:
    packet = one(header + _IP, linktype)
    assert packet.protocols[:2] == ("null", "ip")
    assert packet.values("null.family") == (family,)


def test_without_a_header_the_packet_tells_its_version() -> None:
    assert one(_IP, LinkType.RAW).protocols[:2] == ("raw", "ip")
    assert one(_IP6, LinkType.RAW).protocols[:2] == ("raw", "ipv6")
    assert one(_IP, LinkType.IPV4).protocols[0] == "ip"
    assert one(_IP6, LinkType.IPV6).protocols[0] == "ipv6"
    assert one(b"\0\0", LinkType.RAW).protocols == ("raw", "data")
