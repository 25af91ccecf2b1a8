"""What is written is what is read, by us, by capinfos and by tshark."""

import io
import json
import shutil
import subprocess
from pathlib import Path

import pytest
from frames import START, frames, udp
from hypothesis import given
from hypothesis import strategies as st
from oracle import tshark

from wirelab.verify.capture import read_capture
from wirelab.verify.frame import Frame, LinkType, Point
from wirelab.verify.writer import CaptureWriter

CAPINFOS = shutil.which("capinfos")
_needs_wireshark = pytest.mark.skipif(CAPINFOS is None, reason="capinfos is not installed")

_POINTS = [Point("lan", "r1-eth0, towards c", 1500), Point("wan", "", 1400), Point("")]
_TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20)


def _sample(path: Path) -> Path:
    frame = frames([udp(b"hello")])[0]
    with CaptureWriter(path, _POINTS, comment='{"scenario": "arp"}') as writer:
        writer.write("lan", START + 1, frame.data, outgoing=False)
        writer.write("wan", START + 2, frame.data[:50], len(frame.data), outgoing=True)
        writer.write("", START + 3, frame.data[:43], 43, comment="look here")
        writer.close({"lan": (10, 0), "wan": (20, 3)})
    return path


@given(
    comment=_TEXT,
    sent=st.lists(
        st.builds(
            Frame,
            number=st.just(0),
            time=st.integers(0, 2**63 - 1),
            point=st.sampled_from([point.name for point in _POINTS]),
            data=st.binary(max_size=70),
            length=st.integers(70, 2000),
            outgoing=st.sampled_from([None, True, False]),
            comment=_TEXT,
        ),
        max_size=5,
    ),
)
def test_a_capture_is_read_as_it_was_written(comment, sent, tmp_path_factory) -> None:
    path = tmp_path_factory.getbasetemp() / "round-trip.pcapng"
    with CaptureWriter(path, _POINTS, comment) as writer:
        for each in sent:
            writer.write(each.point, each.time, each.data, each.length, each.outgoing, each.comment)
    found = read_capture(path)
    assert [vars_of(frame) for frame in found.frames] == [vars_of(frame) for frame in sent]
    assert (found.points, found.comment) == (tuple(_POINTS), comment)


def vars_of(frame: Frame) -> tuple[object, ...]:
    return (frame.time, frame.point, frame.data, frame.length, frame.outgoing, frame.comment)


def test_counters_are_kept(tmp_path: Path) -> None:
    assert read_capture(_sample(tmp_path / "a.pcapng")).counts == {"lan": (10, 0), "wan": (20, 3)}


def test_a_file_of_somebody_else_stays_open() -> None:
    file = io.BytesIO()
    with CaptureWriter(file, [Point("lan")]) as writer:
        writer.write("lan", 0, b"abc")
    assert file.getvalue().startswith(b"\x0a\x0d\x0d\x0a")


def test_the_secrets_of_sessions_do_not_disturb_a_reader(tmp_path: Path) -> None:
    with CaptureWriter(tmp_path / "a.pcapng", [Point("lan")]) as writer:
        writer.write_secrets(b"CLIENT_RANDOM 00 11\n")
        writer.write("lan", 0, b"abc")
    read = read_capture(tmp_path / "a.pcapng")
    assert (len(read.frames), read.secrets) == (1, (b"CLIENT_RANDOM 00 11\n",))


def test_a_point_that_nobody_described_is_an_error() -> None:
    with CaptureWriter(io.BytesIO(), [Point("lan")]) as writer, pytest.raises(KeyError):
        writer.write("wan", 0, b"abc")


def test_two_points_of_one_name_are_an_error() -> None:
    with pytest.raises(ValueError, match="same name"):
        CaptureWriter(io.BytesIO(), [Point("lan"), Point("lan", "another")])


def test_a_file_ends_once(tmp_path: Path) -> None:
    writer = CaptureWriter(tmp_path / "a.pcapng", [Point("lan")])
    writer.close({"lan": (1, 0)})
    size = (tmp_path / "a.pcapng").stat().st_size
    writer.close({"lan": (1, 0)})
    assert (tmp_path / "a.pcapng").stat().st_size == size


@_needs_wireshark
def test_capinfos_reads_everything_that_is_said(tmp_path: Path) -> None:
    assert CAPINFOS
    path = _sample(tmp_path / "a.pcapng")
    done = subprocess.run([CAPINFOS, str(path)], check=True, capture_output=True, text=True)
    text = " ".join(done.stdout.split())
    for said in (
        "Number of packets: 3",
        "File timestamp precision: nanoseconds (9)",
        "Capture application: wirelab",
        'Capture comment: {"scenario": "arp"}',
        "Number of interfaces in file: 3",
        "Name = lan Description = r1-eth0, towards c",
        "Comment = MTU 1400",
        "Strict time order: True",
    ):
        assert said in text


@_needs_wireshark
def test_tshark_reads_points_directions_comments_and_lengths(tmp_path: Path) -> None:
    path = _sample(tmp_path / "a.pcapng")
    names = [
        "frame.interface_name", "frame.packet_flags_direction", "frame.comment",
        "frame.len", "frame.cap_len", "frame.time_epoch",
    ]  # fmt: skip
    rows = tshark(
        "-r", str(path), "-T", "fields", *[part for name in names for part in ("-e", name)]
    )
    assert [row.split("\t") for row in rows.splitlines()] == [
        ["lan", "0x00000001", "", "47", "47", "1700000000.250000001"],
        ["wan", "0x00000002", "", "47", "47", "1700000000.250000002"],
        ["unknown", "", "look here", "43", "43", "1700000000.250000003"],
    ]


@_needs_wireshark
def test_tshark_shows_the_counters_of_each_point(tmp_path: Path) -> None:
    path = _sample(tmp_path / "a.pcapng")
    done = subprocess.run([CAPINFOS, "-I", str(path)], check=True, capture_output=True, text=True)
    assert done.stdout.count("Number of stat entries = 1") == 2


@_needs_wireshark
@pytest.mark.parametrize("linktype", LinkType, ids=lambda linktype: linktype.name)
def test_wireshark_knows_every_link_type(linktype: LinkType, tmp_path: Path) -> None:
    path = tmp_path / "a.pcapng"
    with CaptureWriter(path, [Point("lan", linktype=linktype)]) as writer:
        writer.write("lan", START, bytes(60))
    packet = json.loads(tshark("-r", str(path), "-T", "json", "-e", "frame.len"))[0]
    assert packet["_source"]["layers"]["frame.len"] == ["60"]
