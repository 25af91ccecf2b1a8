"""Offloaded TCP frames are cut by the kernel into segments that others find valid."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from replay_labs import NEAR, arrived, in_pair
from scapy.layers.inet import IP, TCP, UDP
from scapy.layers.inet6 import IPv6, IPv6ExtHdrDestOpt
from scapy.layers.l2 import Dot1Q, Ether
from written import SECOND, pcap

from wirelab.traffic.replay.offload import Cuts, cuts
from wirelab.traffic.replay.order import Order
from wirelab.traffic.replay.sender import play

if TYPE_CHECKING:
    from pathlib import Path

    from scapy.packet import Packet

    from wirelab.emulator import Lab
    from wirelab.traffic.replay.sent import Sent

ETHER = Ether(src="02:00:00:00:00:01", dst="02:00:00:00:00:02")
FOUR = IP(src="192.0.2.1", dst="192.0.2.2", id=7, flags="DF")
SIX = IPv6(src="2001:db8::1", dst="2001:db8::ffff")
PAYLOAD = bytes(range(256)) * 40
MTU = 1500


def tcp(payload: bytes = PAYLOAD, **more: Any) -> Packet:
    return TCP(sport=1, dport=2, seq=1000, ack=5, flags="PA", **more) / payload


LARGE = {
    "IPv4": ETHER / FOUR / tcp(),
    "IPv6": ETHER / SIX / tcp(),
    "a VLAN": ETHER / Dot1Q(vlan=5) / FOUR / tcp(),
    "IPv6 in a VLAN": ETHER / Dot1Q(vlan=5) / SIX / tcp(),
    "options": ETHER / FOUR / tcp(options=[("Timestamp", (7, 8))]),
    "an ECN answer": ETHER / FOUR / (TCP(flags="PAC", seq=1000) / PAYLOAD),
}


def one(data: bytes, mtu: int = MTU) -> Cuts:
    at = np.zeros(1, np.int64)
    return cuts(np.frombuffer(data, np.uint8), at, at, np.array([len(data)]), mtu)


def cut(frames: list[bytes]) -> tuple[Sent, list[bytes]]:
    """What came of frames that may be cut; a last small one says that all is there."""
    last = b"\2\0\0\0\0\2\2\0\0\0\0\1\x88\xb5" + bytes(46)

    def work(lab: Lab) -> tuple[Sent, list[bytes]]:
        sent = play(lab, {NEAR: Order.of_bytes([*frames, last], segment=True)})[NEAR]
        count = 0
        while last not in (there := arrived(lab, count)):
            count = len(there) + 1
        return sent, there

    sent, there = in_pair(work)
    assert there.pop() == last
    return sent, there


@pytest.mark.parametrize("kind", LARGE)
def test_the_segments_are_valid_and_have_all_the_payload(kind: str, tmp_path: Path) -> None:
    small = bytes(ETHER / FOUR / UDP(sport=5, dport=6) / b"between")
    sent, there = cut([small, bytes(LARGE[kind]), small])
    assert (sent.segmented, sent.refused, sent.frames, sent.complete) == ((1,), (), 4, True)
    assert (there[0], there[-1]) == (small, small)
    segments = there[1:-1]
    tagged = 4 * ("VLAN" in kind)
    assert max(map(len, segments)) == MTU + 14 + tagged
    assert b"".join(each[headers(each) :] for each in segments) == PAYLOAD
    assert verdicts(segments, tmp_path) == {("1", "" if "6" in kind else "1")}
    step = len(segments[0]) - headers(segments[0])
    numbers = [Ether(each)[TCP].seq for each in segments]
    assert numbers == [1000 + step * number for number in range(len(segments))]
    pushed = ["P" in Ether(each)[TCP].flags for each in segments]
    assert pushed == [False] * (len(segments) - 1) + [True]


def headers(segment: bytes) -> int:
    """Where its payload begins."""
    read = Ether(segment)
    return len(segment) - len(read[TCP].payload)


def verdicts(frames: list[bytes], folder: Path) -> set[tuple[str, ...]]:
    """What tshark thinks of the checksums of TCP and IPv4; 1 is good."""
    path = folder / "segments.pcap"
    path.write_bytes(pcap([(n * SECOND, each, len(each)) for n, each in enumerate(frames)]))
    options = [f"-o{layer}.check_checksum:TRUE" for layer in ("tcp", "ip")]
    fields = [f"-e{layer}.checksum.status" for layer in ("tcp", "ip")]
    argv = ["tshark", "-nr", str(path), *options, "-Tfields", *fields]
    told = subprocess.run(argv, capture_output=True, text=True, check=True).stdout
    return {tuple(line.split("\t")) for line in told.splitlines()}


def test_a_trailer_and_an_open_length_do_no_harm(tmp_path: Path) -> None:
    whole = bytes(LARGE["IPv4"])
    opened = whole[:16] + b"\0\0" + whole[18:]
    for data in (whole + b"\xee" * 9, opened):
        sent, there = cut([data])
        assert sent.segmented == (0,)
        assert b"".join(each[headers(each) :] for each in there) == PAYLOAD
        assert verdicts(there, tmp_path) == {("1", "1")}


NOT_WHOLE = {
    "UDP": ETHER / FOUR / UDP() / PAYLOAD,
    "a fragment": ETHER / IP(flags="MF") / tcp(),
    "an extension header": ETHER / SIX / IPv6ExtHdrDestOpt() / tcp(),
    "another protocol": ETHER / PAYLOAD,
}


@pytest.mark.parametrize("kind", NOT_WHOLE)
def test_what_is_no_whole_segment_is_refused(kind: str) -> None:
    sent, there = cut([bytes(NOT_WHOLE[kind])])
    assert (sent.segmented, sent.refused, there) == ((), (0,), [])


def test_what_the_capture_cut_is_refused() -> None:
    whole = bytes(LARGE["IPv4"])
    sent, there = cut([whole[:-1], whole[:40]])
    assert (sent.segmented, sent.refused) == ((), (0,))
    assert there == [whole[:40]]


def test_an_mtu_that_has_no_room_for_headers_cuts_nothing() -> None:
    assert len(one(bytes(LARGE["IPv4"]), 48).at) == 1
    assert len(one(bytes(LARGE["IPv4"]), 47).at) == 0


@given(st.binary(max_size=80), st.sampled_from([b"\x08\0", b"\x86\xdd", b"\x81\0\0\5\x08\0"]))
def test_any_bytes_are_cut_inside_or_not_at_all(rest: bytes, kind: bytes) -> None:
    data = bytes(12) + kind + rest
    found = one(data)
    for size, checksum, header in zip(found.size, found.checksum, found.headers, strict=True):
        assert 0 < checksum < checksum + 2 < size <= len(data)
        assert header["header"] < size
