"""The life of a daemon: start, readiness, death, stop."""

import signal
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
from traffic_labs import in_lab

from wirelab.emulator import DaemonDied, Lab, Missing, Socket
from wirelab.topologies.lan import Lan
from wirelab.traffic.daemon import Daemon, Place, listening, start, start_together, write_files


@dataclass(frozen=True)
class Script(Daemon):
    """A shell script as daemon, which serves when it has made the file `ready`."""

    text: str
    name: str = "script"
    extra: Mapping[str, str] = field(default_factory=dict)

    def argv(self, place: Place) -> tuple[str, ...]:
        return (f"{place.folder}/run",)

    def files(self, place: Place) -> dict[str, str | bytes]:
        return {"run": f"#!/bin/sh\n{self.text}\n", **self.extra}

    def ready(self, place: Place, sockets: frozenset[Socket]) -> bool:
        return (place.folder / "ready").exists()


SERVING = "touch ready; exec sleep 60"


def _died(work: Any) -> DaemonDied:
    def body(lab: Lab) -> DaemonDied:
        with pytest.raises(DaemonDied) as caught:
            work(lab)
        return caught.value

    found: DaemonDied = in_lab(Lan(), body)
    return found


def test_a_daemon_runs_from_start_to_stop() -> None:
    def work(lab: Lab) -> tuple[bool, bool, str]:
        running = start(lab, lab["s"], Script(SERVING))
        running.check()
        alive = running.process.poll() is None
        running.stop()
        return alive, running.process.poll() is None, running.name

    assert in_lab(Lan(), work) == (True, False, "script on s")


def test_start_returns_no_sooner_than_the_daemon_is_ready() -> None:
    def work(lab: Lab) -> float:
        begun = monotonic()
        start(lab, lab["s"], Script(f"sleep 0.3; {SERVING}"))
        return monotonic() - begun

    assert 0.3 <= in_lab(Lan(), work) < 3


def test_a_daemon_that_ends_at_once_is_reported_with_its_last_words() -> None:
    error = _died(lambda lab: start(lab, lab["s"], Script("echo no such option >&2; exit 3")))
    assert (error.name, error.node) == ("script", "s")
    assert error.outcome == "ended with exit status 3"
    assert error.log_tail == "no such option"


def test_only_the_end_of_a_long_log_is_told() -> None:
    error = _died(lambda lab: start(lab, lab["s"], Script("seq 1 1000; exit 1")))
    assert error.log_tail.splitlines() == [str(number) for number in range(986, 1001)]


def test_a_daemon_that_never_gets_ready_is_reported_and_ended() -> None:
    def work(lab: Lab) -> tuple[str, bool]:
        with pytest.raises(DaemonDied) as caught:
            start(lab, lab["s"], Script("echo $$ > pid; exec sleep 60"), timeout=0.4)
        folder = lab.scratch / "daemons" / "s" / "script"
        pid = (folder / "pid").read_text().strip()
        return caught.value.outcome, lab["s"].run(["kill", "-0", pid], check=False).returncode == 0

    assert in_lab(Lan(), work) == ("is not ready after 0.4 s", False)


def test_a_death_in_mid_scenario_is_found_by_a_check() -> None:
    def work(lab: Lab) -> None:
        running = start(lab, lab["s"], Script(f"echo serving; {SERVING}"))
        running.check()
        running.process.kill()
        running.process.wait()
        running.check()

    error = _died(work)
    assert error.outcome == "was ended by SIGKILL"
    assert error.log_tail == "serving"


def test_a_daemon_that_ignores_sigterm_is_killed() -> None:
    def work(lab: Lab) -> int:
        text = "trap '' TERM; touch ready; while :; do sleep 0.05; done"
        running = start(lab, lab["s"], Script(text))
        running.stop(within=0.3)
        return running.process.returncode

    assert in_lab(Lan(), work) == -9


def test_stopping_what_has_ended_does_nothing() -> None:
    def work(lab: Lab) -> int:
        running = start(lab, lab["s"], Script(SERVING))
        running.stop()
        running.stop()
        return running.process.returncode

    assert in_lab(Lan(), work) == -15


def test_when_one_of_several_fails_the_others_are_stopped() -> None:
    def work(lab: Lab) -> str:
        good = Script("echo $$ > pid; touch ready; exec sleep 60")
        with pytest.raises(DaemonDied, match="bad on c"):
            start_together(lab, [(lab["s"], good), (lab["c"], Script("exit 1", name="bad"))])
        pid = (lab.scratch / "daemons" / "s" / "script" / "pid").read_text().strip()
        return lab["s"].run(["kill", "-0", pid], check=False).stderr

    assert "No such process" in in_lab(Lan(), work)


def test_what_is_halted_goes_on_afterwards() -> None:
    def work(lab: Lab) -> tuple[str, str, bool]:
        running = start(lab, lab["s"], Script(SERVING))
        status = Path(f"/proc/{running.process.pid}/stat")
        with running.halted():
            halted = _state(status, "T")
            running.check()
        gone_on = _state(status, "S")
        running.stop()
        return halted, gone_on, running.process.returncode == -signal.SIGTERM

    assert in_lab(Lan(), work) == ("T", "S", True)


def _state(status: Path, wanted: str) -> str:
    """Return the state of a process (proc(5)) when it is `wanted`, or after a while any."""
    deadline = monotonic() + 5
    while (found := status.read_text().rpartition(")")[2].split()[0]) != wanted:
        if monotonic() > deadline:
            break
    return found


def test_a_second_start_keeps_the_first_log() -> None:
    def work(lab: Lab) -> list[str]:
        for word in ("one", "two"):
            start(lab, lab["s"], Script(f"echo {word}; {SERVING}")).stop()
        logs = sorted(lab.logs.iterdir())
        return [f"{log.name}: {log.read_text().strip()}" for log in logs]

    assert in_lab(Lan(), work) == ["s-script-2.log: two", "s-script.log: one"]


def test_a_program_that_is_not_installed_is_missing() -> None:
    class Absent(Script):
        def argv(self, place: Place) -> tuple[str, ...]:
            return ("no-such-daemon",)

    def work(lab: Lab) -> str:
        with pytest.raises(Missing) as caught:
            start(lab, lab["s"], Absent(""))
        return caught.value.what

    assert "no-such-daemon" in in_lab(Lan(), work)


def test_files_are_written_and_scripts_are_executable(place: Place) -> None:
    write_files(place, {"deep/er/config": "text", "data": b"\0\xff", "run": "#!/bin/sh\n"})
    assert (place.folder / "deep/er/config").read_text() == "text"
    assert (place.folder / "data").read_bytes() == b"\0\xff"
    assert [(place.folder / name).stat().st_mode & 0o111 for name in ("run", "data")] == [0o111, 0]


@pytest.mark.parametrize(
    ("proto", "port", "ip", "expected"),
    [
        ("tcp", 21, "10.0.0.1", True),
        ("tcp", 21, "10.0.0.2", False),
        ("tcp", 22, "10.0.0.1", False),
        ("udp", 21, "10.0.0.1", False),
        ("udp", 67, "10.0.0.9", True),
        ("tcp", 80, "10.0.0.1", False),
    ],
)
def test_listening_asks_for_protocol_port_and_address(
    proto: str, port: int, ip: str, expected: bool
) -> None:
    sockets = frozenset(
        {
            Socket("tcp", "10.0.0.1", 21, "listen", "0.0.0.0", 0),
            Socket("udp", "0.0.0.0", 67, "unconnected", "0.0.0.0", 0),
            Socket("tcp", "10.0.0.1", 80, "established", "10.0.0.2", 5000),
        }
    )
    assert listening(sockets, proto, port, ip) is expected
