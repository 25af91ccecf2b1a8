"""A scenario that goes wrong: how its run ends."""

import json
import re
import signal
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from wirelab.emulator import EmulatorError
from wirelab.report import write_index
from wirelab.run import Job, Outcome, Status, run_jobs
from wirelab.scenarios import CATALOGUE, Stage
from wirelab.traffic.clients import ping
from wirelab.traffic.servers import Dnsmasq, Pyftpd
from wirelab.verify import read_capture, seq, step


def _run(play: object, tmp_path: Path) -> Outcome:
    scenario = replace(CATALOGUE["unreach-net"], play=play)  # type: ignore[arg-type]  # test data
    return next(run_jobs([Job(scenario, {}, 0)], tmp_path / "out", 1))


def test_a_server_that_dies_in_mid_scenario_is_named_with_the_end_of_its_log(
    tmp_path: Path,
) -> None:
    def play(lab: Stage) -> None:
        running = lab.start("s", Pyftpd())
        running.process.send_signal(signal.SIGKILL)
        running.process.wait()
        lab.wait_for("icmp.type == 200", at="wan")

    outcome = _run(play, tmp_path)
    assert outcome.status is Status.ERROR
    assert "pyftpd on s was ended by SIGKILL" in outcome.reason


def test_a_scenario_that_exits_is_an_error_with_its_place_and_others_go_on(
    tmp_path: Path,
) -> None:
    def play(_lab: Stage) -> None:
        sys.exit(3)

    exits = replace(CATALOGUE["unreach-net"], play=play)
    jobs = [Job(exits, {}, 0), Job(CATALOGUE["arp-cold-resolve"], {}, 0)]
    outcomes = {each.scenario: each for each in run_jobs(jobs, tmp_path / "out", 1)}
    assert outcomes["arp-cold-resolve"].status is Status.PASSED
    assert outcomes["unreach-net"].status is Status.ERROR
    assert re.fullmatch(r"test_play\.py, line \d+: SystemExit: 3", outcomes["unreach-net"].reason)


def test_a_server_that_does_not_come_up_is_named_with_the_end_of_its_log(tmp_path: Path) -> None:
    def play(lab: Stage) -> None:
        lab.start("s", Dnsmasq(options={"nonsense": "1"}))

    outcome = _run(play, tmp_path)
    assert outcome.status is Status.ERROR
    assert "dnsmasq on s ended with exit status" in outcome.reason
    assert "bad dhcp-option" in outcome.explanation


def test_traffic_that_does_not_come_is_an_error_that_says_what(tmp_path: Path) -> None:
    outcome = _run(lambda lab: lab.wait_for("tcp", at="lan", timeout=0.1), tmp_path)
    assert outcome.status is Status.ERROR
    assert "0 of 1 seen at lan within 0.1 s: tcp" in outcome.reason


def test_what_no_player_says_in_time_is_an_error_that_says_what(tmp_path: Path) -> None:
    outcome = _run(lambda lab: lab.wait_until(lambda: False, "a miracle", timeout=0.1), tmp_path)
    assert outcome.status is Status.ERROR
    assert "not within 0.1 s: a miracle" in outcome.reason


def test_a_server_that_is_stopped_leaves_what_it_knew_beside_its_successor(tmp_path: Path) -> None:
    def play(lab: Stage) -> None:
        lab.stop(lab.start("s", Dnsmasq()))
        lab.start("s", Dnsmasq())
        ping(lab["c"], lab["s"].ip(), check=False)

    outcome = _run(play, tmp_path)
    facts = json.loads((Path(outcome.directory) / "facts.json").read_text())
    assert list(facts["servers"]) == ["dnsmasq on s", "dnsmasq on s (2)"]


def test_traffic_that_is_not_as_expected_fails_with_a_ladder_and_keeps_the_capture(
    tmp_path: Path,
) -> None:
    outcome = _run(lambda lab: ping(lab["c"], lab["s"].ip(), count=1), tmp_path)
    assert outcome.status is Status.FAILED
    assert "first divergence" in outcome.explanation
    assert (Path(outcome.directory) / "capture.pcapng").stat().st_size > 0


def test_a_bug_in_a_scenario_is_an_error_with_its_place(tmp_path: Path) -> None:
    def play(_lab: Stage) -> None:
        raise ZeroDivisionError("a slip")

    outcome = _run(play, tmp_path)
    assert outcome.status is Status.ERROR
    assert "ZeroDivisionError: a slip" in outcome.reason + outcome.explanation


def test_an_error_of_the_system_in_a_scenario_is_its_own_and_the_others_still_run(
    tmp_path: Path,
) -> None:
    def play(_lab: Stage) -> None:
        Path("/no/such/file").read_text()

    broken = replace(CATALOGUE["unreach-net"], play=play)
    jobs = [Job(broken, {}, 0), Job(CATALOGUE["unreach-port"], {}, 0)]
    ended = {o.scenario: o for o in run_jobs(jobs, tmp_path / "out", 1)}
    assert ended["unreach-net"].status is Status.ERROR
    assert "/no/such/file" in ended["unreach-net"].reason
    assert ended["unreach-port"].status is Status.PASSED


@pytest.mark.parametrize("nothing", [seq(step("never", "icmp.type == 200", at="lan"))])
def test_silence_fails(nothing: object, tmp_path: Path) -> None:
    scenario = replace(
        CATALOGUE["unreach-net"], play=lambda _lab: None, expect=lambda _settings: nothing
    )
    outcome = next(run_jobs([Job(scenario, {}, 0)], tmp_path / "out", 1))
    assert outcome.status is Status.FAILED
    assert "no frame" in outcome.reason


def _broken(tmp_path: Path, error: Exception) -> tuple[Outcome, Path]:
    """Play something that is half done when it raises an error."""

    def play(lab: Stage) -> None:
        lab.fact("half", "done")
        ping(lab["c"], lab["s"].ip(), count=1)
        raise error

    outcome = _run(play, tmp_path)
    assert outcome.status is Status.ERROR
    return outcome, Path(outcome.directory)


@pytest.mark.parametrize("error", [EmulatorError("no more"), ZeroDivisionError("a slip")])
def test_an_error_keeps_what_there_is(error: Exception, tmp_path: Path) -> None:
    outcome, folder = _broken(tmp_path, error)
    capture = read_capture(folder / "capture.pcapng")
    assert len(capture.frames) == outcome.packets >= 4
    assert len(read_capture(folder / "points" / "wan.pcapng").frames) < outcome.packets
    verdict = json.loads((folder / "verdict.json").read_text())
    assert verdict["status"] == "error"
    assert verdict["reason"] == outcome.reason
    assert verdict["problems"], "what was captured by then is judged"
    assert json.loads((folder / "facts.json").read_text())["half"] == "done"
    assert "FAIL" in (folder / "ladder.txt").read_text()


def test_an_error_of_a_server_keeps_its_log(tmp_path: Path) -> None:
    outcome = _run(lambda lab: lab.start("s", Dnsmasq(options={"nonsense": "1"})), tmp_path)
    (log,) = (Path(outcome.directory) / "logs").glob("s-dnsmasq*")
    assert "bad dhcp-option" in log.read_text()


def test_an_error_before_there_is_a_network_is_told_as_well(tmp_path: Path) -> None:
    scenario = replace(CATALOGUE["unreach-net"], points={"lan": "r1-eth7"})
    outcome = next(run_jobs([Job(scenario, {}, 0)], tmp_path / "out", 1))
    assert outcome.status is Status.ERROR
    verdict = json.loads((Path(outcome.directory) / "verdict.json").read_text())
    assert (verdict["status"], verdict["steps"]) == ("error", [])
    assert "r1-eth7" in verdict["reason"]


def test_the_page_links_what_an_error_left(tmp_path: Path) -> None:
    outcome, folder = _broken(tmp_path, EmulatorError("no more"))
    jobs = [Job(CATALOGUE["unreach-net"], {}, 0)]
    text = write_index(folder.parent, jobs, [outcome]).read_text()
    assert 'href="unreach-net/capture.pcapng"' in text
    assert "no more" in text


@pytest.mark.parametrize(
    ("play", "message"),
    [
        (lambda lab: lab["sever"], "there is no node 'sever' in this lab; there are c, "),
        (lambda lab: lab["r11"], "there is no node 'r11' in this lab; did you mean r1?"),
        (lambda lab: lab.wait_for("ip.src == ${c.pi}", at="lan"), "did you mean c.ip?"),
        (lambda lab: lab.wait_for("ip.scr == 1", at="lan"), "did you mean ip.src"),
    ],
)
def test_a_wrong_name_in_a_scenario_is_told_with_the_right_one(
    play: object, message: str, tmp_path: Path
) -> None:
    outcome = _run(play, tmp_path)
    assert outcome.status is Status.ERROR
    assert message in outcome.reason
