import pytest
from frames import CLIENT, CLIENT_MAC, SERVER, error, one, udp
from scapy.layers.inet import IP, UDP

from wirelab.verify.errors import FilterError
from wirelab.verify.fields import FIELDS

_ASKED = IP(src=CLIENT, dst=SERVER, ttl=1) / UDP(sport=40000, dport=45000) / b"hello"
_CLIENT, _SERVER = bytes((10, 0, 0, 1)), bytes((10, 0, 0, 2))


def test_values_come_in_the_order_of_the_layers() -> None:
    packet = one(error(_ASKED))
    assert packet.values("ip.src") == (_SERVER, _CLIENT)
    assert packet.values("ip.addr") == (_SERVER, _CLIENT, _CLIENT, _SERVER)


def test_a_layer_is_counted_within_its_protocol_from_1() -> None:
    packet = one(error(_ASKED))
    assert packet.values("ip.src", 1) == (_SERVER,)
    assert packet.values("ip.src", 2) == (_CLIENT,)
    assert packet.values("udp.dstport", 1) == (45000,)


@pytest.mark.parametrize("layer", [-1, 0, 3])
def test_a_layer_that_is_not_there_has_no_values(layer: int) -> None:
    assert one(error(_ASKED)).values("ip.src", layer) == ()


def test_an_absent_field_has_no_values() -> None:
    assert one(udp(b"x")).values("arp.opcode") == ()


def test_an_unknown_field_is_an_error() -> None:
    with pytest.raises(FilterError):
        one(udp(b"x")).values("ip.source")


def test_a_protocol_that_carries_others_is_the_bytes_of_its_header() -> None:
    packet = one(udp(b"hello"))
    assert list(map(len, packet.values("udp") + packet.values("ip"))) == [8, 20]
    assert packet.values("eth")[0][6:12] == bytes.fromhex(CLIENT_MAC.replace(":", ""))
    assert packet.values("frame")[0].endswith(b"hello")


def test_protocols_are_named_from_the_outermost_on() -> None:
    packet = one(error(_ASKED))
    assert packet.protocols == ("eth", "ip", "icmp", "ip", "udp", "data")
    assert packet.has("udp")
    assert packet.has("frame")
    assert not packet.has("tcp")
    assert repr(packet) == "<Packet 1 eth:ip:icmp:ip:udp:data>"


def test_a_field_that_was_looked_up_before_is_read_directly() -> None:
    assert one(udp(b"x")).read(FIELDS["udp.srcport"]) == (40000,)
