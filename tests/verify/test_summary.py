"""A frame in a few words."""

from __future__ import annotations

import struct

from fuzzing.bombs import ip, ipv6

from wirelab.verify.dissect import dissect
from wirelab.verify.found import by_itself
from wirelab.verify.frame import Frame
from wirelab.verify.summary import summary

_MORE = 0x2000
_ECHO = b"\x08\0" + bytes(6) + bytes(24)


def _frames(*packets: bytes) -> list[Frame]:
    return [Frame(n, n, "", data, len(data)) for n, data in enumerate(packets, start=1)]


def _told(*packets: bytes) -> list[str]:
    """What is said about frames, but for their ends."""
    found = [summary(packet).split() for packet in dissect(_frames(*packets))]
    return [" ".join([words[0], *words[4:]]) for words in found]


def test_fragments_are_told_apart_by_where_they_belong() -> None:
    first = ip(1, _ECHO[:16], number=7, word=_MORE)
    second = ip(1, _ECHO[16:24], number=7, word=_MORE | 2)
    last = ip(1, _ECHO[24:], number=7, word=3)
    assert _told(first, second, last) == [
        "ip frag_offset=0 mf=1",
        "ip frag_offset=2 mf=1",
        "icmp frag_offset=3 mf=0 type=8 code=0",
    ]


def test_so_are_those_of_ipv6() -> None:
    head = struct.pack(">BBHI", 58, 0, 1, 7)
    tail = struct.pack(">BBHI", 58, 0, 1 << 3, 7)
    payload = b"\x80\0" + bytes(14)
    assert _told(ipv6(44, head + payload[:8]), ipv6(44, tail + payload[8:])) == [
        "ipv6 offset=0 more=1",
        "icmpv6 offset=1 more=0 type=128 code=0",
    ]


def test_a_whole_datagram_is_no_fragment_and_an_error_about_one_is_none() -> None:
    quoted = ip(1, _ECHO[16:24], number=7, word=_MORE | 2)[14:]
    error = ip(1, b"\x0b\x01" + bytes(6) + quoted)
    assert _told(ip(1, _ECHO), error) == ["icmp type=8 code=0", "icmp type=11 code=1"]


def test_by_itself_the_last_fragment_is_a_fragment() -> None:
    (last,) = _frames(ip(1, _ECHO[24:], number=7, word=3))
    assert str(by_itself(last)).endswith("frag_offset=3 mf=0")
    assert by_itself(last).protocol == "ip"
