"""Capture files from outside: what they are is found out, whatever they are."""

import gzip
import struct
import subprocess
from contextlib import suppress
from pathlib import Path

import pytest
from frames import Talk, frames, udp
from hypothesis import given
from hypothesis import strategies as st
from oracle import TSHARK

from wirelab.verify import capture
from wirelab.verify.capture import open_capture, read_capture
from wirelab.verify.errors import CaptureError
from wirelab.verify.frame import Frame, Point
from wirelab.verify.writer import CaptureWriter

_EMPTY_PCAP = b"\xd4\xc3\xb2\xa1" + struct.pack("<HHiIII", 2, 4, 0, 0, 262144, 1)


def _written(path: Path) -> Path:
    with CaptureWriter(path, [Point("lan"), Point("wan")], comment="two points") as writer:
        for frame in frames(Talk().open().sent):
            writer.write("lan", frame.time, frame.data, outgoing=False)
            writer.write("wan", frame.time + 1, frame.data, outgoing=True)
    return path


def _put(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def test_a_capture_has_frames_points_comment_and_counts(tmp_path: Path) -> None:
    found = read_capture(_written(tmp_path / "a.pcapng"))
    assert [frame.number for frame in found.frames] == [1, 2, 3, 4, 5, 6]
    assert [point.name for point in found.points] == ["lan", "wan"]
    assert (found.comment, found.counts) == ("two points", {})


def test_a_file_without_frames_is_a_capture(tmp_path: Path) -> None:
    assert read_capture(_put(tmp_path / "x", _EMPTY_PCAP)).frames == ()


def test_a_compressed_file_is_looked_through(tmp_path: Path) -> None:
    plain = _written(tmp_path / "a.pcapng")
    packed = _put(tmp_path / "a.pcapng.gz", gzip.compress(plain.read_bytes()))
    assert read_capture(packed) == read_capture(plain)


def test_frames_can_be_taken_one_by_one(tmp_path: Path) -> None:
    with open_capture(_written(tmp_path / "a.pcapng")) as reader:
        first = next(iter(reader))
    assert (first.number, first.point, first.outgoing) == (1, "lan", False)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "is empty"),
        (b"\x0a\x0d", "ends within the first four bytes"),
        (b"# a text file\n", "is not a capture file"),
        (b"\x1f\x8b", "compressed data are damaged"),
        (gzip.compress(_EMPTY_PCAP)[:-9], "compressed data are damaged"),
        (b"\x1f\x8b\x08\x00garbage that is long enough", "compressed data are damaged"),
        (gzip.compress(b""), "is empty"),
        (gzip.compress(b"text"), "is not a capture file"),
    ],
)
def test_what_is_no_capture_is_refused_in_one_line(
    tmp_path: Path, data: bytes, reason: str
) -> None:
    with pytest.raises(CaptureError, match=reason) as caught:
        read_capture(_put(tmp_path / "x", data))
    assert str(caught.value).startswith(str(tmp_path / "x"))
    assert "\n" not in str(caught.value)


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(CaptureError, match="No such file"):
        read_capture(tmp_path / "missing.pcap")
    with pytest.raises(CaptureError, match="directory"):
        read_capture(tmp_path)


def test_a_capture_that_would_fill_the_memory_is_refused(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(capture, "MOST_BYTES", 100)
    with pytest.raises(CaptureError, match="more than 2 GiB"):
        read_capture(_written(tmp_path / "a.pcapng"))


def test_every_cut_of_a_compressed_file_is_an_error(tmp_path: Path) -> None:
    packed = gzip.compress(_written(tmp_path / "a.pcapng").read_bytes())
    for keep in range(2, len(packed)):
        with pytest.raises(CaptureError):
            read_capture(_put(tmp_path / "cut", packed[:keep]))


@given(
    start=st.sampled_from([b"", _EMPTY_PCAP, b"\x0a\x0d\x0d\x0a", b"\x1f\x8b\x08\x00"]),
    data=st.binary(max_size=300),
)
def test_random_bytes_raise_nothing_else(start: bytes, data: bytes, tmp_path_factory) -> None:
    path = _put(tmp_path_factory.getbasetemp() / "random", start + data)
    with suppress(CaptureError):
        read_capture(path)


@pytest.mark.skipif(TSHARK is None, reason="editcap comes with tshark")
@pytest.mark.parametrize("kind", ["pcap", "nsecpcap", "pcapng"])
def test_files_that_wireshark_writes_are_read(kind: str, tmp_path: Path) -> None:
    plain = tmp_path / "a.pcapng"
    with CaptureWriter(plain, [Point("lan")]) as writer:
        writer.write("lan", 1_700_000_000_123_456_000, bytes(udp(b"x")))
    converted = tmp_path / f"a.{kind}"
    subprocess.run(["editcap", "-F", kind, plain, converted], check=True, capture_output=True)
    point = "lan" if kind == "pcapng" else ""
    data = bytes(udp(b"x"))
    frame = Frame(1, 1_700_000_000_123_456_000, point, data, len(data))
    assert read_capture(converted).frames == (frame,)
