"""HTTPS: with the secrets that are in the capture an independent dissector reads the page."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from wirelab.run.outcome import Status
from wirelab.run.plan import plan
from wirelab.run.runner import run_jobs
from wirelab.verify import CaptureWriter, read_capture

pytestmark = pytest.mark.skipif(not shutil.which("tshark"), reason="tshark is not installed")


@pytest.fixture(scope="module", params=["1.2", "1.3"])
def played(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run with this version of TLS."""
    folder = tmp_path_factory.mktemp("out")
    (outcome,) = run_jobs(plan(["tls-https"], [f"version={request.param}"], 0), folder, 1)
    assert outcome.status is Status.PASSED, outcome.explanation
    return folder / "tls-https"


def _read(capture: Path, what: str, *fields: str) -> list[list[str]]:
    argv = ["tshark", "-r", str(capture), "-Y", what, "-T", "fields"]
    argv += [word for field in fields for word in ("-e", field)]
    ended = subprocess.run(argv, capture_output=True, text=True, check=True)
    return [line.split("\t") for line in ended.stdout.splitlines()]


@pytest.mark.parametrize("file", ["capture.pcapng", "points/lan.pcapng", "points/wan.pcapng"])
def test_the_page_is_read_with_the_secrets_of_the_file(played: Path, file: str) -> None:
    facts = json.loads((played / "facts.json").read_text())
    assert _read(played / file, "http.request", "http.request.uri", "http.host") == [
        ["/page.html", "www.example.test"]
    ]
    ((code, length),) = _read(
        played / file, "http.response", "http.response.code", "http.content_length"
    )
    assert (code, length) == ("200", str(facts["curl"]["size"]))
    assert _read(played / file, 'http.file_data contains "<!doctype html>"', "frame.number")


def test_without_them_nothing_of_it_is_read(played: Path, tmp_path: Path) -> None:
    capture = read_capture(played / "capture.pcapng")
    assert len(capture.secrets) == 1
    with CaptureWriter(tmp_path / "bare.pcapng", capture.points) as writer:
        for frame in capture.frames:
            writer.write(frame.point, frame.time, frame.data)
    bare = tmp_path / "bare.pcapng"
    assert _read(bare, "http", "frame.number") == []
    assert _read(bare, "tls.handshake.extensions_server_name", "frame.number")
    facts = json.loads((played / "facts.json").read_text())
    shows_certificate = bool(_read(bare, "tls.handshake.type == 11", "frame.number"))
    assert shows_certificate == (facts["settings"]["version"] == "1.2")


def test_a_verdict_beside_the_frames_leaves_the_secrets_where_they_are(
    played: Path, tmp_path: Path
) -> None:
    source, told = played / "capture.pcapng", tmp_path / "told.pcapng"
    argv = [sys.executable, "-m", "wirelab", "verify", str(source), "--expect", "tls-https"]
    subprocess.run([*argv, "--annotate", str(told)], check=True, capture_output=True)
    assert _read(told, "http.response", "http.response.code") == [["200"]]
