"""`lab verify`."""

import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from wirelab.cli.coloured import tell
from wirelab.cli.errors import EXPECTATION_FAILED, explained
from wirelab.cli.verify_inputs import Input, annotate, bound, check_target, inputs
from wirelab.verify import Item, Provenance, Verdict, judge, relaxed
from wirelab.verify.explain_rows import rows

if TYPE_CHECKING:
    from wirelab.run.plan import Job

_OPEN = "--open: closed scopes are open, frames that no step took are not judged"


@click.command("verify")
@click.argument("captures", nargs=-1, type=click.Path(path_type=Path), metavar="[CAPTURE]...")
@click.option(
    "--expect",
    metavar="SCENARIO",
    help="Whose expectation to use; for a capture of the lab by default that of its scenario.",
)
@click.option(
    "--filter", "display_filter", metavar="FILTER", help="List the frames that it selects."
)
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
    expect: str | None,
    display_filter: str | None,
    points: tuple[str, ...],
    at: str | None,
    is_open: bool,
    names: tuple[str, ...],
    assignments: tuple[str, ...],
    target: Path | None,
    as_json: bool,
) -> None:
    """Judge captures against a scenario's expectation, or list frames of one.

    In a capture of our own the names of the expectation (`${c.ip}`) are known from its
    comment; in a foreign one each stands for what it is first seen to be.

    \b
    lab verify out/dhcp-dora/capture.pcapng
                                 one of our own, which says what it should be
    lab verify x.pcapng --expect dhcp-dora
                                 any capture
    lab verify *.pcapng --expect dhcp-dora
                                 several, each by itself
    lab verify --point lan=a.pcap --point wan=b.pcap --expect frag-router
                                 the two sides of a router, together
    lab verify x.pcap --expect ftp-passive --open --name s.ip=192.0.2.1
                                 other traffic may be in it; the server is known
    lab verify x.pcap --expect pmtud-df --set mtu=1300 --annotate told.pcapng
                                 another MTU; the verdict as packet comments

    lab verify x.pcap --filter 'tcp.flags.syn == 1 && tcp.flags.ack == 0'
                                 no verdict: the frames that a display filter selects

    Exit status: 0 all as expected; 1 a capture is not; 2 bad usage or input.
    """  # noqa: D301 - click's mark for text that keeps its lines
    if display_filter is not None:
        if expect is not None:
            raise click.UsageError("give either --expect SCENARIO or --filter FILTER")
        _list(captures, display_filter, points, as_json=as_json)
        return
    with explained():
        asked = _job(expect, assignments) if expect is not None else None
        if target is not None:
            check_target(target, (*captures, *(Path(each.partition("=")[2]) for each in points)))
        if target is not None and len(captures) > 1:
            raise click.UsageError("--annotate writes one capture, and several are judged")
        verdicts = []
        for given in inputs(captures, points):
            job = asked or _job(_made_by(given), assignments)
            verdict = _judged(given, job, assignments, names, at=at, is_open=is_open)
            verdicts.append(verdict)
            if target is not None:
                annotate(given.capture, verdict, target)
            _tell(given, verdict, as_json=as_json, alone=len(captures) < 2, is_open=is_open)
    sys.exit(0 if all(verdict.passed for verdict in verdicts) else EXPECTATION_FAILED)


def _list(
    captures: tuple[Path, ...], display_filter: str, points: tuple[str, ...], *, as_json: bool
) -> None:
    from wirelab.cli.filter_listing import listing  # noqa: PLC0415 - numpy is slow to import

    if len(captures) != 1 or points:
        raise click.UsageError("--filter lists the frames of one CAPTURE")
    listing(captures[0], display_filter, as_json=as_json)


def _made_by(given: Input) -> str:
    """Return the scenario that made a capture of the lab."""
    if not given.made.scenario:
        reason = "does not say which scenario made it: give --expect SCENARIO"
        raise click.UsageError(f"{given.title} {reason}")
    return given.made.scenario


def _job(expect: str, assignments: tuple[str, ...]) -> "Job":
    from wirelab.run.errors import PlanError  # noqa: PLC0415 - the catalogue takes 0.2 s to import
    from wirelab.run.plan import plan  # noqa: PLC0415

    jobs = plan([expect], assignments, seed=0)
    jobs = [job for job in jobs if job.scenario.id == expect] or jobs  # a family may be called so
    if len(jobs) != 1:
        several = ", ".join(job.scenario.id for job in jobs)
        raise PlanError(f"{expect!r} names several scenarios; expect one of {several}")
    return jobs[0]


def _judged(
    given: Input,
    job: "Job",
    assignments: tuple[str, ...],
    names: tuple[str, ...],
    *,
    at: str | None,
    is_open: bool,
) -> Verdict:
    made = given.made if given.made.scenario == job.scenario.id else Provenance("")
    recorded = [f"{name}={value}" for name, value in made.settings.items()]
    settings = _job(job.scenario.id, (*recorded, *assignments)).settings
    expectation: Item = job.scenario.expect(settings)
    by_hand = bound(names, expectation)
    verdict = judge(
        relaxed(expectation) if is_open else expectation,
        given.capture,
        names={**given.made.names, **by_hand},
        own=bool(made.scenario),
        excuse=job.scenario.excuse,
        at=at or (given.at if made.scenario else None),
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
