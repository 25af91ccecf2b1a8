"""What arrives is what was sent, by whatever protocol; and who can read it on the way."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from wirelab.run.outcome import Status
from wirelab.run.plan import plan
from wirelab.run.runner import run_jobs
from wirelab.verify import display_filter, dissect, read_capture

SECRET = b"enable secret"


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The folders of a run of everything that transfers files, by scenario."""
    folder = tmp_path_factory.mktemp("out")
    jobs = plan(["ftp", "transfers"], [], 3)
    for outcome in run_jobs(jobs, folder, 4):
        assert outcome.status is Status.PASSED, outcome.explanation
    return {job.scenario.id: folder / job.scenario.id for job in jobs}


def _facts(folder: Path) -> dict[str, Any]:
    facts: dict[str, Any] = json.loads((folder / "facts.json").read_text())
    return facts


def _hashes(told: object) -> set[str]:
    """All hashes that players tell of files, wherever they stand."""
    if isinstance(told, list):
        return {each for part in told for each in _hashes(part)}
    if not isinstance(told, dict):
        return set()
    inner = {name: part for name, part in told.items() if name not in ("sent", "received", "names")}
    own = {inner["sha256"]} if "sha256" in inner else set()
    return own | {each for part in inner.values() for each in _hashes(part)}


@pytest.mark.parametrize(
    ("scenario", "files"),
    [
        ("ftp-passive", ["file"]),
        ("ftp-active", ["file"]),
        ("ftp-extended-passive", ["file"]),
        ("ftp-upload", ["file"]),
        ("ftp-two-files", ["photo", "map"]),
        ("tftp", ["file"]),
        ("sftp", ["file"]),
        ("ftp-vs-sftp-vs-tftp", ["file"]),
    ],
)
def test_client_and_server_tell_of_the_same_files(
    played: dict[str, Path], scenario: str, files: list[str]
) -> None:
    facts = _facts(played[scenario])
    assert _hashes(facts) == {facts["names"][f"{file}.sha256"] for file in files}


def test_the_blocks_of_tftp_are_the_file(played: dict[str, Path]) -> None:
    names = _facts(played["tftp"])["names"]
    data = display_filter("tftp.opcode == 3")
    packets = dissect(read_capture(played["tftp"] / "points/lan.pcapng").frames)
    blocks = [b"".join(p.values("data.data")) for p in packets if data.selects(p)]
    assert hashlib.sha256(b"".join(blocks)).hexdigest() == names["file.sha256"]


def test_a_secret_is_seen_with_ftp_and_tftp_but_not_with_sftp(played: dict[str, Path]) -> None:
    capture = read_capture(played["ftp-vs-sftp-vs-tftp"] / "points/lan.pcapng")
    packets = [packet for packet in dissect(capture.frames) if SECRET in packet.frame.data]
    assert {packet.layers[-2].protocol for packet in packets} >= {"tcp", "tftp"}
    assert not any(packet.has("ssh") for packet in packets)
