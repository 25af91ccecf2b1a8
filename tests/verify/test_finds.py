"""What the fuzzer found, each as small as it could be made."""

from __future__ import annotations

import struct

import pytest
from frames import Talk, dissected
from fuzzing.bombs import ip, ipv4, ipv6, tcp, udp
from fuzzing.targets import read_all

from wirelab.verify.dissect import dissect
from wirelab.verify.dissectors.checksum import BAD, GOOD, adds_up
from wirelab.verify.frame import Frame, LinkType

CUT = {
    "a router advertisement of ICMP behind its type": ip(1, b"\x09"),
    "a quoted router advertisement": ip(1, b"\x03\0\0\0\0\0\0\0" + ipv4(1, b"\x09\0\0\0")),
    "a routing header behind its length": ipv6(43, b"\x11\2"),
    "a routing header behind its next header": ipv6(43, b"\x11"),
    "a fragment header": ipv6(44, b"\x11\0\0"),
    "an extension header that is longer than the packet": ipv6(60, b"\x06\xff" + bytes(6)),
    "a DNS header": udp(b"\0\1\0\0\0", 40000, 53),
    "a DNS name that points to itself": udp(
        b"\0\1\0\0\0\1" + bytes(6) + b"\xc0\x0c\0\1\0\1", 40000, 53
    ),
    "an empty DNS message over TCP": tcp(1, b"\0\0", port=53),
    "a DHCP message behind its cookie": udp(bytes(236) + b"\x63\x82\x53\x63\x35", 68, 67),
    "a neighbour option of no length": ipv6(58, b"\x87\0\0\0" + bytes(20) + b"\1\0"),
    "a listener report of many records": ipv6(58, b"\x8f\0\0\0\0\0\xff\xff"),
    "an EPRT of no address": tcp(1, b"EPRT |2|:::::|1|\r\n", port=21),
    "a TLS hello": tcp(1, b"\x16\3\1\0\6\1\0\0\2\3\3", port=443),
    "chunks of a size without end": tcp(
        1, b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nfffffffff\r\n", port=80
    ),
}


@pytest.mark.parametrize("name", CUT)
def test_what_ends_early_has_no_values_where_it_has_no_bytes(name: str) -> None:
    for keep in range(len(CUT[name]) + 1):
        data = CUT[name][:keep]
        for more in (0, 9):
            for packet in dissect([Frame(1, 0, "", data, keep + more)]):
                read_all(packet)


def test_where_time_goes_backwards_a_number_of_seconds_wraps_as_in_wireshark() -> None:
    """AssertionError: ('arp.seconds-since-duplicate-address-frame', -1)."""
    first = bytes.fromhex("ffffffffffff 020000000001 0806 0001 0800 06 04 0002"
                          "020000000001 0a000001 020000000009 0a000009")  # fmt: skip
    second = first.replace(bytes.fromhex("020000000001"), bytes.fromhex("020000000002"))
    frames = [
        Frame(1, 5_000_000_000, "", first, len(first)),
        Frame(2, 4_000_000_000, "", second, len(second)),
    ]
    assert dissect(frames)[1].values("arp.seconds-since-duplicate-address-frame") == (0xFFFFFFFF,)


@pytest.mark.parametrize("make", [lambda data: tcp(1, data), lambda data: udp(data, 1, 2)])
@pytest.mark.parametrize("version", [4, 6])
def test_a_segment_longer_than_its_length_can_say_has_a_checksum(make, version: int) -> None:
    """OverflowError: int too big to convert, in the pseudo-header."""
    whole = make(bytes(100_000))
    data = whole if version == 4 else ipv6(whole[23], whole[34:])
    (packet,) = dissect([Frame(1, 0, "", data, len(data))])
    read_all(packet)
    protocol = packet.protocols[-2] if packet.protocols[-1] == "data" else packet.protocols[-1]
    (status,) = packet.values(f"{protocol}.checksum.status") or (BAD,)
    assert status in (BAD, GOOD, 3, 4)


def test_the_checksum_of_a_very_long_segment_can_be_right() -> None:
    data = bytearray(tcp(1, bytes(100_000)))
    length = len(data) - 34
    pseudo = bytes(data[26:34]) + struct.pack(">II", length, 6)
    total = int.from_bytes(pseudo + bytes(data[34:]), "big") % 0xFFFF
    data[50:52] = (0xFFFF - total).to_bytes(2, "big")
    assert adds_up(pseudo + bytes(data[34:]))
    (packet,) = dissect([Frame(1, 0, "", bytes(data), len(data))])
    assert packet.values("tcp.checksum.status") == (GOOD,)


def test_a_dns_message_behind_a_damaged_one_belongs_to_the_same_connection() -> None:
    """Its ends were taken from the bytes of the mark of the damaged one."""
    query = bytes.fromhex("0007 0100 0001 0000 0000 0000 0161 00 0001 0001")
    answer = query[:2] + b"\x81\x00" + query[4:]
    broken = b"\0\2xx"
    talk = Talk(40000, 53).open()
    talk.client("PA", broken + struct.pack(">H", len(query)) + query)
    talk.server("PA", struct.pack(">H", len(answer)) + answer)
    packets = dissected(*talk.sent)
    assert packets[4].values("dns.response_to") == (4,)
    assert packets[3].values("dns.response_in") == (5,)


def test_protocols_in_protocols_end_somewhere() -> None:
    tags = b"\2" * 12 + b"\x81\0" + b"\0\1\x81\0" * 2000
    (packet,) = dissect([Frame(1, 0, "", tags, len(tags))])
    assert len(packet.layers) <= 502
    assert packet.protocols[-1] == "_ws.malformed"


def test_a_name_may_have_a_pointer_before_each_of_its_labels_and_no_more() -> None:
    def message(labels: int, extra: int) -> bytes:
        """A name whose labels lie one behind the other, each with a pointer to the one before."""
        record = b"\0"
        places = [12]
        for _ in range(labels):
            places.append(12 + len(record))
            record += b"\1a" + struct.pack(">H", 0xC000 | places[-2])
        for _ in range(extra):
            places.append(12 + len(record))
            record += struct.pack(">H", 0xC000 | places[-2])
        name = struct.pack(">H", 0xC000 | places[-1])
        size = len(record)
        head = struct.pack(">6H", 1, 0x8000, 0, 2, 0, 0)
        first = b"\0\0\x63\0\1\0\0\0\0"
        shift = len(first) + 2
        moved = _moved(record, shift)
        name = struct.pack(">H", (struct.unpack(">H", name)[0]) + shift)
        data = head + first + struct.pack(">H", size) + moved
        return udp(data + name + b"\0\1\0\1\0\0\0\0\0\4\1\2\3\4", 53, 40000)

    def names(labels: int, extra: int) -> tuple:
        data = message(labels, extra)
        (packet,) = dissect([Frame(1, 0, "", data, len(data))])
        return packet.values("dns.resp.name")

    assert names(3, 0) == ("<Root>", "a.a.a")
    assert names(127, 0)[1].count("a") == 127
    assert names(3, 100)[1] == "a.a.a"
    assert len(names(3, 200)) == 1


def _moved(record: bytes, shift: int) -> bytes:
    """The pointers of a record, which point `shift` bytes farther."""
    moved, at = bytearray(record), 0
    while at < len(record):
        octet = record[at]
        if octet >= 0xC0:
            struct.pack_into(">H", moved, at, struct.unpack_from(">H", record, at)[0] + shift)
            at += 2
        else:
            at += 1 + octet
    return bytes(moved)


@pytest.mark.parametrize("linktype", LinkType)
def test_every_link_bears_every_cut(linktype: LinkType) -> None:
    data = ip(6, bytes(40))[14:]
    for head in (b"", b"\2\0\0\0", b"\0\4\0\1\0\6\2\0\0\0\0\1\0\0\x08\0", b"\x08\0" + bytes(18)):
        for keep in range(len(head) + 30):
            cut = (head + data)[:keep]
            for packet in dissect([Frame(1, 0, "", cut, len(cut), linktype)]):
                read_all(packet)
