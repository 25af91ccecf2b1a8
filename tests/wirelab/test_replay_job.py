"""What the results of a replay are called."""

from pathlib import Path

import pytest
from written import pcap

from wirelab.run.networks import network
from wirelab.run.replay_job import ReplayJob
from wirelab.topologies.lan import Lan
from wirelab.traffic.replay.frame_options import FrameOptions
from wirelab.traffic.replay.frames import Frames, prepare


@pytest.fixture
def frames(tmp_path: Path) -> Frames:

    path = tmp_path / "x.pcap"
    path.write_bytes(pcap([(0, bytes(60), 60)]))
    return prepare(path, Lan(), FrameOptions(at={"": "c-eth0"}))


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("x.pcap", "replay-x"),
        ("x.1.pcap", "replay-x.1"),
        ("x.1.PCAPNG.gz", "replay-x.1"),
        ("x.cap.zst", "replay-x"),
        ("x.2026-03-01", "replay-x.2026-03-01"),
        (".hid.pcap", "replay-.hid"),
        (".pcap", "replay-capture"),
        ("out/dns/capture.pcapng", "replay-dns"),
    ],
)
def test_a_replay_is_called_as_its_file_without_what_says_its_kind(
    path: str, name: str, frames: Frames
) -> None:
    assert ReplayJob(Path(path), "frames", network("lan"), frames).name == name
