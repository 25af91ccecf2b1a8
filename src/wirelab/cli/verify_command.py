"""`lab verify`."""

import json
import sys
from pathlib import Path

import click

from wirelab.cli.coloured import tell
from wirelab.cli.errors import EXPECTATION_FAILED, explained
from wirelab.cli.verify_inputs import Input, annotate, bound, check_target, inputs
from wirelab.run.errors import PlanError
from wirelab.run.plan import Job, plan
from wirelab.verify import Item, Verdict, judge, relaxed
from wirelab.verify.explain_rows import rows

_OPEN = "--open: closed scopes are open, frames that no step took are not judged"


@click.command("verify")
@click.argument("captures", nargs=-1, type=click.Path(path_type=Path), metavar="[CAPTURE]...")
@click.option("--expect", required=True, metavar="SCENARIO", help="Whose expectation to use.")
@click.option(
    "--point",
    "points",
    multiple=True,
    metavar="NAME=FILE",
    help="The capture of one point; several are judged together.",
)
@click.option("--at", metavar="POINT", help="Judge only what can be seen at this point.")
@click.option("--open", "is_open", is_flag=True, help="Let frames pass that no step took.")
@click.option(
    "--name",
    "names",
    multiple=True,
    metavar="NAME=VALUE",
    help="Bind a name of the expectation by hand, as in --name c.ip=10.0.0.1.",
)
@click.option("--set", "assignments", multiple=True, metavar="NAME=VALUE", help="A setting.")
@click.option(
    "--annotate",
    "target",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write the capture with packet comments that name the steps.",
)
@click.option(
    "--json", "as_json", is_flag=True, help="The verdict as JSON; a line each of several."
)
def command(
    captures: tuple[Path, ...],
    expect: str,
    points: tuple[str, ...],
    at: str | None,
    is_open: bool,
    names: tuple[str, ...],
    assignments: tuple[str, ...],
    target: Path | None,
    as_json: bool,
) -> None:
    """Judge captures against a scenario's expectation.

    In a capture of our own the names of the expectation (`${c.ip}`) are known from its
    comment; in a foreign one each stands for what it is first seen to be.

    \b
    lab verify x.pcapng --expect dhcp-dora
                                 one capture
    lab verify *.pcapng --expect dhcp-dora
                                 several, each by itself
    lab verify --point lan=a.pcap --point wan=b.pcap --expect frag-router
                                 the two sides of a router, together
    lab verify x.pcap --expect ftp-passive --open --name s.ip=192.0.2.1
                                 other traffic may be in it; the server is known
    lab verify x.pcap --expect pmtud-df --set mtu=1300 --annotate told.pcapng
                                 another MTU; the verdict as packet comments

    Exit status: 0 all as expected; 1 a capture is not; 2 bad usage or input.
    """  # noqa: D301 - click's mark for text that keeps its lines
    with explained():
        job = _job(expect, assignments)
        if target is not None:
            check_target(target, (*captures, *(Path(each.partition("=")[2]) for each in points)))
        if target is not None and len(captures) > 1:
            raise click.UsageError("--annotate writes one capture, and several are judged")
        verdicts = []
        for given in inputs(captures, points):
            verdict = _judged(given, job, assignments, names, at=at, is_open=is_open)
            verdicts.append(verdict)
            if target is not None:
                annotate(given.capture, verdict, target)
            _tell(given, verdict, expect, as_json=as_json, alone=len(captures) < 2, is_open=is_open)
    sys.exit(0 if all(verdict.passed for verdict in verdicts) else EXPECTATION_FAILED)


def _job(expect: str, assignments: tuple[str, ...]) -> Job:
    jobs = plan([expect], assignments, seed=0)
    if len(jobs) != 1:
        several = ", ".join(job.scenario.id for job in jobs)
        raise PlanError(f"{expect!r} names several scenarios; expect one of {several}")
    return jobs[0]


def _judged(
    given: Input,
    job: Job,
    assignments: tuple[str, ...],
    names: tuple[str, ...],
    *,
    at: str | None,
    is_open: bool,
) -> Verdict:
    same = given.made.scenario == job.scenario.id and not assignments
    expectation: Item = job.scenario.expect(
        {**job.settings, **(given.made.settings if same else {})}
    )
    by_hand = bound(names, expectation)
    return judge(
        relaxed(expectation) if is_open else expectation,
        given.capture,
        names={**given.made.names, **by_hand},
        own=given.made.scenario == job.scenario.id,
        at=at,
        shared_clock=given.shared_clock,
    )


def _tell(
    given: Input, verdict: Verdict, expect: str, *, as_json: bool, alone: bool, is_open: bool
) -> None:
    if as_json:
        said = {"capture": given.title, **verdict.as_json(), "scenario": expect, "open": is_open}
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
