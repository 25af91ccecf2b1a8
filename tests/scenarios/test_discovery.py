"""A file beside the others is a family of the catalogue."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from wirelab import scenarios
from wirelab.run.outcome import Status
from wirelab.run.plan import Job
from wirelab.run.runner import run_jobs
from wirelab.scenarios import CATALOGUE, ScenarioError
from wirelab.scenarios.discovery import catalogue

CHECKOUT = Path(__file__).parents[2]
README = CHECKOUT / "README.md"
DECORATED = '''
from wirelab.scenarios.scenario import scenario
from wirelab.topologies.lan import Lan
from wirelab.verify import seq, step

@scenario("{id}", topology=Lan, points={{"c": "c-eth0"}}, rfcs=(),
    expect=seq(step("any", "arp", at="c")))
def play(lab):
    """A title.

    And a lesson.
    """
'''


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(scenarios, "__path__", [str(tmp_path)])
    return tmp_path


def test_the_scenario_of_the_readme_is_found_and_passes(folder: Path) -> None:
    (written,) = re.findall(r"^```python\n(.*?)^```", README.read_text(), re.MULTILINE | re.DOTALL)
    (folder / "readme_example.py").write_text(written)
    found = catalogue([str(folder)], "wirelab.scenarios")["first-ping"]
    assert found.family == "readme"
    (outcome,) = run_jobs([Job(found, found.defaults(), seed=0)], folder / "out", 1)
    assert outcome.status is Status.PASSED, outcome.explanation


def test_two_scenarios_of_one_name_are_refused(folder: Path) -> None:
    for module in ("twice_a", "twice_b"):
        (folder / f"{module}.py").write_text(DECORATED.format(id="same"))
    with pytest.raises(ScenarioError, match=r"twice_a.py and twice_b.py both have 'same'"):
        catalogue([str(folder)], "wirelab.scenarios")


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (
            'step("any", "apr", at="c")',
            r"scenarios/typo\.py, line \d+, in 'mine': 'apr' is .* mean arp",
        ),
        ('step("any", "arp &&", at="c")', r"scenarios/typo\.py, line \d+, in 'mine': .*column"),
        (
            'step("a b", "arp", at="c")',
            r"scenarios/typo\.py, line \d+, in 'mine': 'a b' is no name",
        ),
        ("seq()", r"scenarios/typo\.py, line \d+, in 'mine': seq"),
        ("sequence()", r"scenarios/typo\.py, line \d+, in 'mine': NameError: .*sequence"),
        ('step("any", "arp"', r"scenarios/typo\.py, line \d+: '\(' was never closed"),
    ],
)
def test_a_wrong_expectation_is_told_with_its_file_and_scenario(
    folder: Path, wrong: str, message: str
) -> None:
    text = DECORATED.format(id="mine").replace('step("any", "arp", at="c")', wrong)
    (folder / "typo.py").write_text(text)
    with pytest.raises(ScenarioError, match=message):
        catalogue([str(folder)], "wirelab.scenarios")


def test_a_wrong_expectation_that_depends_on_settings_is_told_with_its_scenario(
    folder: Path,
) -> None:
    text = DECORATED.format(id="mine").replace("expect=", "expect=lambda _settings: ")
    (folder / "late.py").write_text(text.replace('"arp"', '"apr"'))
    found = catalogue([str(folder)], "wirelab.scenarios")["mine"]
    with pytest.raises(ScenarioError, match=r"^mine: 'apr' is neither"):
        found.expect({})


def test_a_typo_in_a_scenario_ends_the_command_in_one_line(tmp_path: Path) -> None:
    package = tmp_path / "wirelab"
    shutil.copytree(
        CHECKOUT / "src" / "wirelab", package, ignore=shutil.ignore_patterns("__pycache__")
    )
    text = DECORATED.format(id="mine").replace('"arp"', '"apr"')
    (package / "scenarios" / "typo.py").write_text(text)
    for command in (
        ["list"],
        ["run", "arp"],
        ["show", "mine"],
        ["verify", "x", "--expect", "mine"],
    ):
        argv = [sys.executable, "-m", "wirelab", *command]
        environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
        ended = subprocess.run(
            argv, capture_output=True, text=True, check=False, env=environment, cwd=tmp_path
        )
        assert ended.returncode == 2, ended.stderr
        assert len(ended.stderr.splitlines()) == 1
        assert "scenarios/typo.py" in ended.stderr


def test_modules_whose_names_begin_alike_are_one_family(folder: Path) -> None:
    for module in ("alike", "alike_too"):
        (folder / f"{module}.py").write_text(DECORATED.format(id=module.replace("_", "-")))
    found = catalogue([str(folder)], "wirelab.scenarios")
    assert [each.family for each in found.values()] == ["alike", "alike"]


def test_what_a_module_imports_from_another_is_not_its_own() -> None:
    assert len({each.play for each in CATALOGUE.values()}) == len(CATALOGUE)
    assert list(dict.fromkeys(each.family for each in CATALOGUE.values())) == sorted(
        {each.family for each in CATALOGUE.values()}
    )
