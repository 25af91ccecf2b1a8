"""Which scenarios to run, with which settings: decided, and checked, before anything starts."""

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from wirelab.emulator import TopologyError
from wirelab.emulator.links import check_mtu
from wirelab.run.errors import PlanError
from wirelab.scenarios import CATALOGUE, Scenario, ScenarioError, SettingError
from wirelab.scenarios.own import asked, is_file


@dataclass(frozen=True)
class Job:
    """One scenario to run."""

    scenario: Scenario
    """What to run."""
    settings: dict[str, Any]
    """Every setting of it."""
    seed: int
    """Decides addresses, names, sizes."""


def plan(names: Sequence[str], assignments: Iterable[str], seed: int) -> list[Job]:
    """Return the jobs for scenario ids, families, files or `all`, with `name=value` settings.

    Raises:
        PlanError: there is no such scenario or setting, or the value is out of its range.
        ScenarioError: something in a file is wrong.
    """
    return jobs(select(names or ["all"]), assignments, seed)


def jobs(chosen: Sequence[Scenario], assignments: Iterable[str], seed: int) -> list[Job]:
    """Return the jobs for scenarios, as `plan` does for their names."""
    values = dict(map(_split, assignments))
    known = {setting.name for scenario in chosen for setting in scenario.settings}
    for name in values:
        if name not in known:
            raise PlanError(
                f"no scenario chosen here has a setting {name!r}; {_setting(name, known)}"
            )
    return [Job(scenario, _settings(scenario, values), seed) for scenario in chosen]


def select(names: Iterable[str]) -> list[Scenario]:
    """Return the scenarios that ids, families, files or `all` stand for.

    Those of the catalogue come first, in its order, then those of files, in theirs.

    Raises:
        PlanError: there is no such scenario.
        ScenarioError: something in a file is wrong, or two scenarios have one name.
    """
    wanted: set[str] = set()
    own: dict[str, Scenario] = {}
    for name in names:
        if is_file(name):
            _add(own, asked(name), name)
        else:
            wanted |= _of_the_catalogue(name)
    return [*(each for each in CATALOGUE.values() if each.id in wanted), *own.values()]


def _of_the_catalogue(name: str) -> set[str]:
    matching = {
        scenario.id
        for scenario in CATALOGUE.values()
        if name in ("all", scenario.id, scenario.family)
    }
    if not matching:
        families = {scenario.family for scenario in CATALOGUE.values()}
        near = _nearest(name, {*CATALOGUE, *families})
        raise PlanError(
            f"there is no scenario {name!r}; "
            + (f"did you mean {near}?" if near else _where_it_may_be(name))
        )
    return matching


def _where_it_may_be(name: str) -> str:
    file = Path(f"{name.replace('-', '_')}.py")
    return f"did you mean ./{file}?" if file.is_file() else "`lab list` names them all"


def _add(own: dict[str, Scenario], found: Iterable[Scenario], name: str) -> None:
    """Add the scenarios of a file; names are those of folders, so that each is there once."""
    for scenario in found:
        if own.get(scenario.id, scenario) is not scenario:
            raise ScenarioError(f"{name}: another file has a scenario {scenario.id!r}, too")
        own[scenario.id] = scenario


def _settings(scenario: Scenario, values: dict[str, str]) -> dict[str, Any]:
    settings = scenario.defaults()
    for setting in scenario.settings:
        if setting.name in values:
            try:
                settings[setting.name] = setting.parse(values[setting.name])
                if setting.name == "mtu":
                    check_mtu(settings["mtu"], scenario.id, ipv6=False)
            except (SettingError, TopologyError) as error:
                raise PlanError(f"{scenario.id}: {error}") from error
    return settings


def _split(assignment: str) -> tuple[str, str]:
    name, equals, value = assignment.partition("=")
    if not equals or not name:
        raise PlanError(f"--set takes name=value, not {assignment!r}")
    return name, value


def _setting(name: str, known: Iterable[str]) -> str:
    """Return what helps whoever asked for a setting that no chosen scenario has."""
    if near := _nearest(name, known):
        return f"did you mean {near}?"
    owners = [s.id for s in CATALOGUE.values() if name in {setting.name for setting in s.settings}]
    if owners:
        return f"{', '.join(owners)} {'has' if len(owners) == 1 else 'have'} it"
    return "`lab show SCENARIO` tells which there are"


def _nearest(name: str, known: Iterable[str]) -> str:
    """Return the known name that is most like `name`, if any is."""
    return next(iter(difflib.get_close_matches(name, sorted(known), n=1)), "")
