"""Recorders: what passes interfaces ends in files, all of it, as it was."""

import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from wirelab.emulator import Captured, Host, Lab, PointStatistics, sandbox
from wirelab.emulator.counters import counters
from wirelab.emulator.errors import RecordingError
from wirelab.emulator.recorder import Recorder
from wirelab.topologies.lan import Lan

_HEADER = bytes.fromhex("020000000002 020000000001".replace(" ", ""))


def _recorded(
    work: Callable[[Lab], Any], points: dict[str, str]
) -> tuple[list[Captured], list[Captured], dict[str, PointStatistics]]:
    """Return what a recorder and what taps saw, and the counts."""

    def body() -> tuple[list[Captured], list[Captured], dict[str, PointStatistics]]:
        lab = Lab(Lan(), taps=points)
        interfaces = {point: lab.interface(name) for point, name in points.items()}
        with Recorder(interfaces, sandbox.SCRATCH) as recorder, lab:
            work(lab)
            statistics = recorder.stop()
            frames = recorder.recorded()
            assert len(frames) == len(list(frames))
            return list(frames), list(lab.taps.frames()), statistics

    return sandbox.call(body)


def _send(host: Host, *frames: bytes) -> None:
    with (
        host.namespace.entered(),
        socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as out,
    ):
        out.bind((host.interface().name, 0))
        for frame in frames:
            out.send(frame)


def test_a_recorder_sees_what_taps_see_times_and_directions_included() -> None:
    own = [_HEADER + b"\x88\xb5" + number.to_bytes(4) * 20 for number in range(300)]
    recorded, tapped, statistics = _recorded(
        lambda lab: _send(lab["c"], *own), {"near": "c-eth0", "far": "s1-eth1"}
    )
    assert recorded == tapped
    assert [each.data for each in recorded if each.point == "near"] == own
    assert {each.outgoing for each in recorded if each.point == "near"} == {True}
    assert {each.outgoing for each in recorded if each.point == "far"} == {False}
    assert statistics == dict.fromkeys(("near", "far"), PointStatistics(300, 0))


def test_frames_of_all_sizes_fill_many_blocks() -> None:
    own = [
        _HEADER + b"\x88\xb5" + bytes([number % 251]) * (number % 1487) for number in range(4000)
    ]
    recorded, _tapped, _statistics = _recorded(
        lambda lab: _send(lab["c"], *own), {"far": "s1-eth1"}
    )
    assert [each.data for each in recorded] == own


@pytest.mark.parametrize("kind", ["8100", "88a8"])
def test_a_tag_that_the_kernel_takes_out_is_put_back(kind: str) -> None:
    tagged = _HEADER + bytes.fromhex(kind) + bytes.fromhex("6064 88b5") + b"tagged" * 10
    both = _HEADER + bytes.fromhex("88a8 0007 8100 0000 88b5") + b"twice" * 10
    recorded, _tapped, _statistics = _recorded(
        lambda lab: _send(lab["c"], tagged, both), {"near": "c-eth0", "far": "s1-eth1"}
    )
    assert [each.data for each in recorded if each.point == "far"] == [tagged, both]
    assert [each.data for each in recorded if each.point == "near"] == [tagged, both]


def test_frames_are_taken_by_point_and_direction() -> None:
    def body() -> dict[str, int]:
        lab = Lab(Lan())
        ends = {"near": lab.interface("c-eth0"), "far": lab.interface("s1-eth1")}
        with Recorder(ends, sandbox.SCRATCH) as recorder, lab:
            _send(lab["c"], _HEADER + b"\x88\xb5" + bytes(50))
            recorder.stop()
            frames = recorder.recorded()
            assert frames[0].point == "near"
            assert [each.point for each in frames[1:]] == ["far"]
            return {
                "near": len(frames.at("near")),
                "left near": len(frames.at("near", outgoing=True)),
                "came near": len(frames.at("near", outgoing=False)),
                "elsewhere": len(frames.at("elsewhere")),
            }

    found = sandbox.call(body)
    assert found == {"near": 1, "left near": 1, "came near": 0, "elsewhere": 0}


def test_silence_is_recorded_as_well() -> None:
    assert _recorded(lambda _lab: None, {"far": "s1-eth1"}) == (
        [],
        [],
        {"far": PointStatistics(0, 0)},
    )


def test_a_full_disk_is_an_error_that_says_so() -> None:
    def body() -> None:
        lab = Lab(Lan())
        full = sandbox.SCRATCH / "full"
        full.mkdir()
        (full / ".0.ring").symlink_to("/dev/full")
        with Recorder({"far": lab.interface("s1-eth1")}, full) as recorder, lab:
            _send(lab["c"], _HEADER + b"\x88\xb5" + bytes(50))
            recorder.stop()

    with pytest.raises(RecordingError, match="No space left on device"):
        sandbox.call(body)


def test_recordings_are_removed_in_the_end() -> None:
    def body() -> list[Path]:
        lab = Lab(Lan())
        with Recorder({"far": lab.interface("s1-eth1")}, sandbox.SCRATCH), lab:
            pass
        return list(sandbox.SCRATCH.glob(".*"))

    assert sandbox.call(body) == []


def test_the_kernel_counts_what_left_and_what_came() -> None:
    def body() -> tuple[int, int]:
        with Lab(Lan()) as lab:
            near, far = lab.interface("c-eth0"), lab.interface("s1-eth1")
            before = counters(near).sent, counters(far).received
            _send(lab["c"], *[_HEADER + b"\x88\xb5" + bytes(50)] * 7)
            return counters(near).sent - before[0], counters(far).received - before[1]

    assert sandbox.call(body) == (7, 7)
