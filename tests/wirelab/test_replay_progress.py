"""How far a replay is: lines in a pipe, a bar on a terminal."""

import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import pytest
from written import pcap

from wirelab.cli import replay_progress
from wirelab.cli.replay_progress import shown, told

_FRAME = bytes.fromhex("02000000000202000000000188b5") + bytes(46)


def test_a_line_says_how_far_how_fast_and_how_long_still() -> None:
    assert told(20, 100, "frames", 10.0) == "20 of 100 frames, 2/s, 40 s left"
    assert told(0, 100, "frames", 10.0) == "0 of 100 frames, 0/s"
    assert told(0, 100, "payloads", 0.0) == "0 of 100 payloads, 0/s"


def test_in_a_pipe_there_is_a_line_now_and_then(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    clock = iter(range(0, 1000, 4))
    monkeypatch.setattr(replay_progress, "monotonic", lambda: next(clock))
    with shown(100, "frames", quiet=False) as far:
        for done in range(0, 100, 10):
            far(done)
    lines = capsys.readouterr().out.splitlines()
    assert lines == ["20 of 100 frames, 1.67/s, 48 s left", "50 of 100 frames, 2.08/s, 24 s left",
                     "80 of 100 frames, 2.22/s, 9 s left"]  # fmt: skip
    assert far.done == 90


def test_what_is_left_of_a_schedule_counts_from_the_first_frame(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    clock = iter(range(0, 1000, 10))
    monkeypatch.setattr(replay_progress, "monotonic", lambda: next(clock))
    with shown(100, "frames", quiet=False, duration=3600.0) as far:
        for done in (0, 1, 1, 90):
            far(done)
    lines = capsys.readouterr().out.splitlines()
    left = [line.rpartition(", ")[2] for line in lines[1:]]
    assert lines[0] == "it takes 1:00:00"
    assert left == ["3600 s left", "3600 s left", "3590 s left", "3580 s left"]


def test_what_is_behind_its_schedule_is_estimated(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    clock = iter(range(0, 1000, 10))
    monkeypatch.setattr(replay_progress, "monotonic", lambda: next(clock))
    with shown(100, "frames", quiet=False, duration=15.0) as far:
        for done in (10, 20, 30):
            far(done)
    left = [line.rpartition(", ")[2] for line in capsys.readouterr().out.splitlines()]
    assert left == ["15 s left", "5 s left", "70 s left"]


def test_programs_get_none(capsys: pytest.CaptureFixture[str]) -> None:
    with shown(100, "frames", quiet=True) as far:
        far(50)
    assert (capsys.readouterr().out, far.done) == ("", 50)


def test_on_a_terminal_there_is_a_bar_with_rate_and_remaining_time(tmp_path: Path) -> None:
    path = tmp_path / "some.pcap"
    path.write_bytes(pcap([(n * 10_000_000, _FRAME, 60) for n in range(100)]))
    ours, theirs = pty.openpty()
    argv = [sys.executable, "-m", "wirelab", "replay", path, "--on", "lan", "--at", "c-eth0"]
    argv += ["--late-by", "600000"]
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "100"}
    runner = subprocess.Popen(argv, cwd=tmp_path, stdout=theirs, stdin=theirs, env=environment)
    os.close(theirs)
    text = b""
    try:
        while piece := os.read(ours, 4096):
            text += piece
    except OSError:  # the other end has closed (EIO, pty(7))
        pass
    os.close(ours)
    assert runner.wait() == 0
    plain = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", text.decode())
    assert re.search(r"\d+/100 frames [\d.]+/s \d+:\d\d:\d\d", plain), plain
    assert "passed" in plain
