"""`lab mutate`: what it prints, and how it ends."""

import json
import subprocess
import sys
from pathlib import Path

import pytest


def lab(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command line and return what it said."""
    argv = [sys.executable, "-m", "wirelab", *arguments]
    return subprocess.run(argv, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder into which missing captures are made once."""
    return tmp_path_factory.mktemp("out")


def test_missing_captures_are_made_and_used_again(folder: Path) -> None:
    first = lab("mutate", "unreach-net", "-o", str(folder))
    assert first.returncode == 0, first.stdout + first.stderr
    assert "unreach-net" in first.stdout
    assert "equivalent: ip.id" in first.stdout
    made = (folder / "unreach-net" / "capture.pcapng").stat().st_mtime_ns
    assert lab("mutate", "unreach-net", "-o", str(folder)).stdout == first.stdout
    assert (folder / "unreach-net" / "capture.pcapng").stat().st_mtime_ns == made


def test_one_process_and_several_say_the_same(folder: Path) -> None:
    told = [lab("mutate", "unreach-net", "-o", str(folder), "--json", "-j", n) for n in "13"]
    assert json.loads(told[0].stdout) == json.loads(told[1].stdout)


def test_json_has_figures_survivors_and_equivalents(folder: Path) -> None:
    ended = lab(
        "mutate", "unreach-net", "unreach-port", "-o", str(folder), "--json", "--most", "20"
    )
    told = json.loads(ended.stdout)
    assert told["good"] is True
    assert [each["scenario"] for each in told["scenarios"]] == ["unreach-port", "unreach-net"]
    for each in told["scenarios"]:
        assert each["total"]["mutants"] > 50
        assert each["frames"]["mutated"] <= each["frames"]["total"]
        assert each["survivors"] == []


def test_a_given_capture_is_mutated_against_a_given_expectation(folder: Path) -> None:
    capture = str(folder / "unreach-net" / "capture.pcapng")
    ended = lab("mutate", "--capture", capture, "--expect", "unreach-net", "-o", str(folder))
    assert ended.returncode == 0, ended.stderr
    strange = lab("mutate", "--capture", capture, "--expect", "unreach-port", "-o", str(folder))
    assert strange.returncode == 2
    assert strange.stderr.startswith("lab: the capture does not pass to begin with")


def test_a_weak_judge_is_told_with_the_fields_that_nobody_checks(
    folder: Path, tmp_path: Path
) -> None:
    """Without what it says about its lab a capture is foreign: no law holds, survivors remain."""
    from wirelab.verify import CaptureWriter, read_capture

    own = read_capture(folder / "unreach-net" / "capture.pcapng")
    path = tmp_path / "foreign.pcapng"
    with path.open("wb") as file:
        writer = CaptureWriter(file, list(own.points))
        for frame in own.frames:
            writer.write(frame.point, frame.time, frame.data, frame.length, frame.outgoing)
        writer.close({})
    ended = lab("mutate", "--capture", str(path), "--expect", "unreach-net", "-o", str(folder))
    assert ended.returncode == 1, ended.stderr
    assert ended.stdout.startswith("weak")
    assert "fields nobody checks" in ended.stdout
    assert "field ip.ttl" in ended.stdout


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("nowhere",), "there is no scenario 'nowhere'"),
        (("--capture", "x.pcapng"), "--expect"),
        (("--capture", "x.pcapng", "--expect", "unreach-net"), "x.pcapng"),
        (("arp", "--capture", "x", "--expect", "arp-gratuitous"), "name scenarios, or one CAPTURE"),
    ],
)
def test_bad_input_is_one_line_and_status_2(
    folder: Path, arguments: tuple[str, ...], told: str
) -> None:
    ended = lab("mutate", *arguments, "-o", str(folder))
    assert ended.returncode == 2
    assert told in ended.stderr
    assert "Traceback" not in ended.stderr
