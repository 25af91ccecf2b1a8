"""Labs in the background: `lab up`, `lab ps`, `lab exec`, `lab down`."""

import json
import os
import re
import signal
import stat
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest
from live_labs import Place, traces
from typist import Typist

from wirelab.emulator import EmulatorError
from wirelab.live.subject import subject
from wirelab.starting import Kind, text
from wirelab.verify import VerifyError


def running(place: Place) -> dict[str, dict[str, Any]]:
    """Return what `lab ps` says, by the name of the lab."""
    return {each["name"]: each for each in json.loads(place.lab("ps", "--json").stdout)}


def test_a_lab_is_there_until_it_is_ended(place: Place) -> None:
    before = traces()
    told = place.lab("up", "names")
    assert told.returncode == 0, told.stderr
    assert "auth   example.test." in told.stdout  # of the drawing
    assert "rec-eth0 192.168.10.53/24" in told.stdout
    asked = place.lab("exec", "names", "c", "dig", "+short", "www.example.test")
    assert asked.stdout == "198.51.100.80\n"
    lab = running(place)["names"]
    assert (lab["topology"], lab["scenario"]) == ("names", "")
    assert lab["points"]["r1-eth1"] == "r1-eth1"
    assert {"c", "rec", "r1", "s1"} <= set(lab["nodes"])
    assert place.lab("down", "names").returncode == 0
    assert place.processes() == []
    assert place.files() == []
    assert traces() == before


def test_a_lab_of_a_scenario_has_its_points_and_settings(place: Place) -> None:
    started = place.lab("up", "frag-router", "--name", "cut", "--set", "mtu=1300")
    assert "play" not in started.stdout  # only a prompt has that
    lab = running(place)["cut"]
    assert (lab["topology"], lab["scenario"]) == ("routed", "frag-router")
    assert list(lab["points"].items())[:2] == [("lan", "r1-eth0"), ("wan", "r1-eth1")]
    mtu = place.lab("exec", "cut", "r1", "cat", "/sys/class/net/r1-eth1/mtu")
    shown = place.lab("exec", "cut", "r1", "ip", "link", "show", "r1-eth1")
    assert "mtu 1300" in shown.stdout, (mtu, shown)


def test_files_of_ones_own_can_be_kept_running(
    place: Place, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    place.lab("new", "scenario", "my-own")
    place.lab("new", "topology", "branch")
    for file in ("./my_own.py", "branch.py"):
        started = place.lab("up", file)
        assert started.returncode == 0, started.stderr
    labs = running(place)
    assert labs["my-own"]["scenario"] == "my-own"
    assert (labs["branch"]["topology"], labs["branch"]["scenario"]) == ("branch", "")
    (tmp_path / "broken.py").write_text("from mininet.topo import Topo\n\nTopo(\n")
    broken = place.lab("up", "broken.py")
    assert broken.returncode == 2
    assert "broken.py, line 3" in broken.stderr


def test_of_several_networks_of_a_file_one_is_chosen_by_its_name(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "branch.py").write_text(text(Kind.TOPOLOGY, "branch"))
    (tmp_path / "own.py").write_text(
        text(Kind.TOPOLOGY, "left") + "\n\nclass Right(Left):\n    pass\n"
    )
    scenario = text(Kind.SCENARIO, "both").replace(
        "from wirelab.topologies.lan import Lan",
        "from branch import Branch\nfrom wirelab.topologies.lan import Lan",
    )
    (tmp_path / "both.py").write_text(scenario + "\n\nclass Far(Branch):\n    pass\n")
    assert subject("own.py:right", [], 0).kind.__name__ == "Right"
    assert subject("./own.py:left", ["mtu=1400"], 0).settings == {"mtu": 1400}
    assert subject("both.py:far", [], 0).scenario is None
    assert subject("both.py:both", [], 0).topology == "lan"
    for name, told in (
        ("own.py", "own.py has several: left, right; choose one with FILE.py:NAME"),
        ("own.py:rihgt", "own.py has no topology 'rihgt'; did you mean right?"),
        ("both.py:bot", "both.py has no scenario 'bot'; did you mean both?"),
    ):
        with pytest.raises((EmulatorError, VerifyError)) as error:
            subject(name, [], 0)
        assert str(error.value) == told


@pytest.mark.parametrize("name", ["names", "farm"])
def test_a_network_of_ones_own_has_nothing_of_one_that_is_called_alike(
    place: Place, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "own.py").write_text(text(Kind.TOPOLOGY, name))
    started = place.lab("up", "own.py")
    assert (started.returncode, started.stderr) == (0, "")
    assert "http on s (10.0.20.20)" in started.stdout


def test_a_name_is_given_once(place: Place) -> None:
    assert place.lab("up", "lan").returncode == 0
    again = place.lab("up", "routed", "--name", "lan")
    assert again.returncode == 2
    assert again.stderr == (
        "lab: a lab 'lan' runs already: `lab down lan` ends it, --name is another\n"
    )
    assert list(running(place)) == ["lan"]


def test_of_labs_that_start_at_once_under_one_name_one_is_there(place: Place) -> None:
    starting = [
        place.start("up", "lan", "--no-servers", stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        for _ in range(4)
    ]
    told = [each.communicate()[1] for each in starting]
    assert sorted(each.returncode for each in starting) == [0, 2, 2, 2]
    assert sum("runs already" in each for each in told) == 3
    assert list(running(place)) == ["lan"]
    assert place.lab("down", "lan").returncode == 0
    assert place.processes() == []


def test_all_labs_that_can_be_ended_are(place: Place) -> None:
    for name in ("one", "two"):
        place.lab("up", "lan", "--no-servers", "--name", name)
    ended = place.lab("down", "one", "none", "two")
    assert ended.returncode == 2
    assert ended.stderr.startswith("lab: no lab 'none' runs; ")
    assert ended.stderr.count("\n") == 1
    assert running(place) == {}
    ended = place.lab("down", "--all")
    assert (ended.returncode, ended.stderr) == (0, "no lab runs\n")


def test_a_lab_that_does_not_answer_is_named_and_can_be_ended(place: Place) -> None:
    place.lab("up", "lan", "--no-servers")
    place.lab("up", "lan", "--no-servers", "--name", "stopped")
    keeper = running(place)["stopped"]["pid"]
    for pid in descendants(keeper)[1:]:  # the first is the one that ends the others
        os.kill(pid, signal.SIGSTOP)
    lines = place.lab("ps").stdout.splitlines()
    assert lines[1].startswith("lan      lan ")
    assert re.fullmatch(rf"stopped  does not answer +\? +{keeper}", lines[2])
    assert not running(place)["stopped"]["answers"]
    assert place.lab("down", "stopped").returncode == 0
    assert list(running(place)) == ["lan"]


def descendants(pid: int) -> list[int]:
    """Return the processes that come from a process, without itself."""
    path = Path(f"/proc/{pid}/task/{pid}/children")
    children = [int(word) for word in path.read_text().split()]
    return [each for child in children for each in (child, *descendants(child))]


def test_a_killed_lab_is_gone_and_swept(place: Place) -> None:
    place.lab("up", "lan")
    os.kill(running(place)["lan"]["pid"], signal.SIGKILL)
    assert place.is_empty()
    assert running(place) == {}
    assert place.files() == []
    assert place.lab("up", "lan").returncode == 0


def test_a_program_has_input_output_and_status_of_the_command(place: Place) -> None:
    place.lab("up", "lan", "--no-servers")
    ended = place.lab(
        "exec", "lan", "c", "sh", "-c", "tr a-z A-Z; hostname >&2; exit 7", text="hello"
    )
    assert (ended.stdout, ended.stderr, ended.returncode) == ("HELLO", "c\n", 7)
    killed = place.lab("exec", "lan", "c", "sh", "-c", "kill -9 $$")
    assert killed.returncode == 128 + signal.SIGKILL
    assert place.lab("exec", "lan", "c", "ls", "--version").stdout.startswith("ls ")


def test_a_program_runs_in_the_folder_and_environment_of_the_command(
    place: Place, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    place.lab("up", "lan", "--no-servers")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GREETING", "hello")
    told = place.lab("exec", "lan", "c", "sh", "-c", "echo $GREETING; pwd")
    assert told.stdout == f"hello\n{tmp_path}\n"


def test_a_program_is_looked_for_from_the_folder_of_the_command(
    place: Place, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    place.lab("up", "lan", "--no-servers")
    monkeypatch.chdir(tmp_path)
    script = tmp_path / "s.sh"
    script.write_text("#!/bin/sh\necho found $1\n")
    for name in ("./s.sh", "./"):
        ended = place.lab("exec", "lan", "c", name)
        assert (ended.returncode, ended.stderr) == (126, f"lab: {name}: Permission denied\n")
    script.chmod(0o755)
    assert place.lab("exec", "lan", "c", "./s.sh", "it").stdout == "found it\n"
    ended = place.lab("exec", "lan", "c", "./t.sh")
    assert (ended.returncode, ended.stderr) == (127, "lab: there is no program ./t.sh\n")


def test_from_a_folder_that_was_removed_a_program_runs_in_the_root(
    place: Place, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    place.lab("up", "lan", "--no-servers")
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    ended = place.lab("exec", "lan", "c", "pwd")
    assert (ended.stdout, ended.stderr) == ("/\n", "")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_goes_to_the_program(place: Place, number: signal.Signals) -> None:
    place.lab("up", "lan", "--no-servers")
    script = f"trap 'echo caught; exit 3' {number.name[3:]}; echo ready; while :; do sleep 1; done"
    command = place.start("exec", "lan", "c", "sh", "-c", script, stdout=subprocess.PIPE)
    assert command.stdout.readline() == "ready\n"
    command.send_signal(number)
    assert command.communicate()[0] == "caught\n"
    assert command.returncode == 3
    assert list(running(place)) == ["lan"]


def test_a_program_ends_with_its_command(place: Place) -> None:
    place.lab("up", "lan", "--no-servers")
    command = place.start(
        "exec", "lan", "c", "sh", "-c", "echo ready; exec sleep 1234", stdout=subprocess.PIPE
    )
    assert command.stdout.readline() == "ready\n"
    assert any("sleep 1234" in each for each in place.processes())
    command.kill()
    command.communicate()
    assert place.is_without("sleep 1234")
    assert list(running(place)) == ["lan"]


def test_on_a_terminal_a_shell_has_job_control_and_ctrl_c(place: Place) -> None:
    place.lab("up", "lan", "--no-servers")
    with Typist("exec", "lan", "c", "bash", "--norc", "-i", environ=place.environ) as at:
        at.types("PS1='%% '\n")
        at.sees("^%% ")
        assert "no job control" not in at.seen
        at.types("ping 192.168.10.1\n")
        at.sees("icmp_seq=2")
        at.types("\x03")
        at.sees("packets transmitted")
        at.sees("%% ")
        at.types("sleep 1000\n")
        place.wait_for_process("sleep 1000")
        at.types("\x1a")  # Ctrl-Z
        at.sees("Stopped")
        at.types("disown -a; exit 5\n")
        assert at.ended() == 5


def test_in_the_background_of_a_terminal_a_program_runs_without_input(place: Place) -> None:
    place.lab("up", "lan", "--no-servers")
    command = f"{sys.executable} -m wirelab exec lan c"
    with Typist("--norc", "-i", program=("bash",), environ=place.environ) as at:
        at.sees("[#$] $")
        at.types(f"{command} sh -c 'cat; echo read nothing' & wait $!; echo status $?\n")
        at.sees("^read nothing$")
        at.sees("^status 0$")


def test_the_end_of_the_lab_ends_what_is_asked_of_it(place: Place) -> None:
    place.lab("up", "lan", "--no-servers")
    command = place.start(
        "exec", "lan", "c", "sh", "-c", "echo ready; sleep 1000",
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    assert command.stdout.readline() == "ready\n"
    assert place.lab("down", "lan").returncode == 0
    _out, errors = command.communicate()
    assert (command.returncode, errors) == (2, "lab: the lab lan has ended\n")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("up", "lann"), "there is no topology or scenario 'lann'; did you mean lan?"),
        (("up", "lan", "--name", "a/b"), "a lab's name has letters"),
        (("up", "lan", "--set", "mtu=9"), "the topology lan has no parameter 'mtu'; it has none"),
        (("up", "routed", "--set", "hops=x"), "hops of the topology routed is a number, not 'x'"),
        (("up", "routed", "--set", "mtu=9"), "routed: an MTU is"),
        (("up", "routed", "--set", "hops=0"), "built with hops=0: hops is 1 to 255, not 0"),
        (("up", "frag-router", "--set", "mtu=9"), "frag-router: mtu is 68 to 1499 bytes"),
        (("exec", "lan", "c", "true"), "no lab 'lan' runs; `lab up TOPOLOGY|SCENARIO` starts one"),
        (("exec", "other", "d", "true"), "there is no node 'd' in other; there are c, s,"),
        (("down", "lan"), "no lab 'lan' runs"),
        (("wireshark",), "say what to do: install, status or remove (lab wireshark --help)"),
        (("down",), "name the labs to end, or say --all"),
    ],
)
def test_what_cannot_be_is_one_line(place: Place, arguments: tuple[str, ...], told: str) -> None:
    if "other" in arguments:
        place.lab("up", "lan", "--no-servers", "--name", "other")
    ended = place.lab(*arguments)
    assert ended.returncode == 2
    assert ended.stderr.count("\n") == 1
    assert told in ended.stderr


def test_ctrl_c_while_a_lab_starts_leaves_nothing(place: Place) -> None:
    for labs in (3, 5, 8):  # processes: from the first fork to servers that start
        command = place.start("up", "names", stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        while len(place.processes()) < labs:
            assert command.poll() is None
        command.send_signal(signal.SIGINT)
        command.communicate()
        assert command.returncode != 0
        assert place.is_empty()
        assert place.files() == []


def test_nobody_else_can_open_the_folder(place: Place) -> None:
    place.lab("up", "lan", "--no-servers")
    mode = (place.runtime / "wirelab").stat().st_mode
    assert stat.S_IMODE(mode) == 0o700


def test_a_folder_that_others_can_open_is_refused(place: Place) -> None:
    (place.runtime / "wirelab").mkdir(mode=0o755)
    ended = place.lab("up", "lan")
    assert ended.returncode == 2
    assert "is not a folder that only you can open" in ended.stderr


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_an_ordinary_user_has_labs_that_root_does_not_see(place: Place) -> None:
    user = ["setpriv", "--reuid", "23456", "--regid", "23456", "--clear-groups"]
    probe = subprocess.run([*user, sys.executable, "-c", "import wirelab"], check=False)
    if probe.returncode != 0:
        pytest.skip("the checkout is not readable by other users")
    with tempfile.TemporaryDirectory(prefix="wirelab-test-") as folder:
        os.chown(folder, 23456, 23456)
        environ = {**os.environ, **place.environ, "XDG_RUNTIME_DIR": folder}

        def lab(*arguments: str) -> subprocess.CompletedProcess[str]:
            return subprocess.run(
                [*user, sys.executable, "-m", "wirelab", *arguments],
                env=environ, cwd=folder, capture_output=True, text=True, check=False,
            )  # fmt: skip

        started = lab("up", "lan")
        assert started.returncode == 0, started.stderr
        asked = lab("exec", "lan", "c", "curl", "-s", "http://www.example.test/")
        assert "s of lan" in asked.stdout, asked.stderr
        assert running(place) == {}
        assert lab("down", "lan").returncode == 0
        assert place.processes() == []
