import pytest
from frames import CLIENT, MS, SERVER, dissected, ethernet, one, reply, udp
from scapy.layers.inet import IP, UDP
from scapy.layers.snmp import SNMP, SNMPget

from wirelab.verify.packet import Packet


def _length(length: int) -> Packet:
    datagram = UDP(sport=40000, dport=45000, len=length, chksum=0) / b"vwxyz"
    return one(ethernet(IP(src=CLIENT, dst=SERVER) / datagram))


def test_ports_and_payload_are_read() -> None:
    packet = one(udp(b"hello"))
    assert packet.values("udp.port") == (40000, 45000)
    assert packet.values("udp.length") == (13,)
    assert packet.values("udp.payload") == (b"hello",)


@pytest.mark.parametrize(("checksum", "status"), [(None, 1), (1, 0), (0, 3)])
def test_a_checksum_is_right_wrong_or_absent(checksum, status) -> None:
    header = UDP(sport=40000, dport=45000, chksum=checksum)
    packet = one(ethernet(IP(src=CLIENT, dst=SERVER) / header / b"x"))
    assert packet.values("udp.checksum.status") == (status,)


def test_both_directions_are_one_conversation() -> None:
    packets = dissected(udp(b"x"), udp(b"x", 40001), reply(b"y"), udp(b"z"))
    assert [packet.values("udp.stream") for packet in packets] == [(0,), (1,), (0,), (0,)]
    assert packets[3].values("udp.time_relative") == (30 * MS,)
    assert packets[3].values("udp.time_delta") == (10 * MS,)


@pytest.mark.parametrize(
    ("ports", "protocol"), [((40000, 161), "snmp"), ((53, 40000), "dns"), ((40000, 45000), "data")]
)
def test_the_lower_known_port_tells_the_protocol(ports, protocol) -> None:
    message = SNMP(PDU=SNMPget(varbindlist=[]))
    assert one(udp(message, *ports)).protocols[3] == protocol


def test_a_length_below_the_header_ends_the_dissection() -> None:
    packet = _length(7)
    assert packet.protocols == ("eth", "ip", "udp")
    assert packet.values("udp.length") == (7,)
    assert packet.values("udp.checksum") == ()


def test_a_length_below_the_packet_s_leaves_the_rest_out() -> None:
    assert _length(9).values("data.data") == (b"v",)
