"""`lab verify`: what people type and what they are told."""

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from wirelab.verify import CaptureWriter, read_capture


def verify(
    *arguments: str | Path, cwd: Path | None = None, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run `lab verify` and return what it said."""
    argv = [sys.executable, "-m", "wirelab", "verify", *map(str, arguments)]
    clean = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES")}
    return subprocess.run(
        argv, capture_output=True, text=True, check=False, cwd=cwd, env={**clean, **environment}
    )


def on_a_terminal(*arguments: str | Path, **environment: str) -> str:
    """What `lab verify` writes to a terminal of 100 columns."""
    argv = [sys.executable, "-m", "wirelab", "verify", *map(str, arguments)]
    clean = {name: v for name, v in os.environ.items() if name not in ("NO_COLOR", "FORCE_COLOR")}
    clean |= {"TERM": "xterm-256color", "COLUMNS": "100"} | environment
    ours, theirs = pty.openpty()
    process = subprocess.Popen(argv, stdout=theirs, stderr=theirs, env=clean)
    os.close(theirs)
    said = b""
    while True:
        try:
            part = os.read(ours, 65536)
        except OSError:
            break
        if not part:
            break
        said += part
    os.close(ours)
    process.wait()
    return said.decode()


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run of two scenarios."""
    folder = tmp_path_factory.mktemp("out")
    argv = [sys.executable, "-m", "wirelab", "run", "arp-cold-resolve", "unreach-port"]
    subprocess.run([*argv, "-o", folder], check=True, capture_output=True)
    return folder


def capture(out: Path, scenario: str) -> Path:
    return out / scenario / "capture.pcapng"


def test_several_captures_are_judged_each_with_a_headline(out: Path) -> None:
    both = [capture(out, "arp-cold-resolve"), capture(out, "unreach-port")]
    ended = verify(*both, "--expect", "arp-cold-resolve")
    assert ended.returncode == 1, ended.stderr
    first = ended.stdout.splitlines()[0]
    assert first.startswith(f"{both[0]}: PASS")
    assert f"{both[1]}: FAIL" in ended.stdout
    assert verify(both[0], both[0], "--expect", "arp-cold-resolve").returncode == 0


def test_a_capture_of_the_lab_says_whose_expectation_it_is_for(out: Path, tmp_path: Path) -> None:
    both = [capture(out, "arp-cold-resolve"), capture(out, "unreach-port")]
    ended = verify(*both)
    assert ended.returncode == 0, ended.stdout
    assert ended.stdout.count("PASS") == 2
    assert "PASS unreach-port" in ended.stdout
    point = out / "unreach-port" / "points" / "wan.pcapng"
    assert verify("--point", f"wan={point}").returncode == 0
    foreign = tmp_path / "foreign.pcapng"
    source = read_capture(both[0])
    with CaptureWriter(foreign, source.points) as writer:
        for frame in source.frames:
            writer.write(frame.point, frame.time, frame.data)
    refused(verify(foreign), "foreign.pcapng", "--expect SCENARIO")


def test_several_captures_give_a_line_of_json_each(out: Path) -> None:
    both = [capture(out, "arp-cold-resolve"), capture(out, "unreach-port")]
    ended = verify(*both, "--expect", "arp-cold-resolve", "--json")
    lines = [json.loads(line) for line in ended.stdout.splitlines()]
    assert [(each["capture"], each["status"]) for each in lines] == [
        (str(both[0]), "pass"),
        (str(both[1]), "fail"),
    ]


def test_json_holds_the_ladder_the_nearest_frame_and_the_names(out: Path) -> None:
    ended = verify(capture(out, "unreach-port"), "--expect", "unreach-net", "--json")
    told = json.loads(ended.stdout)
    assert {row["mark"] for row in told["ladder"]} >= {"missing"}
    assert told["names"]
    nearest = [each["nearest"] for each in told["problems"] if each["nearest"]]
    assert nearest[0]["differences"][0].keys() == {"field", "want", "got"}


def test_open_lets_frames_pass_and_says_so(out: Path, tmp_path: Path) -> None:
    doubled = tmp_path / "doubled.pcapng"
    source = read_capture(capture(out, "arp-cold-resolve"))
    with CaptureWriter(doubled, source.points, source.comment) as writer:
        for later in (0, 10**9):
            for frame in source.frames:
                writer.write(frame.point, frame.time + later, frame.data, frame.length)
    closed = verify(doubled, "--expect", "arp-cold-resolve")
    relaxed = verify(doubled, "--expect", "arp-cold-resolve", "--open")
    assert (closed.returncode, relaxed.returncode) == (1, 0), closed.stdout + relaxed.stdout
    assert "--open" in relaxed.stdout
    assert "--open" not in closed.stdout


def test_a_name_is_bound_by_hand(out: Path) -> None:
    file = out / "unreach-port" / "points" / "lan.pcapng"
    right = read_names(capture(out, "unreach-port"))["c.ip"]
    arguments = ("--point", f"lan={file}", "--expect", "unreach-port")
    assert verify(*arguments, "--name", f"c.ip={right}").returncode == 0
    wrong = verify(*arguments, "--name", "c.ip=192.0.2.77")
    assert wrong.returncode == 1
    assert "192.0.2.77" in wrong.stdout


def read_names(path: Path) -> dict[str, str]:
    return dict(json.loads(read_capture(path).comment.splitlines()[0])["names"])


def test_an_annotated_capture_names_the_steps(out: Path, tmp_path: Path) -> None:
    source, target = capture(out, "unreach-port"), tmp_path / "told.pcapng"
    assert verify(source, "--expect", "unreach-port", "--annotate", target).returncode == 0
    before, after = read_capture(source), read_capture(target)
    assert [each.data for each in after.frames] == [each.data for each in before.frames]
    assert (after.points, after.comment) == (before.points, before.comment)
    assert {"step probe", "step closed"} <= {each.comment for each in after.frames}
    assert [path.name for path in tmp_path.iterdir()] == ["told.pcapng"]


def refused(ended: subprocess.CompletedProcess[str], *words: str) -> None:
    assert ended.returncode == 2, ended.stdout + ended.stderr
    assert len(ended.stderr.strip().splitlines()) == 1, ended.stderr
    assert all(word in ended.stderr for word in words), ended.stderr


def test_an_annotated_capture_never_takes_the_place_of_an_input(out: Path, tmp_path: Path) -> None:
    source = capture(out, "unreach-port")
    link = tmp_path / "link.pcapng"
    link.symlink_to(source)
    hard = out / "hard.pcapng"
    hard.hardlink_to(source)
    content = source.read_bytes()
    for target in (source, link, hard):
        refused(verify(source, "--expect", "unreach-port", "--annotate", target), "overwrite")
    assert source.read_bytes() == content


def test_bad_usage_is_one_line(out: Path, tmp_path: Path) -> None:
    source = capture(out, "unreach-port")
    port = (source, "--expect", "unreach-port")
    refused(verify(*port, "--annotate", tmp_path / "no" / "x.pcapng"), "x.pcapng", "No such")
    refused(verify(*port, source, "--annotate", tmp_path / "x"), "one capture")
    refused(verify(*port, "--name", "c.pi=1"), "c.pi", "did you mean c.ip?")
    refused(verify(*port, "--name", "c.ip"), "NAME=VALUE")
    refused(verify("--expect", "unreach-port"), "CAPTURE")
    refused(verify("--expect", "unreach-port", "--point", "lan"), "NAME=FILE")
    refused(verify(source, "--expect", "icmp"), "several scenarios")
    refused(verify(source, "--expect", "unreach-porrt"), "unreach-port")
    assert list(tmp_path.iterdir()) == []


def test_a_terminal_gets_colours_and_a_pipe_none(out: Path) -> None:
    arguments = (capture(out, "unreach-port"), "--expect", "unreach-port")
    coloured = on_a_terminal(*arguments)
    assert "\x1b[32m" in coloured
    assert "\x1b[3" not in on_a_terminal(*arguments, NO_COLOR="1")
    assert "\x1b" not in verify(*arguments).stdout


def test_help_teaches_with_examples() -> None:
    told = verify("--help").stdout
    assert told.count("lab verify") >= 5
    assert max(map(len, told.splitlines())) <= 80
