"""`lab verify` passes nothing because nothing could fail: as people and programs are told."""

import json
from importlib import import_module
from pathlib import Path

import pytest
from test_vacuity import CASES

from wirelab.cli import main
from wirelab.scenarios import CATALOGUE, scenario
from wirelab.topologies.lan import Lan
from wirelab.verify import Capture, CaptureWriter


@pytest.fixture(params=CASES)
def case(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    """A vacuous expectation as a scenario `vacuous`, and its capture as a file here."""
    expectation, captured, _, _ = CASES[request.param]
    made = scenario("vacuous", topology=Lan, points={"c": "c-eth0"}, rfcs=(), expect=expectation)
    monkeypatch.setitem(CATALOGUE, "vacuous", made(lambda _lab: None))
    limits = import_module("wirelab.verify.judging")
    monkeypatch.setattr(limits, "BUDGET", 300)
    monkeypatch.setattr(limits, "BUDGET_PER_FRAME", 0)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "400")
    _write(captured, Path("capture.pcapng"))
    name: str = request.param
    return name


def _write(captured: Capture, path: Path) -> None:
    with CaptureWriter(path, captured.points) as writer:
        for frame in captured.frames:
            writer.write(frame.point, frame.time, frame.data, frame.length, frame.outgoing)


def _verify(*arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(["verify", "capture.pcapng", "--expect", "vacuous", *arguments])
    assert isinstance(ended.value.code, int)
    return ended.value.code


def test_people_are_told_why(case: str, capsys: pytest.CaptureFixture[str]) -> None:
    _, _, _, message = CASES[case]
    assert _verify() == 1
    told = " ".join(capsys.readouterr().out.split())
    assert told.startswith("FAIL vacuous")
    assert message in told


def test_programs_are_told_why(case: str, capsys: pytest.CaptureFixture[str]) -> None:
    _, _, kind, message = CASES[case]
    assert _verify("--json") == 1
    verdict = json.loads(capsys.readouterr().out)
    assert verdict["status"] == "fail"
    told = [(each["kind"], each["message"]) for each in verdict["problems"]]
    assert told == [(kind.value, message)]
