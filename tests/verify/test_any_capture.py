"""Every format and link that is read: times, lengths, points and fields are those of tshark."""

from __future__ import annotations

import gzip
import shutil
import struct
import subprocess
from typing import TYPE_CHECKING

import pytest
from frames import CLIENT6, SERVER6, START, ethernet
from oracle import TSHARK, agree, differences, tshark
from samples import SAMPLES
from scapy.layers.inet6 import ICMPv6EchoRequest, IPv6
from written import MAGICS, SECOND, Blocks, pcap

from wirelab.verify.capture import read_capture
from wirelab.verify.fields import FIELDS, Kind, render
from wirelab.verify.frame import Frame, LinkType

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.skipif(TSHARK is None, reason="tshark is not installed")

_ABOUT = ["frame.number", "frame.time_epoch", "frame.len", "frame.cap_len", "frame.time_relative"]
_FIELDS = [
    *_ABOUT, "frame.time_delta", "eth.src", "eth.type", "vlan.id", "vlan.etype", "ieee8021ad.id",
    "ip.src", "ip.dst", "ip.id", "ip.ttl", "ip.proto", "ipv6.src", "ipv6.hlim", "udp.srcport",
    "udp.length", "udp.checksum", "icmp.type", "icmp.seq", "icmpv6.type", "arp.opcode",
    "icmpv6.echo.sequence_number", "_ws.short", "_ws.malformed",
]  # fmt: skip
_GAP = 10_000_001
"""Nanoseconds between frames: microseconds lose a part of it."""


def _packets() -> list[bytes]:
    chosen = [*SAMPLES["arp"]()[:1], *SAMPLES["udp"]()[:3], *SAMPLES["icmp"]()[:3]]
    echo = ethernet(IPv6(src=CLIENT6, dst=SERVER6) / ICMPv6EchoRequest(seq=3))
    return [bytes(each) for each in (*chosen, echo, *SAMPLES["links"]()[:4])]


def _is_the_same(path: Path, names: list[str] = _FIELDS) -> None:
    assert read_capture(path).frames
    assert differences(path, names) == []


def _put(path: Path, data: bytes, *, packed: bool = False) -> Path:
    path.write_bytes(gzip.compress(data) if packed else data)
    return path


def _records(data: list[bytes], cut: int = 1 << 16) -> list[tuple[int, bytes, int]]:
    return [(START + number * _GAP, each[:cut], len(each)) for number, each in enumerate(data)]


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gz"])
@pytest.mark.parametrize("magic", MAGICS.values(), ids=MAGICS)
def test_classic_captures(magic: bytes, packed: bool, tmp_path: Path) -> None:
    _is_the_same(_put(tmp_path / "x", pcap(_records(_packets()), magic), packed=packed))


@pytest.mark.parametrize("magic", MAGICS.values(), ids=MAGICS)
def test_classic_captures_of_a_part_of_each_frame(magic: bytes, tmp_path: Path) -> None:
    _is_the_same(_put(tmp_path / "x", pcap(_records(_packets(), cut=64), magic)))


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gz"])
@pytest.mark.parametrize("order", "<>")
def test_next_generation_captures(order: str, packed: bool, tmp_path: Path) -> None:
    blocks = Blocks(order).section((1, b"a comment")).interface((2, b"lan"), (9, b"\x09"))
    for time, data, length in _records(_packets(), cut=60):
        blocks.packet(data, (2, blocks.pack("I", 1)), (1, b"look"), ticks=time, length=length)
    path = _put(tmp_path / "x", blocks.data, packed=packed)
    names = ["frame.interface_name", "frame.comment", "frame.packet_flags_direction"]
    _is_the_same(path, [*_FIELDS, *names])


@pytest.mark.parametrize("resolution", [0, 3, 6, 7, 9, 0x80, 0x8A, 0x94, 0x9E])
@pytest.mark.parametrize("offset", [0, 100, -100])
@pytest.mark.parametrize("order", "<>")
def test_times_of_every_resolution(
    resolution: int, offset: int, order: str, tmp_path: Path
) -> None:
    base = 2 if resolution & 0x80 else 10
    ticks = START * base ** (resolution & 0x7F) // SECOND
    blocks = Blocks(order).section()
    blocks.interface((9, bytes([resolution])), (14, blocks.pack("q", offset)))
    for number in range(4):
        blocks.packet(b"", ticks=ticks + number * 7)
    _is_the_same(_put(tmp_path / "x", blocks.data), _ABOUT)


HEADERS: dict[LinkType, Callable[[bytes], bytes]] = {
    LinkType.ETHERNET: lambda data: data,
    LinkType.LINUX_SLL: lambda data: b"\0\4\0\1\0\6\2\0\0\0\0\1\0\0" + data[12:],
    LinkType.LINUX_SLL2: lambda data: (
        data[12:14] + b"\0\0\0\0\0\3\0\1\4\6\2\0\0\0\0\1\0\0" + data[14:]
    ),
    LinkType.RAW: lambda data: data[14:],
    LinkType.RAW_12: lambda data: data[14:],
    LinkType.NULL: lambda data: struct.pack("<I", 2 if data[12] == 8 else 24) + data[14:],
    LinkType.LOOP: lambda data: struct.pack(">I", 2 if data[12] == 8 else 24) + data[14:],
}
"""From an Ethernet frame with IP to a frame of another link."""

_HAS_IP = (b"\x08\0", b"\x86\xdd")


@pytest.mark.parametrize("linktype", HEADERS, ids=lambda linktype: linktype.name)
@pytest.mark.parametrize("form", ["pcap", "pcapng"])
def test_every_link_in_both_formats(linktype: LinkType, form: str, tmp_path: Path) -> None:
    chosen = [data for data in _packets() if data[12:14] in _HAS_IP]
    frames = [HEADERS[linktype](data) for data in chosen]
    if form == "pcap":
        number = 12 if linktype == LinkType.RAW_12 else int(linktype)
        made = pcap(_records(frames), MAGICS["nanoseconds, big"], number)
    else:
        blocks = Blocks().section().interface((9, b"\x09"), linktype=int(linktype))
        for time, data, _ in _records(frames):
            blocks.packet(data, ticks=time)
        made = blocks.data
    names = [*_FIELDS, "sll.pkttype", "sll.hatype", "sll.src.eth", "sll.etype", "null.family"]
    _is_the_same(_put(tmp_path / "x", made), names)


@pytest.mark.parametrize("linktype", [LinkType.IPV4, LinkType.IPV6], ids=["ipv4", "ipv6"])
def test_links_that_are_one_version_of_ip(linktype: LinkType, tmp_path: Path) -> None:
    wanted = _HAS_IP[linktype == LinkType.IPV6]
    frames = [data[14:] for data in _packets() if data[12:14] == wanted]
    _is_the_same(_put(tmp_path / "x", pcap(_records(frames), linktype=int(linktype))))


def _stacked(*types: bytes) -> bytes:
    """An ARP request behind tags of these types, with the numbers 5, 6 and so on."""
    data = bytes(SAMPLES["arp"]()[0])
    tags = b"".join(kind + bytes((0x20, 5 + place)) for place, kind in enumerate(types))
    return data[:12] + tags + data[12:]


@pytest.mark.parametrize(
    "types",
    [(b"\x81\0",), (b"\x88\xa8",), (b"\x88\xa8", b"\x81\0"), (b"\x81\0", b"\x81\0")],
    ids=["802.1Q", "802.1ad", "802.1ad and 802.1Q", "two of 802.1Q"],
)
def test_tags(types: tuple[bytes, ...], tmp_path: Path) -> None:
    _is_the_same(_put(tmp_path / "x", pcap(_records([_stacked(*types)]))))


def test_several_interfaces_without_names_and_with_the_same_ones(tmp_path: Path) -> None:
    """tshark gives numbers where we make names, so the numbers are compared with the points."""
    blocks = Blocks().section()
    for name, linktype in ((b"lan", 1), (b"", 1), (b"lan", 101), (b"", 113), (b"wan", 1)):
        blocks.interface(*([(2, name)] if name else []), (9, b"\x09"), linktype=linktype)
    data = _packets()[1]
    frames = {0: data, 1: data, 2: data[14:], 3: HEADERS[LinkType.LINUX_SLL](data), 4: data}
    for number, index in enumerate([4, 3, 2, 1, 0, 2, 4]):
        blocks.packet(frames[index], index=index, ticks=START + number * _GAP)
    path = _put(tmp_path / "x", blocks.data)
    _is_the_same(path)
    told = tshark("-n", "-r", str(path), "-T", "fields", "-e", "frame.interface_id").split()
    captured = read_capture(path)
    names = [point.name for point in captured.points]
    assert len(set(names)) == 5
    assert [names.index(frame.point) for frame in captured.frames] == list(map(int, told))


def test_two_sections_of_different_byte_order(tmp_path: Path) -> None:
    made = b""
    for order, resolution in (("<", 9), (">", 6)):
        blocks = Blocks(order).section().interface((2, b"lan"), (9, bytes([resolution])))
        for time, data, _ in _records(_packets()):
            blocks.packet(data, ticks=time * 10**resolution // SECOND)
        made += blocks.data
    _is_the_same(_put(tmp_path / "x", made), ["frame.number", *_FIELDS[1:]])


def test_packets_in_the_other_blocks(tmp_path: Path) -> None:
    blocks = Blocks().section().interface(snap=50)
    for data in _packets()[:10]:
        blocks.simple_packet(data[:50], length=len(data))
        blocks.obsolete_packet(data, ticks=START // 1000)
    path = _put(tmp_path / "x", blocks.data)
    # A simple packet has no time; for tshark it is then not even zero.
    _is_the_same(path, [name for name in _FIELDS if ".time_" not in name])


FORMATS = ["pcap", "nsecpcap", "pcapng", "modpcap"]


@pytest.mark.parametrize("kind", FORMATS[:3])
@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gz"])
def test_what_editcap_writes(kind: str, packed: bool, tmp_path: Path) -> None:
    plain = _put(tmp_path / "plain", pcap(_records(_packets()), MAGICS["nanoseconds, big"]))
    made = tmp_path / "made"
    subprocess.run(["editcap", "-F", kind, plain, made], check=True, capture_output=True)
    if packed:
        made = _put(tmp_path / "made.gz", made.read_bytes(), packed=True)
    _is_the_same(made)


@pytest.mark.skipif(shutil.which("mergecap") is None, reason="mergecap is not installed")
def test_what_mergecap_makes_of_files_of_different_links(tmp_path: Path) -> None:
    data = _packets()[1:4]
    first = _put(tmp_path / "a", pcap(_records(data)))
    second = _put(tmp_path / "b", pcap(_records([each[14:] for each in data]), linktype=101))
    made = tmp_path / "made"
    subprocess.run(["mergecap", "-w", made, first, second], check=True, capture_output=True)
    _is_the_same(made)
    assert {frame.linktype for frame in read_capture(made).frames} == {1, 101}


def test_a_frame_is_the_same_in_every_format(tmp_path: Path) -> None:
    """Format is nothing that a field shows: what differs is the name of the point."""
    data = _packets()
    made = {
        name: pcap(_records(data), magic)
        for name, magic in MAGICS.items()
        if name.startswith("nano")
    }
    for order in "<>":
        blocks = Blocks(order).section().interface((9, b"\x09"))
        for time, each, _ in _records(data):
            blocks.packet(each, ticks=time)
        made[order] = blocks.data
    read = [read_capture(_put(tmp_path / "x", each)).frames for each in made.values()]
    assert all(frames == read[0] for frames in read)
    assert isinstance(read[0][0], Frame)


def test_the_comparison_notices_a_difference() -> None:
    field = FIELDS["frame.time_epoch"]
    assert field.kind is Kind.EPOCH
    assert agree(field, ("1.000000000",), (render(field, SECOND),))
    assert not agree(field, ("1.000000001",), (render(field, SECOND),))
