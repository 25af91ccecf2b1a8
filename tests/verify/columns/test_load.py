"""A capture that is mapped has the frames, and the errors, of one that is read."""

from __future__ import annotations

import gzip
from dataclasses import replace
from random import Random
from typing import TYPE_CHECKING, Literal

import pytest
from crowds import Crowd, crowd
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from wirelab.verify.capture import load_capture, read_capture
from wirelab.verify.columns import pcap, pcapng
from wirelab.verify.columns.table import Table
from wirelab.verify.errors import CaptureError
from wirelab.verify.frame import Point
from wirelab.verify.writer import CaptureWriter

if TYPE_CHECKING:
    from pathlib import Path

    from wirelab.verify.frame import Frame

_EXAMPLES = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
)


def _pcapng(path: Path, random: Random) -> list[Frame]:
    frames = crowd(Crowd(("arp", "dns", "tcp"), ("lan", "wan"), 0.0, random.randrange(1 << 30)))
    with CaptureWriter(path, [Point("lan", mtu=1500), Point("wan")]) as writer:
        for frame in frames:
            outgoing = random.choice((None, True, False))
            writer.write(frame.point, frame.time, frame.data, frame.length, outgoing=outgoing)
    return frames


def _pcap(path: Path, order: str, unit: int, random: Random) -> None:
    frames = crowd(Crowd(("arp", "dns", "tcp"), ("",), 0.0, random.randrange(1 << 30)))
    magic = 0xA1B2C3D4 if unit == 1000 else 0xA1B23C4D
    number: Literal["little", "big"] = "little" if order == "<" else "big"
    octets = [each.to_bytes(4, number) for each in (magic,)]
    octets += [(2).to_bytes(2, number), (4).to_bytes(2, number), bytes(8)]
    octets += [each.to_bytes(4, number) for each in (65535, 1)]
    for frame in frames:
        seconds, rest = divmod(frame.time, 10**9)
        head = (seconds, rest // unit, len(frame.data), frame.length)
        octets += [each.to_bytes(4, number) for each in head]
        octets.append(frame.data)
    path.write_bytes(b"".join(octets))


def _outcome(read: object, path: Path) -> object:
    assert callable(read)
    try:
        capture = read(path)
    except CaptureError as error:
        return str(error)
    return (list(capture.frames), capture.points, capture.comment, dict(capture.counts))


def _mapped(path: Path) -> object:
    return _outcome(lambda it: load_capture(it, small=0), path)


@pytest.fixture(autouse=True)
def _short_strides(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small files have many guesses, too."""
    monkeypatch.setattr(pcapng, "_STRIDE", 700)
    monkeypatch.setattr(pcap, "_STRIDE", 700)


@pytest.mark.parametrize("seed", range(4))
def test_a_pcapng_is_mapped_with_all_that_it_says(seed: int, tmp_path: Path) -> None:
    path = tmp_path / "x.pcapng"
    frames = _pcapng(path, Random(seed))
    capture = load_capture(path, small=0)
    assert isinstance(capture.frames, Table)
    assert len(capture.frames) == len(frames)
    assert _mapped(path) == _outcome(read_capture, path)


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("unit", [1, 1000])
def test_a_pcap_is_mapped_in_both_byte_orders_and_units(
    order: str, unit: int, tmp_path: Path
) -> None:
    path = tmp_path / "x.pcap"
    _pcap(path, order, unit, Random(1))
    assert isinstance(load_capture(path, small=0).frames, Table)
    assert _mapped(path) == _outcome(read_capture, path)


def test_a_compressed_file_is_a_table_as_well(tmp_path: Path) -> None:
    path = tmp_path / "x.pcapng"
    _pcapng(path, Random(5))
    path.write_bytes(gzip.compress(path.read_bytes()))
    assert isinstance(load_capture(path, small=0).frames, Table)
    assert _mapped(path) == _outcome(read_capture, path)


def test_a_guess_in_a_frame_that_holds_blocks_is_found_out(tmp_path: Path) -> None:
    path = tmp_path / "x.pcapng"
    _pcapng(path, Random(6))
    inner = path.read_bytes()
    block = inner[inner.index(b"\6\0\0\0") :]
    frames = crowd(Crowd(("arp",), ("lan",), 0.0, 1))
    with CaptureWriter(path, [Point("lan")]) as writer:
        for frame in frames:
            held = replace(frame, data=frame.data + block[:1400])
            writer.write("lan", held.time, held.data, len(held.data))
    capture = load_capture(path, small=0)
    assert isinstance(capture.frames, Table)
    assert list(capture.frames) == list(read_capture(path).frames)


@pytest.mark.parametrize("suffix", ["pcapng", "pcap"])
@_EXAMPLES
@given(seed=st.integers(0, 1 << 30), damage=st.integers(0, 6))
def test_damaged_files_have_the_errors_of_the_reader(
    suffix: str, seed: int, damage: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    random = Random(seed)
    path = tmp_path_factory.mktemp("damaged") / f"x.{suffix}"
    if suffix == "pcapng":
        _pcapng(path, random)
    else:
        _pcap(path, "<", 1000, random)
    octets = bytearray(path.read_bytes())
    if damage == 0:
        del octets[random.randrange(len(octets)) :]
    for _ in range(damage):
        octets[random.randrange(len(octets))] = random.choice((0, 1, 6, 255, random.randrange(256)))
    path.write_bytes(octets)
    assert _mapped(path) == _outcome(read_capture, path)
    path.unlink()


def test_the_tls_secrets_in_front_of_the_frames_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "a.pcapng"
    with CaptureWriter(path, [Point("lan")]) as writer:
        writer.write_secrets(b"CLIENT_RANDOM 00 11\n")
        for frame in crowd(Crowd(("arp",), ("lan",), 0.0, 1)):
            writer.write("lan", frame.time, frame.data)
    mapped = load_capture(path, small=0)
    assert isinstance(mapped.frames, Table)
    assert mapped.secrets == read_capture(path).secrets == (b"CLIENT_RANDOM 00 11\n",)
