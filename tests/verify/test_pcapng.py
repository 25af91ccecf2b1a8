"""The next generation format: sections, interfaces, three kinds of packet blocks, damage."""

import io
import struct
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from written import Blocks

from wirelab.verify.errors import CaptureError
from wirelab.verify.frame import Frame, Point
from wirelab.verify.pcapng import PcapngReader
from wirelab.verify.source import Source


def _open(data: bytes) -> PcapngReader:
    source = Source(Path("x.pcapng"), io.BytesIO(data))
    source.take(4, "the magic number")
    return PcapngReader(source)


def _read(blocks: Blocks) -> list[Frame]:
    return list(_open(blocks.data))


@pytest.mark.parametrize("order", "<>")
def test_both_byte_orders_are_read(order: str) -> None:
    blocks = Blocks(order).section().interface().packet(b"abc", ticks=5, length=60)
    assert _read(blocks) == [Frame(1, 5000, "", b"abc", 60)]


@pytest.mark.parametrize(
    ("resolution", "ticks", "nanoseconds"),
    [(9, 7, 7), (6, 7, 7000), (3, 7, 7_000_000), (0x80 | 10, 512, 500_000_000), (12, 7000, 7)],
)
def test_every_resolution_becomes_nanoseconds(resolution, ticks, nanoseconds) -> None:
    blocks = Blocks().section().interface((9, bytes([resolution]))).packet(b"", ticks=ticks)
    assert _read(blocks)[0].time == nanoseconds


def test_an_offset_of_whole_seconds_is_added() -> None:
    blocks = Blocks().section().interface((14, struct.pack("<q", 100))).packet(b"", ticks=1)
    assert _read(blocks)[0].time == 100_000_001_000


def test_interfaces_become_points_with_all_that_is_said_about_them() -> None:
    blocks = Blocks().section((1, b"what a day"), (4, b"wirelab"))
    blocks.interface((2, b"lan"), (3, b"r1-eth0"), (1, b"MTU 1400"))
    blocks.interface((2, b"wan"), linktype=113).packet(b"a", index=1).packet(b"b", index=0)
    reader = _open(blocks.data)
    assert [frame.point for frame in reader] == ["wan", "lan"]
    assert reader.points == [Point("lan", "r1-eth0", 1400), Point("wan", "", None, 113)]
    assert reader.comment == "what a day"


def test_interfaces_with_the_same_name_are_told_apart() -> None:
    blocks = Blocks().section().interface().interface().interface((2, b"lan"))
    reader = _open(blocks.packet(b"a", index=1).data)
    assert [frame.point for frame in reader] == ["#1"]
    assert [point.name for point in reader.points] == ["", "#1", "lan"]


def test_another_section_may_have_another_byte_order_and_goes_on_counting() -> None:
    first = Blocks("<").section((1, b"one")).interface((2, b"lan")).packet(b"a")
    second = Blocks(">").section((1, b"two")).interface((2, b"lan")).packet(b"b")
    reader = _open(first.data + second.data)
    assert [(frame.number, frame.point) for frame in reader] == [(1, "lan"), (2, "lan")]
    assert len(reader.points) == 1
    assert reader.comment == "one\ntwo"


def test_direction_and_comment_of_a_frame_are_read() -> None:
    flags = [(2, struct.pack("<I", value)) for value in (1, 2, 0)]
    blocks = Blocks().section().interface()
    for flag in flags:
        blocks.packet(b"a", flag, (1, b"look"))
    frames = _read(blocks)
    assert [frame.outgoing for frame in frames] == [False, True, None]
    assert frames[0].comment == "look"


def test_simple_packets_are_cut_at_the_interface_s_limit() -> None:
    blocks = Blocks().section().interface(snap=3)
    blocks.block(3, blocks.pack("I", 5) + b"abc")
    assert _read(blocks) == [Frame(1, 0, "", b"abc", 5)]


def test_obsolete_packets_are_read() -> None:
    blocks = Blocks().section().interface()
    blocks.block(2, blocks.pack("HH4I", 0, 7, 0, 9, 2, 2) + b"ab")
    assert _read(blocks) == [Frame(1, 9000, "", b"ab", 2)]


@pytest.mark.parametrize("order", "<>")
def test_tls_secrets_are_kept_wherever_they_are(order: str) -> None:
    blocks = Blocks(order).section().secrets(b"CLIENT_RANDOM 0 1\n").interface()
    reader = _open(blocks.packet(b"abc").secrets(b"# more\n").data)
    assert len(list(reader)) == 1
    assert reader.secrets == [b"CLIENT_RANDOM 0 1\n", b"# more\n"]


def test_secrets_of_other_kinds_and_broken_ones_are_stepped_over() -> None:
    blocks = Blocks().section().interface().secrets(b"wireguard", kind=0x57474B4C)
    blocks.secrets(b"too long", length=9).block(10, b"").packet(b"abc")
    reader = _open(blocks.data)
    assert (len(list(reader)), reader.secrets) == (1, [])


def test_no_more_secrets_are_kept_than_memory_should_hold() -> None:
    blocks = Blocks().section().interface()
    for _ in range(20):
        blocks.secrets(bytes(1 << 20))
    reader = _open(blocks.packet(b"abc").data)
    assert (len(list(reader)), len(reader.secrets)) == (1, 15)


def test_blocks_of_unknown_kinds_are_stepped_over() -> None:
    blocks = Blocks().section().block(0x0BAD, bytes(100_000)).interface().packet(b"a")
    assert len(_read(blocks)) == 1


def test_statistics_count_what_was_received_and_dropped() -> None:
    blocks = Blocks().section().interface((2, b"lan")).interface((2, b"wan"))
    both = blocks.options((4, struct.pack("<Q", 10)), (5, struct.pack("<Q", 2)))
    blocks.block(5, blocks.pack("III", 0, 0, 0) + both)
    blocks.block(5, blocks.pack("III", 1, 0, 0) + blocks.options())
    reader = _open(blocks.data)
    assert list(reader) == []
    assert reader.counts == {"lan": (10, 2), "wan": (None, None)}


@pytest.mark.parametrize(
    ("blocks", "reason"),
    [
        (Blocks().section().packet(b"a"), "interface 0, which is not described"),
        (Blocks().section().interface(linktype=9).packet(b"a"), r"link type 9 \(PPP\)"),
        (Blocks().section().interface().block(6, bytes(8)), "too short"),
        (Blocks().section().interface().block(6, struct.pack("<5I", 0, 0, 0, 9, 9)), "9 bytes"),
        (Blocks().section().block(1, bytes(4)), "too short"),
        (Blocks().section().interface().block(5, bytes(4)), "too short"),
        (Blocks().section().block(1, bytes(2 << 20)), "claims 2097164 bytes"),
    ],
)
def test_a_block_that_contradicts_itself_is_refused(blocks: Blocks, reason: str) -> None:
    with pytest.raises(CaptureError, match=reason):
        _read(blocks)


@pytest.mark.parametrize("claimed", [0, 8, 13, 0xFFFFFFFC, 0x7FFFFFFC])
def test_an_absurd_length_is_refused_without_taking_memory(claimed: int) -> None:
    start = Blocks().section().interface().data
    for kind in (1, 5, 6, 0x0BAD):
        with pytest.raises(CaptureError):
            list(_open(start + struct.pack("<II", kind, claimed) + bytes(64)))


def test_two_lengths_that_differ_are_refused_at_the_block() -> None:
    start = Blocks().section().interface().data
    with pytest.raises(CaptureError, match="lengths differ") as caught:
        list(_open(start + struct.pack("<IIII", 0x0BAD, 16, 0, 20)))
    assert caught.value.offset == len(start)


def test_a_section_without_byte_order_is_refused() -> None:
    with pytest.raises(CaptureError, match="byte order"):
        _open(b"\x0a\x0d\x0d\x0a" + bytes(40))


def test_a_reader_knows_where_the_current_frame_starts() -> None:
    start = Blocks().section().interface().data
    reader = _open(start + Blocks().packet(b"a").data)
    assert [reader.offset for _ in reader] == [len(start)]


def test_a_file_that_is_cut_is_an_error_or_a_shorter_file() -> None:
    parts = [Blocks().section((1, b"hello")).data, Blocks().interface((2, b"lan")).data]
    parts += [Blocks().packet(b"abcde"[:size], (1, b"x")).data for size in range(6)]
    whole = b"".join(parts)
    ends = [len(b"".join(parts[:count])) for count in range(1, len(parts) + 1)]
    for keep in range(4, len(whole)):
        if keep in ends:
            assert len(list(_open(whole[:keep]))) == max(ends.index(keep) - 1, 0)
        else:
            with pytest.raises(CaptureError, match="ends within"):
                list(_open(whole[:keep]))


@given(
    changes=st.lists(st.tuples(st.integers(4, 400), st.integers(0, 255)), min_size=1, max_size=6)
)
def test_no_damage_raises_anything_else(changes) -> None:
    blocks = Blocks().section((1, b"hello")).interface((2, b"lan"), (9, b"\x09"))
    data = bytearray(blocks.packet(b"abc", (1, b"x")).packet(b"defgh").data)
    for place, octet in changes:
        if place < len(data):
            data[place] = octet
    with suppress(CaptureError):
        list(_open(bytes(data)))
