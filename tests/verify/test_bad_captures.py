"""Damaged files and files that are none: refused with place and reason, in little memory."""

from __future__ import annotations

import gzip
import os
import socket
import struct
import tracemalloc
from fractions import Fraction
from itertools import accumulate
from pathlib import Path
from random import Random

import pytest
from fuzzing import Mutator, files
from fuzzing.corpus import packed
from fuzzing.targets import Reading, check_capture
from written import MAGICS, SECOND, Blocks, pcap, pcap_header, pcap_record

from wirelab.verify import source
from wirelab.verify.capture import Capture, read_capture
from wirelab.verify.errors import CaptureError

_START = 1_700_000_000_250_000_000
_4G = 0xFFFFFFFF
_MEMORY = 4 << 20


def read(data: bytes, folder: Path) -> Capture:
    path = folder / "x"
    path.write_bytes(data)
    return read_capture(path)


def refused(data: bytes, folder: Path, reason: str) -> CaptureError:
    """The error about some bytes, which must not take memory that they do not have."""
    path = folder / "x"
    path.write_bytes(data)
    tracemalloc.start()
    try:
        with pytest.raises(CaptureError, match=reason) as caught:
            read_capture(path)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < _MEMORY + 3 * len(data)
    assert str(caught.value) == f"{path}: {caught.value.reason} (at byte {caught.value.offset})"
    return caught.value


@pytest.mark.parametrize("name", files())
def test_at_every_place_a_cut_is_refused_unless_it_is_between_two_parts(
    name: str, tmp_path: Path
) -> None:
    parts = files()[name]
    whole = b"".join(parts)
    frames = read(whole, tmp_path).frames
    ends = set(accumulate(map(len, parts)))
    for keep in range(1, len(whole)):
        if keep in ends:
            found = read(whole[:keep], tmp_path).frames
            assert found == frames[: len(found)]
        else:
            with pytest.raises(CaptureError, match=r"ends within") as caught:
                read(whole[:keep], tmp_path)
            assert caught.value.offset == keep


@pytest.mark.parametrize("name", packed())
def test_at_every_place_a_cut_of_a_compressed_file_is_refused(name: str, tmp_path: Path) -> None:
    whole = packed()[name]
    assert read(whole, tmp_path).frames
    for keep in range(1, len(whole)):
        with pytest.raises(CaptureError, match=r"damaged|not a capture file|ends within"):
            read(whole[:keep], tmp_path)


@pytest.mark.parametrize("junk", [b"x", b"\x1f\x8b", b"\x1f\x8b\x08\0" + bytes(20), b"PK\3\4"])
def test_what_is_behind_a_compressed_file_is_damage(junk: bytes, tmp_path: Path) -> None:
    refused(packed()["pcapng, little, gz"] + junk, tmp_path, "compressed data are damaged")


def test_zeros_and_other_members_may_be_behind_a_compressed_file(tmp_path: Path) -> None:
    header, first, *_ = files()["pcap, nanoseconds, little"]
    data = gzip.compress(header) + gzip.compress(first) + bytes(512)
    assert len(read(data, tmp_path).frames) == 1


def test_random_bytes_are_refused_or_read(tmp_path: Path) -> None:
    chance, reading = Random(5), Reading()
    starts = (b"", *MAGICS.values(), files()["pcapng, little"][0], files()["pcapng, big"][0])
    for number in range(2000):
        reading(starts[number % len(starts)] + chance.randbytes(chance.randrange(200)))


def test_every_length_claimed_at_every_aligned_place_is_borne(tmp_path: Path) -> None:
    reading = Reading()
    for parts in files().values():
        whole = b"".join(parts)
        for at in range(0, len(whole) - 3, 4):
            for claim in (0, 11, _4G, _4G - 3, 0x7FFFFFFC, 1 << 18, (1 << 20) + 12):
                for order in ("little", "big"):
                    reading(whole[:at] + claim.to_bytes(4, order) + whole[at + 4 :])


_STARTED = Blocks().section().interface((2, b"lan"))
_HEAD = _STARTED.data


@pytest.mark.parametrize("kind", [1, 2, 3, 4, 5, 6, 0x0A, 0x0BAD, 0x80000001, 0x0A0D0D0A])
@pytest.mark.parametrize("claimed", [_4G, _4G - 3, 0x80000000, 0, 8, 13])
def test_a_block_that_claims_an_absurd_length(kind: int, claimed: int, tmp_path: Path) -> None:
    body = struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1) + bytes(80)
    block = struct.pack("<II", kind, claimed) + body
    error = refused(_HEAD + block, tmp_path, "claims|ends within")
    assert error.offset in (len(_HEAD), len(_HEAD) + len(block))


@pytest.mark.parametrize(
    ("blocks", "reason"),
    [
        (Blocks().block(6, struct.pack("<5I", 0, 0, 0, _4G, _4G) + bytes(40)), "4294967295 bytes"),
        (Blocks().block(6, struct.pack("<5I", 0, 0, 0, 41, 41) + bytes(40)), "claims 41 bytes"),
        (Blocks().block(2, struct.pack("<HH4I", 0, 0, 0, 0, _4G, 9)), "claims 4294967295 bytes"),
        (Blocks().simple_packet(b"abcd", length=_4G), "claims 4294967295 bytes"),
        (Blocks().simple_packet(b"abcd", length=9), "claims 9 bytes"),
        (Blocks().packet(b"a", index=1), "interface 1, which is not described"),
        (Blocks().packet(b"a", index=_4G), "interface 4294967295, which"),
        (Blocks().block(6, struct.pack("<5I", 0, 0, 0, 4, 4) + b"abcd\1\0\xff\xff"), "65535 bytes"),
        (Blocks().block(1, struct.pack("<HHI", 1, 0, 0) + b"\2\0\5\0lan\0"), "option of 5 bytes"),
        (Blocks().block(5, struct.pack("<III", 0, 0, 0) + b"\4\0\x08\0abcd"), "option of 8 bytes"),
        (Blocks().section(version=(2, 0)), "version 2.0"),
        (Blocks().block(0x0A0D0D0A, bytes(16)), "without byte order"),
    ],
)
def test_what_a_block_claims_is_named_where_it_stands(
    blocks: Blocks, reason: str, tmp_path: Path
) -> None:
    error = refused(_HEAD + blocks.data, tmp_path, reason)
    assert error.offset == len(_HEAD)


def test_a_length_on_the_wire_of_4_gib_and_any_limit_take_no_memory(tmp_path: Path) -> None:
    data = Blocks().section().interface(snap=_4G).packet(b"abc", length=_4G).data
    (frame,) = read(data, tmp_path).frames
    assert (frame.length, frame.data) == (_4G, b"abc")


@pytest.mark.parametrize("magic", MAGICS.values(), ids=MAGICS)
@pytest.mark.parametrize("claimed", [_4G, 0x80000000, 262145])
def test_a_record_that_claims_too_much(magic: bytes, claimed: int, tmp_path: Path) -> None:
    start = pcap([(_START, b"abc", 3)], magic)
    record = bytearray(pcap_record(magic, _START, b"abc", 3))
    record[8:12] = claimed.to_bytes(4, "little" if magic[0] in b"\xd4\x4d" else "big")
    error = refused(start + record, tmp_path, f"frame 2 claims {claimed} bytes")
    assert error.offset == len(start)


def test_a_classic_file_of_another_version(tmp_path: Path) -> None:
    header = bytearray(pcap_header(MAGICS["nanoseconds, big"]))
    header[4:8] = b"\0\7\0\1"
    assert refused(bytes(header), tmp_path, r"version 7\.1").offset == 4


def test_blocks_of_every_unknown_kind_are_stepped_over(tmp_path: Path) -> None:
    blocks = Blocks().section()
    for kind in (0, 7, 8, 9, 0x0A, 0x0B, 0x0BAD, 0x40000BAD, 0x80000001, _4G):
        blocks.block(kind, b"12345678")
    blocks.names((b"\x0a\0\0\1", b"c.test")).interface().packet(b"a").block(99, b"")
    assert [frame.data for frame in read(blocks.data, tmp_path).frames] == [b"a"]


def test_sections_of_both_byte_orders_have_interfaces_of_their_own(tmp_path: Path) -> None:
    first = Blocks("<").section().interface((2, b"lan")).interface((2, b"wan"), (9, b"\x09"))
    second = Blocks(">").section().interface((2, b"wan"), (9, b"\x00")).interface((2, b"lan"))
    first.packet(b"a", index=1, ticks=7)
    second.packet(b"b", index=0, ticks=7).packet(b"c", index=1, ticks=7)
    captured = read(first.data + second.data, tmp_path)
    assert [(f.number, f.point, f.time) for f in captured.frames] == [
        (1, "wan", 7),
        (2, "wan", 7 * SECOND),
        (3, "lan", 7000),
    ]
    assert [point.name for point in captured.points] == ["lan", "wan"]
    gone = second.data + Blocks("<").section().packet(b"d").data
    refused(first.data + gone, tmp_path, "frame 4 is of interface 0, which is not described")


def test_names_that_are_made_up_do_not_meet_those_that_are_given(tmp_path: Path) -> None:
    blocks = Blocks().section()
    for name in (b"lan#2", b"lan", b"lan", b"lan#2#2", b"", b""):
        blocks.interface((2, name))
    names = [point.name for point in read(blocks.data, tmp_path).points]
    assert len(set(names)) == 6
    assert names[:2] == ["lan#2", "lan"]


def test_very_many_interfaces_are_refused_before_they_take_memory(tmp_path: Path) -> None:
    one = Blocks().interface().parts[0]
    data = Blocks().section().data + one * ((1 << 16) + 1)
    with pytest.raises(CaptureError, match="more than 65536 interfaces"):
        read(data, tmp_path)


@pytest.mark.parametrize("base", [2, 10])
def test_every_resolution_is_reckoned_to_the_nanosecond(base: int, tmp_path: Path) -> None:
    ticks = 0x0123456789ABCDEF
    for exponent in range(128):
        code = bytes([exponent | (0x80 if base == 2 else 0)])
        exact = Fraction(ticks * SECOND, base**exponent)
        data = Blocks().section().interface((9, code)).packet(b"", ticks=ticks).data
        if exact < 1 << 63:
            assert read(data, tmp_path).frames[0].time == exact.numerator // exact.denominator
        else:
            refused(data, tmp_path, "frame 1 claims a time outside of the years 1677 to 2262")


@pytest.mark.parametrize("seconds", [-1, -100, -9_000_000_000, 9_000_000_000])
def test_an_offset_may_be_negative(seconds: int, tmp_path: Path) -> None:
    interface = Blocks().section().interface((14, struct.pack("<q", seconds)))
    (frame,) = read(interface.packet(b"", ticks=5).data, tmp_path).frames
    assert frame.time == seconds * SECOND + 5000


@pytest.mark.parametrize("seconds", [1 << 63, (1 << 64) - 1, 10_000_000_000])
def test_an_offset_beyond_all_years_is_refused(seconds: int, tmp_path: Path) -> None:
    signed = struct.unpack("<q", struct.pack("<Q", seconds))[0]
    interface = Blocks().section().interface((14, struct.pack("<q", signed)))
    data = interface.packet(b"", ticks=5).data
    if abs(signed) * SECOND < 1 << 63:
        assert read(data, tmp_path).frames[0].time < 0
    else:
        refused(data, tmp_path, "outside of the years")


def test_frames_without_bytes_are_frames(tmp_path: Path) -> None:
    data = Blocks().section().interface().packet(b"").simple_packet(b"").obsolete_packet(b"").data
    assert [frame.data for frame in read(data, tmp_path).frames] == [b"", b"", b""]
    assert len(read(pcap([(_START, b"", 0)] * 5), tmp_path).frames) == 5


def bomb(size: int) -> bytes:
    """A small gzip file of a capture with so many MiB of frames without bytes."""
    return gzip.compress(pcap([])) + gzip.compress(bytes(1 << 20)) * size


def test_a_file_that_is_compressed_too_well_is_refused(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(source, "_UNQUESTIONED", 1 << 20)
    path = tmp_path / "bomb.gz"
    path.write_bytes(bomb(20))
    with pytest.raises(CaptureError, match="grows more than 250 times; unpack it") as caught:
        read_capture(path)
    assert caught.value.offset <= 250 * path.stat().st_size + (1 << 16)


def test_a_small_file_may_be_compressed_as_well_as_it_likes(tmp_path: Path) -> None:
    assert len(read(bomb(1), tmp_path).frames) == 65536


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        ("folder", "is a directory"),
        ("pipe", "is a pipe"),
        ("socket", "is a socket"),
        ("zero", "is a device"),
        ("nowhere", "No such file"),
        ("loop", "symbolic links"),
        ("nul", "null byte"),
    ],
)
def test_what_is_no_file_is_not_waited_for(kind: str, reason: str, tmp_path: Path) -> None:
    path = tmp_path / kind
    if kind == "folder":
        path.mkdir()
    elif kind == "pipe":
        os.mkfifo(path)
    elif kind == "socket":
        with socket.socket(socket.AF_UNIX) as listening:
            listening.bind(str(path))
    elif kind == "zero":
        path.symlink_to("/dev/zero")
    elif kind == "loop":
        path.symlink_to(path)
    elif kind == "nul":
        path = tmp_path / "a\0b"
    with pytest.raises(CaptureError, match=reason):
        read_capture(path)


def test_a_file_that_may_not_be_read_is_refused(tmp_path: Path, monkeypatch) -> None:
    def denied(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    path = tmp_path / "x"
    path.write_bytes(pcap([]))
    monkeypatch.setattr(Path, "open", denied)
    with pytest.raises(CaptureError, match="cannot be opened: Permission denied"):
        read_capture(path)


def test_a_damaged_file_gives_no_frame_that_it_does_not_have(tmp_path: Path) -> None:
    """What is read of a file of which only packet bytes are damaged is still all of it."""
    mutator = Mutator(Random(3))
    for _ in range(300):
        payload = mutator.octets(bytes(60))
        captured = read(Blocks().section().interface().packet(payload).data, tmp_path)
        check_capture(captured)
        assert captured.frames[0].data == payload


def test_of_a_file_that_cannot_be_opened_no_byte_is_told(tmp_path: Path) -> None:
    for path, told in ((tmp_path / "x.pcap", "cannot be opened: "), (tmp_path, "is a ")):
        with pytest.raises(CaptureError) as caught:
            read_capture(path)
        assert str(caught.value).startswith(f"{path}: {told}")
        assert "(at byte" not in str(caught.value)
        assert caught.value.offset is None
