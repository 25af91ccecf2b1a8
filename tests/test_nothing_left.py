"""Whatever happens to the runner, nothing of a lab stays on the machine."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

_MARK = "WIRELAB_TEST_RUN"


def _left(mark: str) -> list[str]:
    """Return the processes of this machine that a marked runner or its labs started."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if f"{_MARK}={mark}".encode() in (process / "environ").read_bytes():
                found.append((process / "cmdline").read_bytes().replace(b"\0", b" ").decode())
        except OSError:
            continue
    return found


def _traces() -> tuple[list[str], list[str], list[str]]:
    """Return what a lab could leave behind outside: interfaces, mounts, files."""
    interfaces = sorted(path.name for path in Path("/sys/class/net").iterdir())
    mounts = sorted(line.split()[1] for line in Path("/proc/mounts").read_text().splitlines())
    files = sorted(str(path) for path in Path("/run").glob("wirelab*"))
    return interfaces, mounts, files


@pytest.fixture
def count(request: pytest.FixtureRequest) -> int:
    return 50 if request.config.getoption("--long") else 12


def test_killing_the_runner_at_random_moments_leaves_nothing(tmp_path: Path, count: int) -> None:
    before = _traces()
    draw = random.Random(20)
    argv = [sys.executable, "-m", "wirelab", "run", "all", "-o", str(tmp_path / "out")]
    for number in range(count):
        mark = f"{os.getpid()}-{number}"
        runner = subprocess.Popen(argv, env={**os.environ, _MARK: mark}, stdout=subprocess.DEVNULL)
        with pytest.raises(subprocess.TimeoutExpired):
            runner.wait(draw.uniform(0.05, 2.0))
        runner.send_signal(signal.SIGKILL)
        runner.wait()
        # Who takes an interface down is killed only when the kernel is done with that.
        deadline = time.monotonic() + 20
        while _left(mark) and time.monotonic() < deadline:
            os.sched_yield()
        assert _left(mark) == []
        assert _traces() == before


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_a_run_cleanly_whenever_it_comes(
    number: signal.Signals, tmp_path: Path, count: int
) -> None:
    draw = random.Random(number)
    argv = [sys.executable, "-m", "wirelab", "run", "all", "-o", str(tmp_path / "out")]
    for attempt in range(count // 3):
        mark = f"{os.getpid()}-{number}-{attempt}"
        runner = subprocess.Popen(
            argv, env={**os.environ, _MARK: mark}, stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE, text=True, start_new_session=True,
        )  # fmt: skip
        labs = draw.randrange(
            1, 40
        )  # processes of this run: from its first fork to the thick of it
        while len(_left(mark)) <= labs:
            assert runner.poll() is None
        os.killpg(runner.pid, number)
        begun = time.monotonic()
        _out, errors = runner.communicate(timeout=30)
        assert time.monotonic() - begun < 10  # a second, were the machine ours; the run takes 16
        assert (runner.returncode, errors) == (
            128 + number,
            f"lab: stopped by {number.name}; its labs are gone\n",
        )
        assert _left(mark) == []
        assert [path for path in (tmp_path / "out").iterdir() if path.name[0] == "."] == []


def test_ctrl_c_before_anything_runs_ends_without_a_word(tmp_path: Path) -> None:
    argv = [sys.executable, "-X", "importtime", "-m", "wirelab", "run", "-o", str(tmp_path / "out")]
    runner = subprocess.Popen(argv, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    assert runner.stderr
    while "wirelab.verify" not in runner.stderr.readline():  # in the middle of importing
        assert runner.poll() is None
    runner.send_signal(signal.SIGINT)
    _out, errors = runner.communicate(timeout=30)
    assert runner.returncode == -signal.SIGINT
    assert "Traceback" not in errors


def test_eight_labs_of_one_topology_run_at_once(tmp_path: Path) -> None:
    argv = [sys.executable, "-m", "wirelab", "run", "unreach-host", "-o"]
    runners = [
        subprocess.Popen([*argv, str(tmp_path / str(n))], stdout=subprocess.DEVNULL)
        for n in range(8)
    ]
    assert [runner.wait(60) for runner in runners] == [0] * 8
