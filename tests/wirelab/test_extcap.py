"""Wireshark's own way to running labs: the plug-in, as tshark uses it."""

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from kept_labs import Kept, keeping

from wirelab.verify import Capture, read_capture

_SERVER = "192.168.10.1"
_MARK = "WIRELAB_TEST_EXTCAP"


@dataclass(frozen=True)
class Wireshark:
    """A Wireshark with the plug-in, and labs for it."""

    labs: Kept
    """The labs."""
    plugin: Path
    """The plug-in's program."""

    def start(self, *words: str) -> "subprocess.Popen[str]":
        """Start tshark."""
        return subprocess.Popen(
            ["tshark", *words], env=self.labs.environ, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip

    def run(self, *words: str) -> tuple[int, str, str]:
        """Run tshark to its end: status, what it printed, what it said."""
        tshark = self.start(*words)
        out, errors = tshark.communicate(timeout=120)
        return tshark.returncode, out, errors

    def ask(self, *words: str) -> str:
        """Ask the plug-in itself, as Wireshark does."""
        ended = subprocess.run(
            [self.plugin, *words], env=self.labs.environ, capture_output=True, text=True, check=True
        )
        assert ended.stderr == ""
        return ended.stdout

    def left(self) -> list[str]:
        """Return the plug-ins that still run."""
        mark = f"{_MARK}={self.labs.environ[_MARK]}".encode()
        found = []
        for process in Path("/proc").glob("[0-9]*"):
            try:
                line = (process / "cmdline").read_bytes()
                if b"extcap" in line and mark in (process / "environ").read_bytes():
                    found.append(line.replace(b"\0", b" ").decode())
            except OSError:
                continue
        return found


@pytest.fixture(scope="module")
def wireshark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wireshark]:
    folder = tmp_path_factory.mktemp("run")
    configuration = {"XDG_CONFIG_HOME": str(folder / "config"), _MARK: str(folder)}
    (folder / "config").mkdir()
    with keeping(folder, ("lan",), ("frag-router",)) as labs:
        labs.environ.update(configuration)
        labs.did("wireshark", "install")
        yield Wireshark(labs, folder / "config" / "wireshark" / "extcap" / "wirelab")


def _read(file: Path) -> Capture:
    return read_capture(file)


def test_tshark_lists_every_point_and_interface_of_the_labs_that_run(wireshark: Wireshark) -> None:
    _status, out, _errors = wireshark.run("-D")
    listed = {line.partition(". ")[2] for line in out.splitlines()}
    assert listed >= {
        "wirelab:lan:c-eth0 (wirelab: lan c-eth0)",
        "wirelab:lan:s1-eth3 (wirelab: lan s1-eth3)",
        "wirelab:frag-router (wirelab: frag-router all points: lan, wan)",
        "wirelab:frag-router:lan (wirelab: frag-router lan (r1-eth0))",
        "wirelab:frag-router:c-eth0 (wirelab: frag-router c-eth0)",
    }


def test_tshark_captures_live_from_a_running_lab(wireshark: Wireshark) -> None:
    fields = ("-T", "fields", "-e", "frame.interface_name", "-e", "icmp.type", "-e", "ip.src")
    with wireshark.labs.pinging("lan", "c", _SERVER):
        status, out, errors = wireshark.run("-i", "wirelab:lan:c-eth0", "-c", "6", *fields)
    assert status == 0, errors
    echo = [line.split("\t") for line in out.splitlines() if _SERVER in line]
    assert ["c-eth0", "0", _SERVER] in echo
    assert len(out.splitlines()) == 6
    assert "Error" not in errors


def test_all_points_of_a_scenario_come_merged(wireshark: Wireshark, tmp_path: Path) -> None:
    file, names = tmp_path / "capture.pcapng", wireshark.labs.did
    server = names("exec", "frag-router", "s", "hostname", "-I").split()[0]
    with wireshark.labs.pinging("frag-router", "c", server):
        status, _out, errors = wireshark.run(
            "-i", "wirelab:frag-router", "-c", "8", "-w", str(file)
        )
    assert status == 0, errors
    capture = _read(file)
    assert [point.name for point in capture.points] == ["lan", "wan"]
    assert {frame.point for frame in capture.frames} == {"lan", "wan"}
    times = [frame.time for frame in capture.frames]
    assert times == sorted(times)
    assert any(time % 1000 for time in times)


def test_several_interfaces_can_be_chosen_at_once(wireshark: Wireshark, tmp_path: Path) -> None:
    file = tmp_path / "capture.pcapng"
    chosen = ("-i", "wirelab:lan:c-eth0", "-i", "wirelab:lan:s-eth0")
    with wireshark.labs.pinging("lan", "c", _SERVER):
        status, _out, errors = wireshark.run(*chosen, "-a", "packets:20", "-w", str(file))
    assert status == 0, errors
    assert {frame.point for frame in _read(file).frames} == {"c-eth0", "s-eth0"}


def test_tshark_reads_a_live_capture_from_a_pipe_and_ends_it(wireshark: Wireshark) -> None:
    with wireshark.labs.pinging("lan", "c", _SERVER):
        tap = wireshark.labs.start("tap", "lan", "s-eth0", "c-eth0", "-w", "-")
        ended = subprocess.run(
            ["tshark", "-i", "-", "-c", "8", "-T", "fields", "-e", "frame.interface_name"],
            stdin=tap.stdout, capture_output=True, text=True, check=True, timeout=120,
        )  # fmt: skip
        assert tap.stdout
        tap.stdout.close()
        assert tap.wait(30) == 128 + signal.SIGPIPE
    assert sorted(set(ended.stdout.split())) == ["c-eth0", "s-eth0"]
    assert tap.stderr
    tap.stderr.close()


def test_when_tshark_has_ended_no_plugin_is_left(wireshark: Wireshark) -> None:
    tshark = wireshark.start("-i", "wirelab:lan:x-eth0")  # where nothing passes
    while not wireshark.left():
        assert tshark.poll() is None
    tshark.send_signal(signal.SIGINT)
    tshark.communicate(timeout=60)
    deadline = time.monotonic() + 30
    while wireshark.left() and time.monotonic() < deadline:
        os.sched_yield()
    assert wireshark.left() == []


def test_the_end_of_the_lab_ends_the_capture(wireshark: Wireshark) -> None:
    wireshark.labs.did("up", "lan", "--name", "short")
    with wireshark.labs.pinging("short", "c", _SERVER):
        tshark = wireshark.start("-l", "-i", "wirelab:short:c-eth0")
        assert tshark.stdout
        assert "192.168.10" in tshark.stdout.readline()
    wireshark.labs.did("down", "short")
    _out, errors = tshark.communicate(timeout=60)
    assert tshark.returncode == 0
    assert "Error" not in errors


def test_a_capture_filter_is_refused_with_advice(wireshark: Wireshark) -> None:
    status, _out, errors = wireshark.run("-i", "wirelab:lan:c-eth0", "-f", "icmp", "-c", "1")
    assert status != 0
    assert "lab: a capture filter (icmp) is not possible here: use a display filter" in errors


def test_a_display_filter_is_an_option_of_each_interface(
    wireshark: Wireshark, tmp_path: Path
) -> None:
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    which = ("--extcap-interface", "wirelab:lan:c-eth0")
    assert "{call=--filter}" in wireshark.ask(*which, "--extcap-config")
    words = (*which, "--capture", "--fifo", str(fifo), "--filter", "icmp.type == 0")
    with (
        wireshark.labs.pinging("lan", "c", _SERVER),
        subprocess.Popen([wireshark.plugin, *words], env=wireshark.labs.environ) as plugin,
        fifo.open("rb") as pipe,
    ):
        stream = pipe.read(600)
        plugin.terminate()
        stream += pipe.read()
    assert plugin.returncode == 0
    (tmp_path / "capture.pcapng").write_bytes(stream)
    assert {frame.data[34] for frame in _read(tmp_path / "capture.pcapng").frames} == {0}


def test_every_interface_is_ethernet(wireshark: Wireshark) -> None:
    told = wireshark.ask("--extcap-dlts", "--extcap-interface", "wirelab:lan:c-eth0")
    assert told == "dlt {number=1}{name=EN10MB}{display=Ethernet}\n"


def test_without_a_lab_nothing_is_listed(wireshark: Wireshark, tmp_path: Path) -> None:
    environ = {**wireshark.labs.environ, "XDG_RUNTIME_DIR": str(tmp_path)}
    told = Wireshark(Kept(environ), wireshark.plugin).ask("--extcap-interfaces")
    assert [line.partition(" ")[0] for line in told.splitlines()] == ["extcap"]


def test_the_start_of_wireshark_does_not_wait_for_the_catalogue(wireshark: Wireshark) -> None:
    environ = {**wireshark.labs.environ, "PYTHONPROFILEIMPORTTIME": "1"}
    ended = subprocess.run(
        [wireshark.plugin, "--extcap-interfaces"],
        env=environ, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert "wirelab:lan:c-eth0" in ended.stdout
    imported = {line.rpartition("|")[2].strip() for line in ended.stderr.splitlines()}
    assert "wirelab.live.client" in imported
    assert not imported & {"wirelab.scenarios", "wirelab.run", "scapy", "numpy", "rich"}


def test_a_lab_that_has_just_ended_is_told(wireshark: Wireshark, tmp_path: Path) -> None:
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    words = ("--capture", "--fifo", str(fifo), "--extcap-interface", "wirelab:gone:c-eth0")
    with (
        subprocess.Popen(
            [wireshark.plugin, *words],
            env=wireshark.labs.environ,
            stderr=subprocess.PIPE,
            text=True,
        ) as plugin,
        fifo.open("rb") as pipe,  # else Wireshark would wait for it
    ):
        assert pipe.read() == b""
        _out, errors = plugin.communicate(timeout=60)
    assert plugin.returncode == 2
    assert errors.startswith("lab: no lab 'gone' runs")
