"""`lab replay`: what it sends, what it says, and what it refuses."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from scapy.layers.inet import IP, TCP
from scapy.layers.l2 import ARP, Ether
from written import SECOND, Blocks, pcap

from wirelab.verify import read_capture

_HEADER = bytes.fromhex("020000000002020000000001") + b"\x88\xb5"
_START = 1_700_000_000 * SECOND
_MS = 1_000_000
_NANOSECONDS = b"\x4d\x3c\xb2\xa1"
_WHENEVER = ("--late-by", "600000")
"""For tests that are not about time: a machine may be busy."""


def lab(*arguments: str | Path, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run the command line and return what it said."""
    argv = [sys.executable, "-m", "wirelab", "replay", *map(str, arguments)]
    return subprocess.run(argv, capture_output=True, text=True, check=False, cwd=cwd)


def frames(count: int, size: int = 60) -> list[bytes]:
    """Frames that nobody answers, each unlike the others."""
    return [(_HEADER + number.to_bytes(4)).ljust(size, b"\x5a") for number in range(count)]


def written(path: Path, own: list[bytes], *, gap: int = _MS, linktype: int = 1) -> Path:
    """Write frames into a classic capture, one each `gap` nanoseconds."""
    records = [(_START + n * gap, data, len(data)) for n, data in enumerate(own)]
    path.write_bytes(pcap(records, _NANOSECONDS, linktype))
    return path


@pytest.fixture
def capture(tmp_path: Path) -> Path:
    """A capture of twenty frames, a millisecond from each to the next."""
    return written(tmp_path / "twenty.pcap", frames(20))


def _replayed(*arguments: str | Path, cwd: Path, status: int = 0) -> dict[str, Any]:
    patient = () if "--late-by" in arguments else _WHENEVER
    ended = lab(*arguments, *patient, "--json", cwd=cwd)
    assert ended.returncode == status, ended.stdout + ended.stderr
    found: dict[str, Any] = json.loads(ended.stdout)
    return found


def _arrived(folder: Path, point: str) -> list[bytes]:
    read = read_capture(folder / "points" / f"{point}.pcapng")
    return [frame.data for frame in read.frames if frame.outgoing is False]


def test_a_capture_is_sent_and_captured_at_both_ends_of_the_link(
    capture: Path, tmp_path: Path
) -> None:
    ended = lab(capture, "--on", "lan", "--at", "c-eth0", *_WHENEVER, cwd=tmp_path)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "twenty.pcap: 20 frames sent, 40 packets captured" in ended.stdout
    folder = tmp_path / "out" / "replay-twenty"
    names = {str(path.relative_to(folder)) for path in folder.rglob("*")}
    assert names == {
        "capture.pcapng", "facts.json", "verdict.json", "logs",
        "points", "points/c-eth0.pcapng", "points/s1-eth1.pcapng",
    }  # fmt: skip
    assert _arrived(folder, "s1-eth1") == frames(20)
    about = json.loads(read_capture(folder / "capture.pcapng").comment)
    assert (about["origin"], about["capture"], about["kind"]) == (
        "replayed",
        "twenty.pcap",
        "frames",
    )
    assert json.loads((folder / "verdict.json").read_text())["sha256"] == about["sha256"]
    gaps = json.loads((folder / "facts.json").read_text())["interfaces"]["c-eth0"]["gap_errors_ns"]
    assert set(gaps) == {"p50", "p99", "max", "drift"}


def test_frames_are_chosen_looped_and_paced(capture: Path, tmp_path: Path) -> None:
    chosen = ("--from", "0.004", "--to", "0.012", "--limit", "3", "--loop", "2", "--topspeed")
    found = _replayed(capture, "--on", "span", "--at", "s1-eth4", *chosen, cwd=tmp_path)
    assert (found["sent"], found["total"]) == (6, 6)
    assert _arrived(tmp_path / found["dir"], "m-eth0") == frames(20)[4:7] * 2


def test_each_point_of_a_capture_leaves_by_its_own_interface(tmp_path: Path) -> None:
    blocks = (
        Blocks().section().interface((2, b"one"), (9, b"\x09")).interface((2, b"two"), (9, b"\x09"))
    )
    for number, data in enumerate(frames(10)):
        blocks.packet(data, index=number % 2, ticks=_START + number * _MS)
    (tmp_path / "two.pcapng").write_bytes(blocks.data)
    at = ("--at", "one=c-eth0", "--at", "two=s-eth0")
    found = _replayed("two.pcapng", "--on", "lan", *at, "--speed", "10", cwd=tmp_path)
    folder = tmp_path / found["dir"]
    assert _arrived(folder, "s1-eth1") == frames(10)[::2]
    assert [x for x in _arrived(folder, "s1-eth3") if x in frames(10)] == frames(10)[1::2]


def test_a_capture_of_a_scenario_goes_where_it_came_from(tmp_path: Path) -> None:
    argv = [sys.executable, "-m", "wirelab", "run", "unreach-port", "-o", str(tmp_path / "out")]
    assert subprocess.run(argv, capture_output=True, check=False).returncode == 0
    own = tmp_path / "out" / "unreach-port" / "capture.pcapng"
    found = _replayed(own, "--on", "unreach-port", "--topspeed", cwd=tmp_path)
    assert set(found["facts"]["interfaces"]) == {"r1-eth0", "r1-eth1"}
    assert found["sent"] == len(read_capture(own).frames)


def test_who_answers_is_told_apart_and_named(tmp_path: Path) -> None:
    asks = Ether(src="02:00:00:00:00:aa", dst="ff:ff:ff:ff:ff:ff") / ARP(
        hwsrc="02:00:00:00:00:aa", psrc="192.168.10.99", pdst="192.168.10.1"
    )
    path = written(tmp_path / "who.pcap", [bytes(asks), *frames(1)], gap=500 * _MS)
    found = _replayed(path, "--on", "lan", "--at", "x-eth0", cwd=tmp_path)
    link = found["details"]["links"]["x-eth0"]
    assert (found["status"], link["arrived"]) == ("passed", 2)
    assert link["from_the_lab"] == {"arp": 1}
    told = lab(path, "--on", "lan", "--at", "x-eth0", cwd=tmp_path)
    assert "besides, the lab sent back to x-eth0 1 arp" in told.stdout


@pytest.mark.parametrize("choice", ["skip", "segment"])
def test_what_is_too_large_is_left_out_or_cut_and_counted(choice: str, tmp_path: Path) -> None:
    ends = {"src": "192.0.2.1", "dst": "192.0.2.2"}
    large = bytes(Ether(dst="02:00:00:00:00:02") / IP(**ends) / TCP(flags="A") / (b"x" * 5000))
    path = written(tmp_path / "large.pcap", [*frames(2), large])
    ended = lab(path, "--on", "lan", "--at", "c-eth0", cwd=tmp_path)
    assert ended.returncode == 2
    assert "frame 3 has 5054 bytes, more than a link of MTU 1500 carries" in ended.stderr
    at = ("--on", "lan", "--at", "c-eth0", "--too-large", choice)
    found = _replayed(path, *at, cwd=tmp_path, status=1)
    counted = {"skip": {"skipped": 1}, "segment": {"segmented": 1}}[choice]
    assert (found["otherwise"], found["problems"]) == (counted, [])
    sizes = [len(data) for data in _arrived(tmp_path / found["dir"], "s1-eth1")]
    assert sizes == ([60, 60] if choice == "skip" else [60, 60, 1514, 1514, 1514, 674])


def test_a_late_frame_is_counted(tmp_path: Path, capture: Path) -> None:
    found = _replayed(
        capture, "--on", "lan", "--at", "c-eth0", "--late-by", "0", cwd=tmp_path, status=1
    )
    assert found["otherwise"].keys() == {"late"}
    assert found["problems"] == []


def test_a_link_that_loses_frames_fails_the_replay(tmp_path: Path, capture: Path) -> None:
    lossy = ("--on", "routed", "--set", "loss=50", "--at", "r1-eth1", "--pps", "10000")
    ended = lab(capture, *lossy, cwd=tmp_path)
    assert ended.returncode == 1, ended.stderr
    assert "of 20 frames did not arrive at s2-eth2, the first is frame" in ended.stdout


def test_a_topology_of_ones_own_is_replayed_into(tmp_path: Path, capture: Path) -> None:
    (tmp_path / "mine.py").write_text(
        "from mininet.topo import Topo\n\nclass Pair(Topo):\n    def build(self) -> None:\n"
        '        self.addLink(self.addHost("a"), self.addHost("b"))\n'
    )
    found = _replayed(capture, "--on", "./mine.py", "--at", "a-eth0", "--topspeed", cwd=tmp_path)
    assert (found["sent"], _arrived(tmp_path / found["dir"], "b-eth0")) == (20, frames(20))


def test_a_slow_link_is_waited_for(tmp_path: Path, capture: Path) -> None:
    slow = ("--on", "routed", "--set", "delay=3000", "--at", "r1-eth1", "--topspeed")
    assert _replayed(capture, *slow, cwd=tmp_path)["sent"] == 20


def test_no_captures_are_kept_where_none_are_wanted(tmp_path: Path, capture: Path) -> None:
    found = _replayed(
        capture, "--on", "lan", "--at", "c-eth0", "--capture", "discard", cwd=tmp_path
    )
    names = {path.name for path in (tmp_path / found["dir"]).iterdir()}
    assert names == {"facts.json", "verdict.json", "logs"}
    assert found["details"]["links"]["c-eth0"]["arrived"] == 20


def test_frames_are_only_counted_where_nothing_is_captured(tmp_path: Path, capture: Path) -> None:
    asked = ("--on", "lan", "--at", "c-eth0", "--topspeed", "--loop", "100", "--capture", "none")
    found = _replayed(capture, *asked, cwd=tmp_path)
    assert (found["status"], found["sent"], found["packets"]) == ("passed", 2000, 0)
    assert found["details"]["links"]["c-eth0"]["counted"] >= 2000
    ended = lab(capture, *asked, cwd=tmp_path)
    assert "nothing captured" in ended.stdout
    lossy = ("--on", "routed", "--set", "loss=50", "--at", "r1-eth1", "--capture", "none")
    ended = lab(capture, *lossy, cwd=tmp_path)
    assert ended.returncode == 1, ended.stderr
    assert "of 20 frames did not arrive at s2-eth2" in ended.stdout


def test_a_dry_run_says_what_would_be_sent_and_sends_nothing(capture: Path, tmp_path: Path) -> None:
    asked = ("--on", "lan", "--at", "c-eth0", "--loop", "3", "--pps", "100", "--dry-run")
    told = lab(capture, *asked, cwd=tmp_path)
    assert told.returncode == 0, told.stderr
    assert "c-eth0 → s1-eth1: 20 frames, 3 times of 60 bytes, 3600 in all" in told.stdout
    assert "100 frames a second; it takes 0.59 s" in told.stdout
    found = _replayed(capture, *asked, cwd=tmp_path)
    assert found["interfaces"]["c-eth0"]["frames"] == 20
    assert not (tmp_path / "out").exists()


def test_the_page_of_a_run_stays(capture: Path, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "index.html").write_text("mine")
    _replayed(capture, "--on", "lan", "--at", "c-eth0", cwd=tmp_path)
    assert (tmp_path / "out" / "index.html").read_text() == "mine"


# What is refused


def _truncated(path: Path) -> None:
    written(path, frames(3))
    path.write_bytes(path.read_bytes()[:-7])


def _backwards(path: Path) -> None:
    times = (_START + 2 * _MS, _START, _START + _MS)
    path.write_bytes(pcap([(t, frames(1)[0], 60) for t in times], _NANOSECONDS))


def _cut(path: Path) -> None:
    path.write_bytes(pcap([(_START, frames(1)[0], 1514)], _NANOSECONDS))


_BAD: dict[str, tuple[Callable[[Path], object], str]] = {
    "nothing": (lambda path: path.write_bytes(b""), "is empty"),
    "no capture": (lambda path: path.write_text("text"), "is not a capture file"),
    "a folder": (lambda path: path.mkdir(), "is a directory"),
    "missing": (lambda path: None, "cannot be opened"),
    "truncated": (_truncated, "the file ends within"),
    "no frames": (lambda path: written(path, []), "has no frames"),
    "unknown link": (lambda path: written(path, frames(1), linktype=220), "link type 220"),
    "any interface": (lambda path: written(path, frames(1), linktype=113), "LINUX_SLL"),
    "raw IP": (lambda path: written(path, frames(1), linktype=101), "only Ethernet can be sent"),
    "times that run backwards": (_backwards, "--topspeed"),
    "a zero-length packet": (lambda path: written(path, [*frames(1), b""]), "frame 2 has 0 bytes"),
    "above the MTU": (lambda path: written(path, frames(1, 1515)), "--too-large"),
    "cut by its capture": (_cut, "frame 1 was cut"),
}


@pytest.mark.parametrize("what", _BAD)
def test_a_bad_capture_is_one_line_and_nothing_is_sent(what: str, tmp_path: Path) -> None:
    make, told = _BAD[what]
    make(tmp_path / "bad.pcap")
    ended = lab("bad.pcap", "--on", "lan", "--at", "c-eth0", cwd=tmp_path)
    _expect_refused(ended, told, tmp_path)


def test_times_that_run_backwards_do_no_harm_where_they_are_not_asked(tmp_path: Path) -> None:
    _backwards(tmp_path / "back.pcap")
    assert (
        _replayed("back.pcap", "--on", "lan", "--at", "c-eth0", "--topspeed", cwd=tmp_path)["sent"]
        == 3
    )


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--on", "lan"], "say with --at INTERFACE from where to send"),
        (["--on", "lan", "--at", "eth0"], "no interface 'eth0'"),
        (["--on", "lan", "--at", "lo"], "interfaces of this machine are never used"),
        (["--on", "lan", "--at", "wan=c-eth0"], "have no names"),
        (["--on", "lan", "--at", "=c-eth0"], "takes INTERFACE or POINT=INTERFACE"),
        (["--on", "lan", "--at", "c-eth0", "--at", "x-eth0"], "--at is given twice"),
        (["--on", "lam", "--at", "c-eth0"], "did you mean lan?"),
        (["--on", "lan", "--set", "mtu=9", "--at", "c-eth0"], "no parameter 'mtu'; it has none"),
        (["--on", "routed", "--set", "mtu=x", "--at", "c-eth0"], "is a number, not 'x'"),
        (["--on", "routed", "--set", "mtu", "--at", "c-eth0"], "--set takes name=value"),
        (["--on", "frag-router", "--set", "mtu=1", "--at", "c-eth0"], "mtu is 68 to"),
        (["--on", "lan", "--at", "c-eth0", "--filter", "arp"], "selects no frame"),
        (["--on", "lan", "--at", "c-eth0", "--filter", "ip.scr == 1"], "did you mean ip.src"),
        (["--on", "lan", "--at", "c-eth0", "--from", "9"], "between --from and --to"),
        (["--on", "lan", "--at", "c-eth0", "--from", "soon"], "'soon' is neither seconds"),
        (["--on", "lan", "--at", "c-eth0", "--to", "-1"], "no time in a capture"),
        (["--on", "lan", "--at", "c-eth0", "--pps", "0"], "a number above 0"),
        (["--on", "lan", "--at", "c-eth0", "--speed", "nan"], "nan is not a finite number"),
        (["--on", "lan", "--at", "c-eth0", "--speed", "-1"], "a number above 0"),
        (["--on", "lan", "--at", "c-eth0", "--late-by", "nan"], "nan is not a finite number"),
        (["--on", "lan", "--at", "c-eth0", "--late-by", "inf"], "--late-by"),
        (["--on", "lan", "--at", "c-eth0", "--late-by", "1e308"], "--late-by"),
        (["--on", "lan", "--as", "hosts", "--patience", "inf"], "--patience"),
        (["--on", "lan", "--at", "c-eth0", "--mbps", "1e-30"], "more than a lifetime"),
        (["--on", "lan", "--at", "c-eth0", "--pps", "1", "--mbps", "1"], "are two paces"),
        (["--on", "lan", "--at", "c-eth0", "--loop", "0"], "--loop"),
        (["--at", "c-eth0"], "--on"),
    ],
)
def test_bad_usage_is_one_line(
    arguments: list[str], told: str, capture: Path, tmp_path: Path
) -> None:
    _expect_refused(lab(capture, *arguments, cwd=tmp_path), told, tmp_path)


def _expect_refused(ended: subprocess.CompletedProcess[str], told: str, folder: Path) -> None:
    assert ended.returncode == 2, ended.stdout + ended.stderr
    assert told in ended.stderr
    assert ended.stdout == ""
    lines = ended.stderr.splitlines()
    assert len(lines) == 1 or (len(lines) == 3 and lines[2].strip() == "^")
    assert not (folder / "out").exists()


# How it ends early


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_it_at_once_and_it_says_how_far_it_got(
    number: signal.Signals, tmp_path: Path
) -> None:
    path = written(tmp_path / "long.pcap", frames(1000), gap=100 * _MS)
    argv = [sys.executable, "-m", "wirelab", "replay", path, "--on", "lan", "--at", "c-eth0"]
    runner = subprocess.Popen(
        argv, cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        start_new_session=True,
    )  # fmt: skip
    partial = tmp_path / "out" / ".replay-long.partial" / ".0.ring"
    while not (partial.exists() and partial.stat().st_size):  # it sends
        assert runner.poll() is None
        os.sched_yield()
    os.killpg(runner.pid, number)
    _out, errors = runner.communicate(timeout=30)
    assert runner.returncode == 128 + number
    assert errors.startswith(f"lab: stopped by {number.name} after ")
    done = int(errors.split("after ")[1].split()[0])
    assert 0 <= done < 1000
    assert "of 1000 frames; its lab is gone" in errors
    assert not (tmp_path / "out").exists()


def test_without_namespaces_it_says_what_is_missing(capture: Path, tmp_path: Path) -> None:
    forbid = 'echo 1 >/proc/sys/user/max_user_namespaces && exec unshare --user --map-user=1 "$@"'
    replay = [sys.executable, "-m", "wirelab", "replay", str(capture), "--on", "lan"]
    argv = ["unshare", "--map-root-user", "sh", "-c", forbid, "sh", *replay, "--at", "c-eth0"]
    ended = subprocess.run(
        [*argv, "-o", str(tmp_path / "out")], capture_output=True, text=True, check=False
    )
    assert ended.returncode == 3, ended.stdout + ended.stderr
    assert "does not let us make namespaces" in ended.stderr


def test_an_output_folder_that_cannot_be_is_refused(capture: Path, tmp_path: Path) -> None:
    ended = lab(capture, "--on", "lan", "--at", "c-eth0", "-o", "/proc/out", cwd=tmp_path)
    assert (ended.returncode, "/proc/out" in ended.stderr) == (2, True)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount a small disk")
@pytest.mark.parametrize("size", ["40k", "400k"])
def test_a_full_disk_is_one_line_and_leaves_nothing(size: str, tmp_path: Path) -> None:
    path = written(tmp_path / "large.pcap", frames(200, 1500))
    (tmp_path / "disk").mkdir()
    script = (
        'mount -t tmpfs -o size="$1" tmpfs disk && shift && "$@"; status=$?;'
        " find disk -mindepth 2 >&2; exit $status"
    )
    replay = [sys.executable, "-m", "wirelab", "replay", path, "--on", "lan", "--at", "c-eth0"]
    argv = ["unshare", "--mount", "sh", "-c", script, "sh", size, *replay, "-o", "disk/out"]
    ended = subprocess.run(argv, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert ended.returncode == 2, ended.stdout + ended.stderr
    assert "No space left on device" in ended.stderr
    assert len(ended.stderr.splitlines()) == 1
