"""`lab shell`, as somebody types into it."""

import json
import os
import signal
import sys
from pathlib import Path

import pytest
from live_labs import Place, traces
from typist import Typist

from wirelab.verify import display_filter, dissect, read_capture


def shell(place: Place, *arguments: str) -> Typist:
    return Typist("shell", *arguments, environ=place.environ)


def selected(path: Path, text: str) -> int:
    """Return how many frames of a capture a display filter selects."""
    return sum(map(display_filter(text).selects, dissect(read_capture(path).frames)))


def test_somebody_pings_asks_and_captures_and_leaves_nothing(place: Place, tmp_path: Path) -> None:
    before = traces()
    with shell(place, "names") as at:
        at.sees("cdn.test")  # the drawing
        at.sees(r"rec-eth0 192\.168\.10\.53/24")
        at.sees("names> ")
        at.types(f"tap r1-eth1 -w {tmp_path}/wan.pcapng\n")
        at.sees("capturing r1-eth1")
        at.types("c ping -c 1 auth\n")
        at.sees(r"64 bytes from 10\.0\.20\.43")
        at.types("c dig www.example.test\n")
        at.sees(r"^www\.example\.test\.\s+\d+\s+IN\s+A\s+198\.51\.100\.80$")
        at.sees("names> ")
        assert [each["name"] for each in _ps(place)] == ["names"]
        at.types("\x04")
        at.sees(r"wan\.pcapng: \d+ frames")
        assert at.ended() == 0
    assert place.processes() == []
    assert place.files() == []
    assert traces() == before
    assert selected(tmp_path / "wan.pcapng", "icmp.type == 8") == 1
    assert selected(tmp_path / "wan.pcapng", 'dns.qry.name == "www.example.test"') >= 2


def _ps(place: Place) -> list[dict[str, object]]:
    return list(json.loads(place.lab("ps", "--json").stdout))


def test_ctrl_c_ends_a_command_and_neither_the_lab_nor_its_servers(place: Place) -> None:
    with shell(place, "lan", "--no-servers") as at:
        at.sees("lan> ")
        at.types("serve s dns\n")
        at.sees("dns on s")
        at.types("c ping s\n")
        at.sees("icmp_seq=2")
        at.types("\x03")
        at.sees("packets transmitted")
        at.sees("lan> ")
        at.types("sh sleep 1000\n")
        place.wait_for_process("sleep 1000")
        at.types("\x03")
        at.sees("lan> ")
        at.types("c nonsense that nobody wants\x03")
        at.sees("lan> ")
        at.types("c dig +short www.example.test\n")
        at.sees(r"^192\.168\.10\.1$")
        at.types("exit\n")
        assert at.ended() == 0
    assert place.processes() == []


def test_what_reads_the_terminal_has_it_to_itself(place: Place) -> None:
    with shell(place, "lan", "--no-servers") as at:
        at.sees("lan> ")
        at.types("c\n")
        at.sees("c# ")
        at.types("read word; echo $word at $(hostname); sleep 1000\n")
        at.types("hello\n")
        at.sees("hello at c")
        place.wait_for_process("sleep 1000")
        at.types("\x03")
        at.sees("c# ")
        at.types("\x04")
        at.sees("lan> ")
        at.types("\x04")
        assert at.ended() == 0


def test_ctrl_c_ends_a_scenario_that_is_played(place: Place) -> None:
    with shell(place, "dhcp-dora") as at:
        at.sees("dhcp-dora> ")
        at.types("play\n")
        place.wait_for_process("dnsmasq")
        at.types("\x03")
        at.sees("dhcp-dora> ")
        at.types("s hostname\n")
        at.sees("^s$")
        at.sees("dhcp-dora> ")
        at.types("\x04")
        assert at.ended() == 0
    assert place.processes() == []


def test_a_command_that_stops_itself_goes_on(place: Place) -> None:
    with shell(place, "lan", "--no-servers") as at:
        at.sees("lan> ")
        at.types("c kill -STOP $$; echo on\n")
        at.sees("^on$")
        at.sees("lan> ")


def test_tab_completes_commands_nodes_and_interfaces(place: Place) -> None:
    with shell(place, "routed", "--no-servers") as at:
        at.sees("routed> ")
        at.types("pingallf\t\n")
        at.sees("pingallfull")
        at.sees("Results")
        at.types("tap r1-eth1\t-w /dev/null\n")  # the space comes from the completion
        at.sees("capturing r1-eth1 to /dev/null")
        at.types("serve s ht\t\n")
        at.sees(r"http on s \(10\.0\.20\.20\)")


def test_lines_of_an_earlier_time_can_be_called_back(place: Place) -> None:
    for keys in ("c echo once\n", "\x10\n"):  # Ctrl-P: the line before
        with shell(place, "lan", "--no-servers") as at:
            at.sees("lan> ")
            at.types(keys)
            at.sees("^once$")
            at.sees("lan> ")
            at.types("\x04")
            assert at.ended() == 0


def test_play_shows_what_was_expected_and_seen(place: Place) -> None:
    with shell(place, "dns-simple") as at:
        at.sees("`play` plays the traffic")
        at.sees("dns-simple> ")
        at.types("play -w /nowhere/x\n")
        at.sees("^lab: /nowhere/x: No such file or directory$")
        at.types("play\n")
        at.sees("PASS dns-simple")
        at.sees("dns-simple> ")
        at.types("c dig +short @rec example.test soa\n")  # its servers stay
        at.sees("hostmaster")
        at.types("play nothing\n")
        at.sees("nothing is called 'nothing'")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_whatever_ends_the_shell_ends_the_lab(place: Place, number: signal.Signals) -> None:
    before = traces()
    with shell(place, "lan") as at:
        at.sees("lan> ")
        at.types("c sleep 1000\n")
        place.wait_for_process("sleep 1000")
        os.kill(at.pid, number)
        at.ended()
    assert place.is_empty()
    place.lab("ps")  # sweeps what the killed one left
    assert place.files() == []
    assert traces() == before


def test_a_shell_that_is_ended_from_elsewhere_leaves_the_terminal_as_it_was(
    place: Place,
) -> None:
    with Typist("--norc", "--noediting", "-i", program=("bash",), environ=place.environ) as at:
        at.sees("[#$] $")
        at.types(f"{sys.executable} -m wirelab shell lan --no-servers\n")
        at.sees("lan> ")
        assert place.lab("down", "lan").returncode == 0
        at.sees("^lab: the lab lan was ended$")
        at.sees("[#$] $")
        at.types("stty -a\n")
        at.sees("[^-]icanon")
        at.sees("[^-]echo ")


def test_a_closed_window_ends_the_lab(place: Place) -> None:
    with shell(place, "lan") as at:
        at.sees("lan> ")
        at.hang_up()
        at.ended()
    assert place.is_empty()
    assert place.files() == []


def test_a_pipe_is_a_script(place: Place, tmp_path: Path) -> None:
    script = f"""# a comment
tap c-eth0 -w {tmp_path}/c.pcapng
c ping -c 1 s
tap stop
c exit 7
"""
    ended = place.lab("shell", "lan", "--no-servers", text=script)
    assert "64 bytes from 192.168.10.1" in ended.stdout
    assert (ended.returncode, ended.stderr) == (7, "")
    assert selected(tmp_path / "c.pcapng", "icmp") == 2


@pytest.mark.parametrize("after", ["\n# a comment\n  \n", "exit\n", "quit"])
def test_the_status_of_a_script_is_that_of_its_last_command(place: Place, after: str) -> None:
    ended = place.lab("shell", "lan", "--no-servers", text=f"c true\nc exit 7\n{after}")
    assert (ended.returncode, ended.stderr) == (7, "")


def test_lines_may_come_from_a_file(place: Place, tmp_path: Path) -> None:
    file = tmp_path / "lines"
    file.write_text("# a comment\nc echo from a file\nexit\nc echo more\n")
    ended = place.lab("shell", "lan", "--no-servers", text=f"source {file}\nc echo after\n")
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "from a file\n", "")


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("pong", "there is no node or command 'pong'"),
        ("c", "a command for c is missing"),
        ("tap c-eth9 -w x", "there is no point or interface 'c-eth9' in lan"),
        ("tap c-eth0", "usage: tap POINT"),
        ("tap c-eth0 -w /nowhere/x", "/nowhere/x: No such file or directory"),
        ("serve s smtp", "there is no service 'smtp'"),
        ("serve t dns", "there is no node 't' in lan"),
        ("play", "this lab has no scenario to play"),
        ("source /nowhere/x", "/nowhere/x: No such file or directory"),
        ("source", "usage: source FILE"),
        ("help pong", "there is no command 'pong'"),
    ],
)
def test_what_cannot_be_done_is_one_line(place: Place, line: str, told: str) -> None:
    ended = place.lab("shell", "lan", "--no-servers", text=f"{line}\nc true\n{line}\n")
    assert ended.returncode == 2
    lines = ended.stderr.splitlines()
    assert len(lines) == 2  # the lab goes on after the first
    assert all(each.startswith(f"lab: {told}") for each in lines)
