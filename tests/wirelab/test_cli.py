"""The command line: what people type, and what they get wrong."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from wirelab.run.publish import opened
from wirelab.scenarios import CATALOGUE


def lab(*arguments: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run the command line and return what it said."""
    argv = [sys.executable, "-m", "wirelab", *arguments]
    return subprocess.run(argv, capture_output=True, text=True, check=False, cwd=cwd)


def test_help_names_every_command() -> None:
    told = lab("--help").stdout
    assert all(word in told for word in ("list", "show", "run", "verify", "doctor", "test"))


def test_list_names_every_scenario_with_its_family() -> None:
    listed = {entry["scenario"]: entry for entry in json.loads(lab("list", "--json").stdout)}
    assert set(listed) == set(CATALOGUE)
    assert all(entry["rfcs"] and entry["points"] for entry in listed.values())
    assert {entry["origin"] for entry in listed.values()} <= {"real", "crafted"}
    assert listed["frag-router"]["settings"][0]["name"] == "mtu"
    assert all(name in lab("list").stdout for name in CATALOGUE)


@pytest.mark.parametrize("scenario", sorted(CATALOGUE))
def test_show_explains_every_scenario(scenario: str) -> None:
    told = lab("show", scenario)
    assert told.returncode == 0, told.stderr
    assert all(word in told.stdout for word in ("The network", "What must be seen", "RFC"))


def test_show_follows_a_setting() -> None:
    assert "icmp.mtu == 1300" in lab("show", "pmtud-df", "--set", "mtu=1300").stdout


def test_an_mtu_changes_what_is_expected_and_what_is_seen(tmp_path: Path) -> None:
    ended = lab("run", "frag-router", "--set", "mtu=700", "--json", "-o", str(tmp_path))
    assert ended.returncode == 0, ended.stdout + ended.stderr
    verdict = json.loads((tmp_path / "frag-router" / "verdict.json").read_text())
    assert verdict["settings"]["mtu"] == 700
    assert len([step for step in verdict["steps"] if step["name"].startswith("cut")]) == 3


def test_a_run_leaves_what_the_readme_names(tmp_path: Path) -> None:
    ended = lab("run", "arp-cold-resolve", "-o", str(tmp_path / "out"))
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "1 passed" in ended.stdout
    names = {str(path.relative_to(tmp_path / "out")) for path in (tmp_path / "out").rglob("*")}
    folder = "arp-cold-resolve"
    wanted = {"capture.pcapng", "points/c.pcapng", "verdict.json", "facts.json", "logs"}
    assert {"index.html", *(f"{folder}/{name}" for name in wanted)} <= names


def test_a_run_is_judged_the_same_by_verify(tmp_path: Path) -> None:
    lab("run", "unreach-port", "--seed", "4", "-o", str(tmp_path))
    capture = str(tmp_path / "unreach-port" / "capture.pcapng")
    assert lab("verify", capture, "--expect", "unreach-port").returncode == 0
    wrong = lab("verify", capture, "--expect", "unreach-net")
    assert wrong.returncode == 1
    assert "Traceback" not in wrong.stderr


def test_captures_of_several_points_are_judged_together(tmp_path: Path) -> None:
    lab("run", "unreach-port", "-o", str(tmp_path))
    folder = tmp_path / "unreach-port" / "points"
    points = [word for p in ("lan", "wan") for word in ("--point", f"{p}={folder / p}.pcapng")]
    assert lab("verify", "--expect", "unreach-port", *points).returncode == 0
    alone = lab("verify", "--expect", "unreach-port", *points[:2])
    assert alone.returncode == 0
    assert "judged as seen at point 'lan'" in alone.stdout


def test_a_file_of_one_point_is_judged_by_what_it_shows(tmp_path: Path) -> None:
    lab("run", "unreach-port", "-o", str(tmp_path))
    file = str(tmp_path / "unreach-port" / "points" / "wan.pcapng")
    alone = lab("verify", file, "--expect", "unreach-port")
    assert alone.returncode == 1
    assert "--at" in alone.stdout
    assert lab("verify", file, "--expect", "unreach-port", "--at", "wan").returncode == 0
    _expect_bad_input(lab("verify", file, "--expect", "unreach-port", "--at", "dmz"), "'dmz'")


def _expect_bad_input(ended: subprocess.CompletedProcess[str], *words: str) -> None:
    assert ended.returncode == 2, ended.stdout + ended.stderr
    assert "Traceback" not in ended.stderr
    assert all(word in ended.stderr for word in words), ended.stderr
    assert len(ended.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["run", "frag-ruoter"], ["frag-ruoter", "frag-router"]),
        (["run", "frag-router", "--set", "mtu=67"], ["67"]),
        (["run", "frag-router", "--set", "mtu=65536"], ["65536"]),
        (["run", "frag-router", "--set", "mut=1300"], ["mut", "mtu"]),
        (["verify", "no-such-file", "--expect", "dhcp-dora"], ["no-such-file"]),
        (["show", "dhcp-dara"], ["dhcp-dora"]),
        (["run", "arp", "--set", "mtu=1300"], ["mtu", "frag-router"]),
        (["run", "-j", "0"], ["-j", "0 is not in the range"]),
        (["run", "--seed", "-1"], ["--seed", "-1"]),
        (["run", "--seed", "abc"], ["--seed", "abc"]),
        (["run", "--sed", "1"], ["--sed", "--seed"]),
        (["run", "-o", ""], ["-o", "empty"]),
        (["show"], ["SCENARIO"]),
        (["list", "nonsuch"], ["'nonsuch'", "lab list"]),
        (["runn"], ["did you mean run?"]),
        (["frag-router"], ["did you mean lab run frag-router?"]),
    ],
)
def test_what_does_not_exist_is_one_line_and_status_2(
    arguments: list[str], words: list[str], tmp_path: Path
) -> None:
    _expect_bad_input(lab(*arguments, cwd=tmp_path), *words)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "content",
    [b"", b"not a capture at all", bytes.fromhex("0a0d0d0a1c000000"), b"\xff" * 1000],
    ids=["empty", "text", "truncated", "noise"],
)
def test_a_capture_that_is_none_is_one_line_and_status_2(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "bad.pcapng"
    path.write_bytes(content)
    _expect_bad_input(lab("verify", str(path), "--expect", "dhcp-dora"), "bad.pcapng")


def test_a_link_type_that_is_not_read_is_named(tmp_path: Path) -> None:
    path = tmp_path / "usb.pcap"
    header = "d4c3b2a1 0200 0400 00000000 00000000 ffff0000 dc000000"
    path.write_bytes(bytes.fromhex(header) + bytes(12) + bytes(4))
    _expect_bad_input(lab("verify", str(path), "--expect", "dhcp-dora"), "220")


@pytest.mark.parametrize("place", ["file", "file/out", "/proc/out"])
def test_an_output_folder_that_cannot_be_is_refused(place: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    _expect_bad_input(lab("run", "unreach-net", "-o", place, cwd=tmp_path), place)
    assert (tmp_path / "file").read_text() == "mine"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount a small disk")
@pytest.mark.parametrize("size", ["16k", "100k"])
def test_a_full_disk_is_one_line_and_leaves_nothing_half_written(size: str, tmp_path: Path) -> None:
    script = (
        'mount -t tmpfs -o size="$1" tmpfs . && cd "$PWD" && shift && "$@"; status=$?;'
        " find . -name '.*.partial' >&2; for folder in out/*/; do"
        " test ! -d $folder || test -s $folder/verdict.json || exit 9; done; exit $status"
    )
    run = [sys.executable, "-m", "wirelab", "run", "arp", "fragmentation", "ftp", "-o", "out"]
    argv = ["unshare", "--mount", "sh", "-c", script, "sh", size, *run]
    ended = subprocess.run(argv, cwd=tmp_path, capture_output=True, text=True, check=False)
    _expect_bad_input(ended, "No space left on device", "out/")


def test_an_output_folder_that_disappears_is_one_line(tmp_path: Path) -> None:
    argv = [sys.executable, "-m", "wirelab", "run", "arp-gratuitous", "-o", str(tmp_path / "out")]
    runner = subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    while not (tmp_path / "out").exists():
        assert runner.poll() is None
    (tmp_path / "out").rmdir()
    out, errors = runner.communicate(timeout=60)
    _expect_bad_input(
        subprocess.CompletedProcess(argv, runner.returncode, out, errors), str(tmp_path / "out")
    )


def test_two_runs_do_not_write_into_one_folder(tmp_path: Path) -> None:
    with opened(tmp_path / "out"):
        _expect_bad_input(lab("run", "arp", "-o", "out", cwd=tmp_path), "another lab run")
    assert lab("run", "arp-cold-resolve", "-o", "out", cwd=tmp_path).returncode == 0


@pytest.mark.parametrize("arguments", [["run", "arp-cold-resolve"], ["list"], ["show", "arp"]])
def test_a_reader_that_goes_away_ends_the_command_quietly(
    arguments: list[str], tmp_path: Path
) -> None:
    ours, theirs = os.pipe()
    os.close(ours)
    argv = [sys.executable, "-m", "wirelab", *arguments]
    ended = subprocess.run(
        argv, stdout=theirs, stderr=subprocess.PIPE, cwd=tmp_path, text=True, check=False
    )
    os.close(theirs)
    assert (ended.returncode, ended.stderr) == (141, "")


@pytest.mark.parametrize("arguments", [["run", "arp-cold-resolve"], ["list"], ["--help"]])
def test_output_that_cannot_be_written_is_told(arguments: list[str], tmp_path: Path) -> None:
    argv = [sys.executable, "-m", "wirelab", *arguments]
    with Path("/dev/full").open("w") as full:
        ended = subprocess.run(
            argv, stdout=full, stderr=subprocess.PIPE, cwd=tmp_path, text=True, check=False
        )
    assert (ended.returncode, ended.stderr) == (
        2,
        "lab: standard output: No space left on device\n",
    )


def test_without_namespaces_every_scenario_is_skipped_and_the_reason_told_once(
    tmp_path: Path,
) -> None:
    # Only the user namespace made here is limited: to one more, in which we are not root.
    forbid = 'echo 1 >/proc/sys/user/max_user_namespaces && exec unshare --user --map-user=1 "$@"'
    run = [sys.executable, "-m", "wirelab", "run", "arp", "icmp", "-o", str(tmp_path / "out")]
    argv = ["unshare", "--map-root-user", "sh", "-c", forbid, "sh", *run]
    ended = subprocess.run(argv, capture_output=True, text=True, check=False)
    assert ended.returncode == 3, ended.stdout + ended.stderr
    assert ended.stdout.count("does not let us make namespaces") == 1
    assert "lab doctor" in ended.stdout


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_an_ordinary_user_with_a_single_id_can_run() -> None:
    user = ["setpriv", "--reuid", "23456", "--regid", "23456", "--clear-groups"]
    probe = subprocess.run([*user, sys.executable, "-c", "import wirelab"], check=False)
    if probe.returncode != 0:
        pytest.skip("the checkout is not readable by other users")
    # Not in tmp_path: another pytest that starts meanwhile closes root's folder to everybody.
    with tempfile.TemporaryDirectory(prefix="wirelab-test-") as folder:
        os.chown(folder, 23456, 23456)
        argv = [*user, sys.executable, "-m", "wirelab", "run", "all", "-o", f"{folder}/out"]
        ended = subprocess.run(argv, capture_output=True, text=True, check=False)
        assert ended.returncode == 0, ended.stdout + ended.stderr


def test_fields_are_looked_up() -> None:
    told = lab("fields", "ip.ttl")
    assert told.returncode == 0, told.stderr
    assert "unsigned 8" in told.stdout
    assert {each["field"] for each in json.loads(lab("fields", "--json").stdout)} >= {"eth.src"}
    _expect_bad_input(lab("fields", "nonsuch"), "nonsuch")
