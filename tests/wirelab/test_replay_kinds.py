"""`lab replay --as`: by hosts and as conversations, through the command line."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from scapy.layers.inet import IP, TCP, UDP
from scapy.layers.l2 import Ether
from written import SECOND, pcap

from wirelab.verify import display_filter, dissect, read_capture

_CLIENT, _SERVER = "203.0.113.5", "198.51.100.7"
_MACS = {_CLIENT: "02:00:00:00:00:01", _SERVER: "02:00:00:00:00:02"}


def lab(*arguments: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run the command line and return what it said."""
    argv = [sys.executable, "-m", "wirelab", "replay", *map(str, arguments)]
    return subprocess.run(argv, capture_output=True, text=True, check=False, cwd=cwd)


def _packet(source: str, destination: str, payload: Any) -> bytes:
    ends = Ether(src=_MACS[source], dst=_MACS[destination])
    return bytes(ends / IP(src=source, dst=destination) / payload)


def _write(path: Path, frames: list[bytes], gap: int = SECOND // 1000) -> Path:
    path.write_bytes(pcap([(n * gap, data, len(data)) for n, data in enumerate(frames)]))
    return path


def _lookups(count: int) -> list[bytes]:
    """Questions and answers over UDP."""
    frames = []
    for number in range(count):
        ask, tell = UDP(sport=40000 + number, dport=7777), UDP(sport=7777, dport=40000 + number)
        frames.append(_packet(_CLIENT, _SERVER, ask / b"question"))
        frames.append(_packet(_SERVER, _CLIENT, tell / b"answer"))
    return frames


def _talk() -> list[bytes]:
    """A connection in which a word is said and answered."""
    client, server = TCP(sport=40000, dport=7777), TCP(sport=7777, dport=40000)

    def said(who: TCP, flags: str, seq: int, ack: int, text: bytes = b"") -> bytes:
        ends = (_CLIENT, _SERVER) if who is client else (_SERVER, _CLIENT)
        return _packet(
            *ends,
            who.__class__(sport=who.sport, dport=who.dport, flags=flags, seq=seq, ack=ack) / text,
        )

    return [
        said(client, "S", 100, 0), said(server, "SA", 500, 101), said(client, "A", 101, 501),
        said(client, "PA", 101, 501, b"hello"), said(server, "PA", 501, 106, b"good day"),
        said(client, "FA", 106, 509), said(server, "FA", 509, 107), said(client, "A", 107, 510),
    ]  # fmt: skip


@pytest.fixture
def capture(tmp_path: Path) -> Path:
    return _write(tmp_path / "talk.pcap", _talk())


def _replayed(*arguments: str | Path, cwd: Path) -> dict[str, Any]:
    ended = lab(*arguments, "--json", cwd=cwd)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    found: dict[str, Any] = json.loads(ended.stdout)
    return found


def test_hosts_of_the_lab_send_with_their_own_addresses(capture: Path, tmp_path: Path) -> None:
    asked = (
        "--on", "routed", "--as", "hosts", "--topspeed", "--map", f"{_CLIENT}=c",
        "--map", f"{_SERVER}=s", "--port", "7777=8888", "--ttl", "77", "--dscp", "10",
    )  # fmt: skip
    found = _replayed(capture, *asked, cwd=tmp_path)
    assert (found["kind"], found["status"], found["sent"]) == ("hosts", "passed", 8)
    packets = dissect(read_capture(tmp_path / found["dir"] / "capture.pcapng").frames)
    wanted = display_filter(
        "ip.src == 192.168.10.10 && ip.dst == 10.0.20.20 && tcp.dstport == 8888"
        " && ip.ttl == 76 && ip.dsfield.dscp == 10"
    )
    assert sum(wanted.selects(packet) for packet in packets) == 5, "behind the router"


def test_hosts_replay_what_a_filter_selects(tmp_path: Path) -> None:
    path = _write(tmp_path / "mixed.pcap", [*_talk(), *_lookups(3)])
    asked = ("--on", "routed", "--as", "hosts", "--filter", "udp", "--topspeed")
    assert _replayed(path, *asked, cwd=tmp_path)["sent"] == 6


def test_hosts_cut_or_leave_out_what_is_too_large(tmp_path: Path) -> None:
    large = _packet(_CLIENT, _SERVER, UDP(sport=40000, dport=7777) / bytes(3000))
    path = _write(tmp_path / "large.pcap", [*_talk(), large])
    asked = [path, "--on", "routed", "--as", "hosts", "--topspeed"]
    refused = lab(*asked, cwd=tmp_path)
    assert refused.returncode == 2
    assert "--too-large segment, skip" in refused.stderr
    for choice, told in (("segment", {"segmented": 1}), ("skip", {"skipped": 1})):
        ended = lab(*asked, "--too-large", choice, "--json", cwd=tmp_path)
        found = json.loads(ended.stdout)
        assert (ended.returncode, found["otherwise"]) == (1, told), "it is not as recorded"
        assert not found["problems"]


def test_conversations_are_had_again(capture: Path, tmp_path: Path) -> None:
    asked = ("--on", "routed", "--set", "loss=5", "--set", "delay=1", "--as", "conversations")
    found = _replayed(capture, *asked, cwd=tmp_path)
    assert (found["kind"], found["status"], found["sent"]) == ("conversations", "passed", 2)
    frames = read_capture(tmp_path / found["dir"] / "capture.pcapng").frames
    payload = b"".join(frame.data for frame in frames)
    assert b"hello" in payload
    assert b"good day" in payload


@pytest.mark.parametrize("kind", ["hosts", "conversations"])
def test_without_a_capture_the_players_are_asked(kind: str, capture: Path, tmp_path: Path) -> None:
    asked = ("--on", "routed", "--as", kind, "--topspeed", "--capture", "none")
    found = _replayed(capture, *asked, cwd=tmp_path)
    assert (found["status"], found["packets"]) == ("passed", 0)
    assert not (tmp_path / found["dir"] / "capture.pcapng").exists()


@pytest.mark.parametrize("kind", ["hosts", "conversations"])
def test_a_dry_run_tells_who_becomes_whom(kind: str, capture: Path, tmp_path: Path) -> None:
    told = lab(capture, "--on", "routed", "--as", kind, "--dry-run", cwd=tmp_path)
    assert told.returncode == 0, told.stderr
    assert "nothing was sent" in told.stdout
    assert _CLIENT in told.stdout
    json.loads(
        lab(capture, "--on", "routed", "--as", kind, "--dry-run", "--json", cwd=tmp_path).stdout
    )
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--as", "hosts", "--map", f"{_CLIENT}=nobody"], "nobody"),
        (["--as", "hosts", "--map", "192.0.2.99=c"], "192.0.2.99"),
        (["--as", "hosts", "--map", _CLIENT], "--map takes ADDRESS=HOST"),
        (["--as", "hosts", "--map", f"{_CLIENT}=c", "--map", f"{_CLIENT}=s"], "given twice"),
        (["--as", "hosts", "--map", f"{_CLIENT}=c", "--map", f"{_SERVER}=c"], "c stands for"),
        (["--as", "hosts", "--map", f"{_CLIENT}=r1"], "r1 is a router"),
        (["--as", "hosts", "--vlan", "9999"], "a VLAN is from 0 to 4095"),
        (["--as", "hosts", "--vlan", "some"], "--vlan takes numbers"),
        (["--as", "hosts", "--ttl", "0"], "a TTL is"),
        (["--as", "hosts", "--patience", "inf"], "inf is not in the range 0<x<=86400"),
        (["--as", "hosts", "--patience", "nan"], "patience"),
        (["--as", "conversations", "--patience", "1e12"], "is not in the range 0<x<=86400"),
        (["--as", "hosts", "--port", "7777=x"], "--port takes numbers"),
        (["--as", "hosts", "--at", "c-eth0"], "--at is for --as frames, not --as hosts"),
        (["--as", "hosts", "--filter", "arp"], "selects no frame"),
        (["--as", "conversations", "--map", f"{_CLIENT}=nobody"], "nobody"),
        (["--as", "conversations", "--filter", "tcp"], "--filter is for --as frames or hosts"),
        (["--as", "conversations", "--speed", "0"], "speed"),
        (["--at", "c-eth0", "--map", f"{_CLIENT}=c"], "--map is for --as hosts or conversations"),
        (["--at", "c-eth0", "--incomplete", "skip"], "--incomplete is for --as conversations"),
    ],
)
def test_bad_usage_of_the_other_kinds_is_one_line(
    arguments: list[str], told: str, capture: Path, tmp_path: Path
) -> None:
    ended = lab(capture, "--on", "routed", *arguments, cwd=tmp_path)
    assert (ended.returncode, ended.stdout) == (2, ""), ended.stdout + ended.stderr
    assert told in ended.stderr
    assert len(ended.stderr.splitlines()) == 1
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("kind", ["hosts", "conversations"])
def test_a_signal_ends_the_other_kinds_at_once_too(kind: str, tmp_path: Path) -> None:
    path = _write(tmp_path / "long.pcap", _lookups(500), gap=SECOND // 5)
    argv = [sys.executable, "-m", "wirelab", "replay", path, "--on", "routed", "--as", kind]
    runner = subprocess.Popen(
        argv, cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        start_new_session=True,
    )  # fmt: skip
    partial = tmp_path / "out" / ".replay-long.partial" / ".0.ring"
    while not (partial.exists() and partial.stat().st_size):  # it sends
        assert runner.poll() is None
        os.sched_yield()
    os.killpg(runner.pid, signal.SIGINT)
    _out, errors = runner.communicate(timeout=30)
    assert runner.returncode == 128 + signal.SIGINT
    assert errors.startswith("lab: stopped by SIGINT after ")
    assert errors.endswith("its lab is gone\n")
    assert not (tmp_path / "out").exists()
