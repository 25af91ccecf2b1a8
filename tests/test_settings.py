"""Settings: what is promised of each can be played."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from wirelab.run import Job, Status, run_jobs
from wirelab.scenarios import CATALOGUE, Scenario, Setting

Choice = dict[str, Any]
"""Values by the names of settings."""


def _values(setting: Setting) -> list[int | str]:
    """Return the ends of a setting's range, or its choices; a text of some form has its default."""
    if setting.choices:
        return list(setting.choices)
    ends = [end for end in (setting.minimum, setting.maximum) if end is not None]
    return list(ends) or [setting.default]


def _at_the_ends(scenario: Scenario) -> list[Choice]:
    """Return all settings at their lower ends (or first choices), and all at their upper ones."""
    return [{each.name: _values(each)[end] for each in scenario.settings} for end in (0, -1)]


def _one_by_one(scenario: Scenario) -> list[Choice]:
    """Return each value of each setting, with the others as they are by default."""
    return [{each.name: value} for each in scenario.settings for value in _values(each)]


def _rounds(choices: dict[str, list[Choice]]) -> Iterator[list[Job]]:
    """Yield jobs of which no two write into one folder."""
    for number in range(max(map(len, choices.values()), default=0)):
        yield [
            Job(scenario, scenario.defaults() | some[number], seed=0)
            for scenario, some in ((CATALOGUE[name], some) for name, some in choices.items())
            if number < len(some)
        ]


def test_every_end_and_every_choice_can_be_played(
    tmp_path: Path, pytestconfig: pytest.Config
) -> None:
    """In a short run all settings of a scenario at once, and not what waits for long timers."""
    is_long = pytestconfig.getoption("--long")
    choices = {
        scenario.id: _one_by_one(scenario) if is_long else _at_the_ends(scenario)
        for scenario in CATALOGUE.values()
        if scenario.settings and (is_long or not scenario.slow)
    }
    failed = [
        (job.scenario.id, job.settings, outcome.reason)
        for number, jobs in enumerate(_rounds(choices))
        for outcome in run_jobs(jobs, tmp_path / str(number))
        for job in jobs
        if job.scenario.id == outcome.scenario
        and outcome.status not in (Status.PASSED, Status.SKIPPED)
    ]
    assert failed == []


_SETTINGS = [(scenario.id, each) for scenario in CATALOGUE.values() for each in scenario.settings]


@pytest.mark.parametrize(
    ("scenario", "setting"), _SETTINGS, ids=[f"{name}-{each.name}" for name, each in _SETTINGS]
)
def test_a_setting_takes_its_own_values_and_says_what_it_is(
    scenario: str, setting: Setting
) -> None:
    for value in (setting.default, *_values(setting)):
        assert setting.parse(str(value)) == value
    assert setting.meaning
    assert CATALOGUE[scenario].defaults()[setting.name] == setting.default
    assert [each.name for each in CATALOGUE[scenario].settings].count(setting.name) == 1
