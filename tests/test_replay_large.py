"""A capture larger than memory may be: it is replayed all the same."""

import json
import resource
import struct
import subprocess
import sys
from pathlib import Path

import pytest

_SIZE = 65000
_HEADER = bytes.fromhex("020000000002020000000001") + b"\x88\xb5"
_MEGABYTE = 1 << 20


@pytest.fixture
def frames(request: pytest.FixtureRequest) -> int:
    return 80_000 if request.config.getoption("--long") else 6_000


def _write(path: Path, count: int) -> Path:
    """Write large frames, mostly holes of the file, each unlike the others."""
    with path.open("wb") as file:
        file.write(struct.pack("<IHHiIII", 0xA1B23C4D, 2, 4, 0, 0, 262144, 1))
        for number in range(count):
            file.write(struct.pack("<IIII", 1_700_000_000, number, _SIZE, _SIZE))
            file.write(_HEADER + struct.pack("<Q", number))
            file.seek(_SIZE - len(_HEADER) - 8, 1)
        file.truncate()
    return path


def test_memory_does_not_grow_with_the_bytes_of_a_capture(tmp_path: Path, frames: int) -> None:
    capture = _write(tmp_path / "large.pcap", frames)
    room = 200 * _MEGABYTE  # of memory of its own, for the command and each process of its lab
    assert capture.stat().st_size > 1.8 * room

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_DATA, (room, room))

    argv = [sys.executable, "-m", "wirelab", "replay", capture, "--on", "routed", "--json"]
    argv += ["--set", "mtu=65535", "--at", "r1-eth1", "--mbps", "1000", "--capture", "discard"]
    ended = subprocess.run(
        argv, cwd=tmp_path, preexec_fn=limit, capture_output=True, text=True, check=False
    )
    assert ended.returncode in (0, 1), ended.stderr  # a slow machine may be late, or lose some
    found = json.loads(ended.stdout)
    assert (found["sent"], found["problems"]) == (frames, [])
    link = found["details"]["links"]["r1-eth1"]
    assert link.get("arrived", link.get("counted", 0)) >= frames
    assert found["otherwise"].keys() <= {"late"}
