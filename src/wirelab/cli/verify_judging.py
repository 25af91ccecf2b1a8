"""`lab verify CAPTURE --expect SCENARIO`: captures judged against what a scenario expects."""

import json
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from wirelab.cli.coloured import tell
from wirelab.cli.errors import EXPECTATION_FAILED, explained
from wirelab.cli.verify_inputs import Input, annotate, bound, check_target, inputs
from wirelab.verify import Item, Provenance, Verdict, judge, relaxed
from wirelab.verify.explain_rows import rows

if TYPE_CHECKING:
    from wirelab.run.plan import Job

_OPEN = "--open: closed scopes are open, frames that no step took are not judged"


@dataclass(frozen=True)
class Asked:
    """What captures are judged against."""

    scenario: str | None
    """Whose expectation; None for that of the scenario which made the capture."""
    assignments: tuple[str, ...]
    """Its settings, as `name=value`."""
    names: tuple[str, ...]
    """Names of the expectation that are bound by hand, as `name=value`."""
    at: str | None
    """The only point that is judged; None for all."""
    is_open: bool
    """Whether frames pass that no step took."""


def judging(
    captures: tuple[Path, ...],
    points: tuple[str, ...],
    asked: Asked,
    target: Path | None,
    *,
    as_json: bool,
) -> NoReturn:
    """Judge captures, tell the verdicts, and exit."""
    with explained():
        named = _jobs(asked.scenario, asked.assignments) if asked.scenario is not None else None
        if target is not None:
            check_target(target, (*captures, *(Path(each.partition("=")[2]) for each in points)))
        if target is not None and len(captures) > 1:
            raise click.UsageError("--annotate writes one capture, and several are judged")
        verdicts = []
        for given in inputs(captures, points):
            jobs = named or _jobs(_made_by(given), asked.assignments)
            verdict = _judged(given, _one(jobs, given, asked), asked)
            verdicts.append(verdict)
            if target is not None:
                annotate(given.capture, verdict, target)
            _tell(given, verdict, as_json=as_json, alone=len(captures) < 2, is_open=asked.is_open)
    sys.exit(0 if all(verdict.passed for verdict in verdicts) else EXPECTATION_FAILED)


def _made_by(given: Input) -> str:
    """Return the scenario of the catalogue that made a capture of the lab."""
    from wirelab.scenarios import CATALOGUE  # noqa: PLC0415 - takes 0.2 s to import

    made = given.made.scenario
    if not made:
        reason = "does not say which scenario made it: give --expect SCENARIO"
        raise click.UsageError(f"{given.title} {reason}")
    if made not in CATALOGUE:
        reason = f"was made by {made}, which is not in the catalogue: give --expect FILE.py"
        raise click.UsageError(f"{given.title} {reason}")
    return made


def _jobs(expect: str, assignments: tuple[str, ...]) -> "list[Job]":
    from wirelab.run.plan import plan  # noqa: PLC0415 - the catalogue takes 0.2 s to import

    return plan([expect], assignments, seed=0)


def _one(jobs: "list[Job]", given: Input, asked: Asked) -> "Job":
    """Return the job that is meant: of several in a file, that which made the capture."""
    from wirelab.run.errors import PlanError  # noqa: PLC0415 - as above
    from wirelab.scenarios.own import is_file  # noqa: PLC0415

    expect = asked.scenario or given.made.scenario
    file = is_file(expect)
    meant = given.made.scenario if file else expect  # a family may be called as a scenario is
    found = [job for job in jobs if job.scenario.id == meant] or jobs
    if len(found) != 1:
        before = f"{expect}:" if file else ""
        several = ", ".join(before + job.scenario.id for job in jobs)
        raise PlanError(f"{expect!r} names several scenarios; expect one of {several}")
    return found[0]


def _judged(given: Input, job: "Job", asked: Asked) -> Verdict:
    from wirelab.run.plan import jobs  # noqa: PLC0415 - as above

    made = given.made if given.made.scenario == job.scenario.id else Provenance("")
    recorded = [f"{name}={value}" for name, value in made.settings.items()]
    (settled,) = jobs([job.scenario], (*recorded, *asked.assignments), seed=0)
    settings = settled.settings
    expectation: Item = job.scenario.expect(settings)
    by_hand = bound(asked.names, expectation)
    verdict = judge(
        relaxed(expectation) if asked.is_open else expectation,
        given.capture,
        names={**given.made.names, **by_hand},
        own=bool(made.scenario),
        excuse=job.scenario.excuse,
        at=asked.at or (given.at if made.scenario else None),
        shared_clock=given.shared_clock,
    )
    return replace(verdict, scenario=job.scenario.id, seed=made.seed, settings=settings)


def _tell(given: Input, verdict: Verdict, *, as_json: bool, alone: bool, is_open: bool) -> None:
    if as_json:
        said = {"capture": given.title, **verdict.as_json(), "open": is_open}
        said["ladder"] = [row.as_json() for row in rows(verdict)]
        click.echo(json.dumps(said, indent=2 if alone else None))
        return
    if not alone:
        click.echo(f"{given.title}: ", nl=False)
    tell(verdict, whole=alone or not verdict.passed)
    if is_open:
        click.echo(_OPEN)
    if not alone and not verdict.passed:
        click.echo()
