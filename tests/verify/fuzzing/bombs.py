"""Captures that are made to cost more than they should: each grows with a number.

Two kinds: so many frames, or one frame of about so many bytes.
"""

from __future__ import annotations

import struct

from wirelab.verify.frame import Frame

_ETHER = bytes.fromhex("020000000002020000000001")
_CLIENT, _SERVER = bytes((10, 0, 0, 1)), bytes((10, 0, 0, 2))
_CLIENT6, _SERVER6 = bytes(15) + b"\1", bytes(15) + b"\2"
_MS = 1_000_000
_LONGEST = 65535


def captured(packets: list[bytes]) -> list[Frame]:
    """Frames, one a millisecond."""
    return [
        Frame(number, number * _MS, "", data, len(data)) for number, data in enumerate(packets, 1)
    ]


def ip(
    protocol: int, payload: bytes, *, back: bool = False, number: int = 1, word: int = 0
) -> bytes:
    """A frame with an IPv4 packet; one that is too long says 0, as segmentation offload does."""
    ends = _SERVER + _CLIENT if back else _CLIENT + _SERVER
    return _ETHER + b"\x08\0" + ipv4(protocol, payload, ends, number, word)


def ipv4(
    protocol: int, payload: bytes, ends: bytes = _CLIENT + _SERVER, number: int = 1, word: int = 0
) -> bytes:
    length = 20 + len(payload)
    said = length if length <= _LONGEST else 0
    head = struct.pack(">BBHHHBBH", 0x45, 0, said, number, word, 64, protocol, 0)
    return head + ends + payload


def ipv6(following: int, payload: bytes) -> bytes:
    length = len(payload) if len(payload) <= _LONGEST else 0
    head = struct.pack(">IHBB", 6 << 28, length, following, 64)
    return _ETHER + b"\x86\xdd" + head + _CLIENT6 + _SERVER6 + payload


def tcp(
    seq: int, data: bytes = b"", *, ack: int = 1, flags: int = 0x18, port: int = 45000,
    back: bool = False,
) -> bytes:  # fmt: skip
    ports = (port, 40000) if back else (40000, port)
    head = struct.pack(
        ">HHIIBBHHH", *ports, seq & 0xFFFFFFFF, ack & 0xFFFFFFFF, 0x50, flags, 9, 0, 0
    )
    return ip(6, head + data, back=back)


def udp(data: bytes, source: int, destination: int) -> bytes:
    length = 8 + len(data)
    head = struct.pack(">HHHH", source, destination, length if length <= _LONGEST else 0, 0)
    return ip(17, head + data)


def fragments_with_a_hole(count: int) -> list[bytes]:
    """Fragments of one datagram again and again, of which one is missing."""
    last = ip(17, bytes(8), word=0x1FF0)
    pieces = [ip(17, bytes(8), word=0x2000 | (1 + number % 0x1FEF)) for number in range(count)]
    return [last, *pieces]


def fragments_all_alike(count: int) -> list[bytes]:
    """One fragment again and again, more bytes than the datagram has."""
    return [ip(17, bytes(8), word=4), *[ip(17, bytes(8), word=0x2001)] * count]


def fragments_of_many(count: int) -> list[bytes]:
    """The first fragment of many datagrams, none of which is ever whole."""
    return [ip(17, bytes(8), number=number & 0xFFFF, word=0x2000) for number in range(count)]


def fragments6_with_a_hole(count: int) -> list[bytes]:
    heads = [struct.pack(">BxHI", 17, (2 + number % 0x1FF0) << 3 | 1, 7) for number in range(count)]
    last = struct.pack(">BxHI", 17, 0x1FF8 << 3, 7)
    return [ipv6(44, head + bytes(8)) for head in [last, *heads]]


def repeated_acks(count: int) -> list[bytes]:
    """Segments that nobody acknowledges, and as many repetitions of one acknowledgment."""
    half = count // 2
    return [
        *[tcp(1000 + number * 10, bytes(10)) for number in range(half)],
        *[tcp(1, ack=1000, flags=0x10, back=True)] * half,
    ]


def acks_of_a_wide_flight(count: int) -> list[bytes]:
    """Many bytes on their way, of which each acknowledgment takes a few off while others come."""
    flight = min(count // 2, 10_000)
    made = [tcp(1000 + number * 10, bytes(10)) for number in range(flight)]
    for number in range((count - flight) // 2):
        made.append(tcp(1, ack=1000 + (number + 1) * 10, flags=0x10, back=True))
        made.append(tcp(1000 + (flight + number) * 10, bytes(10)))
    return made


def acks_to_and_fro(count: int) -> list[bytes]:
    """Overlapping segments out of order, and acknowledgments in the midst of all of them."""
    half = count // 2
    made = [tcp(1000 - number % 7 + number % 5 * 1000, bytes(1400)) for number in range(half)]
    for number in range(half // 2):
        made.append(tcp(1, ack=1200 + number % 100, flags=0x10, back=True))
        made.append(tcp(1000 + number % 900, bytes(1400)))
    return made


def segments_out_of_order(count: int) -> list[bytes]:
    """Every segment leaves a gap, the last ones first."""
    return [tcp(10_000_000 - number * 20, b"x" * 10, port=80) for number in range(count)]


def header_byte_by_byte(count: int) -> list[bytes]:
    """An HTTP header that never ends, a byte a segment."""
    start = b"GET / HTTP/1.1\r\n"
    return [
        tcp(1, start, port=80),
        *[tcp(1 + len(start) + number, b"x", port=80) for number in range(count)],
    ]


_CHUNKED = b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"


def chunk_by_chunk(count: int) -> list[bytes]:
    """An HTTP body in chunks of a byte, a chunk a segment, that never ends."""
    first = 1 + len(_CHUNKED)
    return [
        tcp(1, _CHUNKED, port=80),
        *[tcp(first + number * 6, b"1\r\nx\r\n", port=80) for number in range(count)],
    ]


def chunk_size_without_end(count: int) -> list[bytes]:
    """The line with a chunk's size, a byte a segment, that never ends."""
    first = 1 + len(_CHUNKED)
    return [
        tcp(1, _CHUNKED, port=80),
        *[tcp(first + number, b"1", port=80) for number in range(count)],
    ]


def length_byte_by_byte(count: int) -> list[bytes]:
    """A body with a length, a byte a segment, and header after header."""
    data = b"GET / HTTP/1.1\r\nContent-Length: 40\r\n\r\n" + bytes(40)
    stream = data * (count // len(data) + 1)
    return [tcp(1 + number, stream[number : number + 1], port=80) for number in range(count)]


def queries_unanswered(count: int) -> list[bytes]:
    query = b"\1\0\0\1\0\0\0\0\0\0\1a\1b\0\0\1\0\1"
    return [udp(struct.pack(">H", number & 0xFFFF) + query, 40000, 53) for number in range(count)]


def echoes_unanswered(count: int) -> list[bytes]:
    return [ip(1, b"\x08\0\0\0" + struct.pack(">I", number)) for number in range(count)]


def connections(count: int) -> list[bytes]:
    """Many connections of one segment."""
    return [tcp(1, flags=2, ack=0, port=number % 65536) for number in range(count)]


def reopened(count: int) -> list[bytes]:
    """One pair of ports, a new connection in every frame."""
    return [tcp(number * 1000, flags=2, ack=0) for number in range(count)]


MANY_FRAMES = (
    fragments_with_a_hole, fragments_all_alike, fragments_of_many, fragments6_with_a_hole,
    repeated_acks, acks_of_a_wide_flight, acks_to_and_fro, segments_out_of_order,
    header_byte_by_byte, chunk_by_chunk, chunk_size_without_end, length_byte_by_byte,
    queries_unanswered, echoes_unanswered, connections, reopened,
)  # fmt: skip
"""Functions that make so many frames."""


def tags_in_tags(size: int) -> bytes:
    return _ETHER + b"\x81\0" + b"\0\1\x81\0" * (size // 4)


def ip_in_ip(size: int) -> bytes:
    return ip(4, b"".join([ipv4(4, b"")[:2] + b"\0\0" + ipv4(4, b"")[4:]] * (size // 20)))


def ipv6_in_ipv6(size: int) -> bytes:
    return ipv6(41, ipv6(41, b"")[14:] * (size // 40))


def gre_in_gre(size: int) -> bytes:
    inner = b"\0\0\x08\0" + ipv4(47, b"")[:2] + b"\0\0" + ipv4(47, b"")[4:]
    return ip(47, inner * (size // 24))


def quotes_in_quotes(size: int) -> bytes:
    """An ICMP error about an ICMP error about …"""
    inner = b"\x0b\0\0\0\0\0\0\0" + ipv4(1, b"")[:2] + b"\0\0" + ipv4(1, b"")[4:]
    return ip(1, inner * (size // 28))


def options6(size: int) -> bytes:
    return ipv6(60, b"\x3c\0\0\0\0\0\0\0" * (size // 8))


def routes6(size: int) -> bytes:
    return ipv6(43, (b"\x2b\2\0\1\0\0\0\0" + _SERVER6) * (size // 24))


def dns_pointers(size: int) -> bytes:
    """Pointers to pointers to pointers, and many names that begin with the last one."""
    size = min(size, 65000)
    chain = b"\0" + b"".join(
        struct.pack(">H", 0xC000 | (12 + max(2 * place - 1, 0)))
        for place in range(min(size // 8, 8000))
    )
    last = struct.pack(">H", 0xC000 | (12 + len(chain) - 2)) + b"\0\1\0\1"
    count = (size - len(chain)) // 6
    head = struct.pack(">6H", 1, 0, count + 1, 0, 0, 0)
    return udp(head + chain + last * count, 40000, 53)


def dns_records(size: int) -> bytes:
    count = min(size, 65000) // 15
    head = struct.pack(">6H", 1, 0x8000, 0, count, 0, 0)
    return udp(head + b"\0\0\1\0\1\0\0\0\0\0\4abcd" * count, 53, 40000)


def dns_long_names(size: int) -> bytes:
    """One name of 127 labels, and many that point to it."""
    count = min(size, 65000) // 6
    head = struct.pack(">6H", 1, 0, count + 1, 0, 0, 0)
    name = b"\1a" * 126 + b"\0\0\1\0\1"
    return udp(head + name + b"\xc0\x0c\0\1\0\1" * count, 40000, 53)


def dns_empty_messages(size: int) -> bytes:
    return tcp(1, bytes(size), port=53)


def dns_short_messages(size: int) -> bytes:
    return tcp(1, (b"\0\x0c" + bytes(12)) * (size // 14), port=53)


def dhcp_pads(size: int) -> bytes:
    return udp(bytes(236) + b"\x63\x82\x53\x63" + bytes(size), 68, 67)


def dhcp_overloads(size: int) -> bytes:
    fixed = b"\2\1\6\0" + bytes(40) + b"\x0c\0" * 96
    return udp(fixed + b"\x63\x82\x53\x63" + b"\x34\1\3" * (size // 3), 68, 67)


def dhcp_options(size: int) -> bytes:
    return udp(bytes(236) + b"\x63\x82\x53\x63" + b"\x0c\1x" * (size // 3), 68, 67)


def tls_records(size: int) -> bytes:
    return tcp(1, b"\x17\3\3\0\1x" * (size // 6), port=443)


def http_messages(size: int) -> bytes:
    return tcp(1, b"GET / HTTP/1.1\r\n\r\n" * (size // 18), port=80)


def http_headers(size: int) -> bytes:
    return tcp(1, b"GET / HTTP/1.1\r\n" + b"a:\r\n" * (size // 4) + b"\r\n", port=80)


def http_spaces(size: int) -> bytes:
    return tcp(1, b"GET " + b"/" * 300 + b" " * size + b"\r\n\r\n", port=80)


def ftp_lines(size: int) -> bytes:
    return tcp(1, b"EPRT |1|1" * (size // 9) + b"\r\n", port=21)


def listener_records(size: int) -> bytes:
    count = min(size // 20, _LONGEST)
    head = struct.pack(">BBHHH", 143, 0, 0, 0, count)
    return ipv6(58, head + (b"\1\0\0\0" + _SERVER6) * count)


def neighbour_options(size: int) -> bytes:
    return ipv6(58, b"\x87\0\0\0" + bytes(20) + b"\1\1\2\0\0\0\0\1" * (size // 8))


def text_records(size: int) -> bytes:
    """A DNS record of very many empty strings."""
    size = min(size, 60000)
    head = struct.pack(">6H", 1, 0x8000, 0, 1, 0, 0)
    return udp(head + b"\0\0\x10\0\1\0\0\0\0" + struct.pack(">H", size) + bytes(size), 53, 40000)


ONE_FRAME = (
    tags_in_tags, ip_in_ip, ipv6_in_ipv6, gre_in_gre, quotes_in_quotes, options6, routes6,
    dns_pointers, dns_records, dns_long_names, dns_empty_messages, dns_short_messages, dhcp_pads,
    dhcp_overloads, dhcp_options, tls_records, http_messages, http_headers, http_spaces, ftp_lines,
    listener_records, neighbour_options, text_records,
)  # fmt: skip
"""Functions that make one frame of about so many bytes."""
