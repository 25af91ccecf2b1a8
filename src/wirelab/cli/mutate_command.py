"""`lab mutate`."""

import json
import os
import sys
from pathlib import Path

import click

from wirelab.cli.errors import EXPECTATION_FAILED, explained
from wirelab.cli.mutate_report import summary, told
from wirelab.cli.number import Number
from wirelab.cli.progress import counted, plain_or_live
from wirelab.run.errors import PlanError
from wirelab.run.mutation import DONORS, Sample, donors, mutate, sample, samples, with_donors
from wirelab.run.plan import Job, plan
from wirelab.verify.mutate import Report


@click.command("mutate")
@click.argument("names", nargs=-1, metavar="[SCENARIO|FAMILY|FILE.py|all]...")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("out"),
    show_default=True,
    help="Folder with the captures of `lab run`; missing ones are made there.",
)
@click.option(
    "-j",
    "--jobs",
    type=Number(1, 256),
    default=os.cpu_count() or 1,
    help="Processes that judge.  [default: one a processor]",
)
@click.option("--seed", type=Number(0), default=0, show_default=True, help="Decides values.")
@click.option("--most", type=Number(1), help="Mutants of each operator; all by default.")
@click.option("--capture", type=click.Path(path_type=Path), help="Mutate this capture.")
@click.option("--expect", metavar="SCENARIO", help="With --capture: whose expectation to use.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def command(
    names: tuple[str, ...],
    output: Path,
    jobs: int,
    seed: int,
    most: int | None,
    capture: Path | None,
    expect: str | None,
    as_json: bool,
) -> None:
    """Prove that expectations can fail.

    Each capture is changed in one place after the other, and every change must make its
    expectation fail: frames missing, twice, swapped, late, elsewhere, cut; foreign transactions
    in between; fields altered with correct checksums; bits flipped. What survives is listed.
    """
    if (capture is None) != (expect is None) or (capture and names):
        raise click.UsageError("name scenarios, or one CAPTURE with --capture and --expect")
    with explained():
        planned = plan([expect] if expect else names, (), seed=0)
        if expect and len(planned) > 1:
            several = ", ".join(job.scenario.id for job in planned)
            raise PlanError(f"{expect!r} names several scenarios; expect one of {several}")
        found = _samples(planned, capture, output, quiet=as_json)
        reports = []
        for job in planned:
            reports.append(_report(found, job.scenario.id, seed, most, jobs, quiet=as_json))
            if not as_json:
                click.echo(told(reports[-1]))
    if as_json:
        click.echo(json.dumps(_as_json(reports, seed), indent=2))
    elif len(reports) > 1:
        click.echo(summary(reports))
    sys.exit(0 if all(report.good for report in reports) else EXPECTATION_FAILED)


def _samples(
    planned: list[Job], capture: Path | None, output: Path, *, quiet: bool
) -> dict[str, Sample]:
    """Return the samples of the scenarios and of the donors."""
    wanted = with_donors(planned)
    if capture is not None:
        wanted = [job for job in wanted if job.scenario.id in DONORS]
    with plain_or_live(len(wanted), quiet=quiet) as progress:
        found = samples(wanted, output, progress.started, progress.ended)
    if capture is not None:
        found[planned[0].scenario.id] = sample(planned[0].scenario, capture)
    return found


def _report(
    found: dict[str, Sample], name: str, seed: int, most: int | None, jobs: int, *, quiet: bool
) -> Report:
    with counted(name, quiet=quiet) as (begun, judged):
        return mutate(
            found[name],
            donors(found, name),
            seed=seed,
            most=most,
            processes=jobs,
            begun=begun,
            judged=judged,
        )


def _as_json(reports: list[Report], seed: int) -> dict[str, object]:
    return {
        "good": all(report.good for report in reports),
        "seed": seed,
        "scenarios": [report.as_json() for report in reports],
    }
