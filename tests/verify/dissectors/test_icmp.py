import struct

import pytest
from frames import CLIENT, MS, SERVER, START, dissected, error, ethernet, one
from scapy.layers.inet import ICMP, IP, TCP, UDP
from scapy.packet import Packet

_ASKED = IP(src=CLIENT, dst=SERVER, ttl=1) / UDP(sport=40000, dport=45000) / (b"h" * 100)


def _echo(kind: int, number: int, data: bytes = b"x" * 40) -> Packet:
    source, destination = (CLIENT, SERVER) if kind == 8 else (SERVER, CLIENT)
    return ethernet(IP(src=source, dst=destination) / ICMP(type=kind, id=7, seq=number) / data)


def test_identifier_and_number_are_read_in_both_byte_orders() -> None:
    packet = one(_echo(8, 0x0102))
    assert packet.values("icmp.ident") == (7,)
    assert packet.values("icmp.ident_le") == (0x0700,)
    assert packet.values("icmp.seq") == (0x0102,)
    assert packet.values("icmp.seq_le") == (0x0201,)
    assert packet.values("data.len") == (40,)


def test_a_reply_finds_its_request() -> None:
    packets = dissected(_echo(8, 1), _echo(8, 2), _echo(0, 1))
    assert packets[0].values("icmp.resp_in") == (3,)
    assert packets[0].values("icmp.no_resp") == ()
    assert packets[1].values("icmp.no_resp") == (True,)
    assert packets[2].values("icmp.resp_to") == (1,)
    assert packets[2].values("icmp.resptime") == (20.0,)


def test_only_the_first_reply_with_the_same_data_answers() -> None:
    packets = dissected(_echo(8, 1), _echo(0, 1, b"y" * 40), _echo(0, 1), _echo(0, 1))
    assert [packet.values("icmp.resp_to") for packet in packets] == [(), (), (1,), ()]


@pytest.mark.parametrize("order", "<>")
def test_the_time_in_an_echo_is_found_in_both_byte_orders(order: str) -> None:
    stamp = struct.pack(order + "II", START // 1000 // MS, 123456)
    packet = one(_echo(8, 1, stamp + b"x" * 48))
    assert packet.values("icmp.data_time") == (START // 1000 // MS * 1000 * MS + 123_456_000,)
    assert packet.values("icmp.data_time_relative") == (136_544_000,)
    assert packet.values("data.len") == (48,)


def test_data_that_are_no_time_of_this_day_are_only_data() -> None:
    packet = one(_echo(8, 1, bytes(56)))
    assert packet.values("icmp.data_time") == ()
    assert packet.values("data.len") == (56,)


def test_an_error_quotes_the_packet_that_it_is_about() -> None:
    packet = one(error(_ASKED, 3, 3))
    assert (packet.values("icmp.type"), packet.values("icmp.code")) == ((3,), (3,))
    assert packet.values("ip.dst", 2) == (bytes((10, 0, 0, 2)),)
    assert packet.values("ip.ttl", 2) == (1,)
    assert packet.values("udp.dstport") == (45000,)


def test_a_short_quote_is_not_malformed() -> None:
    packet = one(error(bytes(_ASKED)[:28], 11, 0))
    assert packet.protocols == ("eth", "ip", "icmp", "ip", "udp")
    assert packet.values("icmp.checksum.status") == (1,)
    assert packet.values("udp.checksum.status") == (2,)


def test_of_eight_quoted_bytes_of_tcp_the_numbers_are_known() -> None:
    opened = IP(src=CLIENT, dst=SERVER) / TCP(sport=40000, dport=45000, flags="S", seq=100)
    packet = one(error(bytes(opened)[:28], 11, 0))
    assert packet.values("tcp.dstport") == (45000,)
    assert packet.values("tcp.seq") == (100,)
    assert packet.values("tcp.flags") == ()


def test_what_an_error_wants_to_be_done_is_read() -> None:
    assert one(error(_ASKED, 3, 4, nexthopmtu=1400)).values("icmp.mtu") == (1400,)
    assert one(error(_ASKED, 3, 3)).values("icmp.mtu") == ()
    assert one(error(_ASKED, 12, 0, ptr=22)).values("icmp.pointer") == (22,)
    assert one(error(_ASKED, 5, 1, gw="10.0.0.9")).values("icmp.redir_gw") == (
        bytes((10, 0, 0, 9)),
    )


def test_a_checksum_is_validated() -> None:
    bad = ethernet(IP(src=CLIENT, dst=SERVER) / ICMP(type=8, chksum=1) / b"x")
    assert one(bad).values("icmp.checksum.status") == (0,)
    assert one(_echo(8, 1)).values("icmp.checksum.status") == (1,)


def test_a_type_that_no_stack_sends_is_only_a_type() -> None:
    packet = one(ethernet(IP() / ICMP(type=30) / bytes(8)))
    assert packet.protocols == ("eth", "ip", "icmp")
    assert packet.values("icmp.type") == (30,)
