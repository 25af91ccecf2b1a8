"""`lab verify`."""

import json
import shutil
import sys
from dataclasses import replace
from pathlib import Path

import click

from wirelab.cli.errors import EXPECTATION_FAILED, explained
from wirelab.cli.filter_listing import listing
from wirelab.verify import Capture, Provenance, explain, judge, load_capture, provenance


@click.command("verify")
@click.argument("capture", type=click.Path(path_type=Path), required=False)
@click.option("--expect", metavar="SCENARIO", help="Whose expectation to use.")
@click.option("--filter", "text", metavar="FILTER", help="Only list the frames that it selects.")
@click.option(
    "--point",
    "points",
    multiple=True,
    metavar="NAME=FILE",
    help="The capture of one point; several are judged together.",
)
@click.option("--at", metavar="POINT", help="Judge only what can be seen at this point.")
@click.option("--set", "assignments", multiple=True, metavar="NAME=VALUE", help="A setting.")
@click.option("--json", "as_json", is_flag=True, help="The verdict as JSON.")
def command(
    capture: Path | None,
    expect: str | None,
    text: str | None,
    points: tuple[str, ...],
    at: str | None,
    assignments: tuple[str, ...],
    as_json: bool,
) -> None:
    """Judge any capture against a scenario's expectation.

    In a capture of our own the names of the expectation (`${c.ip}`) are known from its
    comment; in a foreign one each stands for what it is first seen to be.
    """
    if (expect is None) == (text is None):
        raise click.UsageError("give --expect to judge, or --filter to list frames; not both")
    if text is not None:
        if capture is None or points or at or assignments:
            raise click.UsageError("--filter wants one CAPTURE, and goes with --json only")
        listing(capture, text, as_json=as_json)
    from wirelab.run.plan import plan  # noqa: PLC0415 - the catalogue takes 0.2 s to import

    assert expect is not None
    with explained():
        job = plan([expect], assignments, seed=0)[0]
        read = _captured(capture, points)
        ours = provenance(read.comment) or Provenance("")
        same = ours.scenario == expect and not assignments
        settings = {**job.settings, **(ours.settings if same else {})}
        excuse = job.scenario.excuse
        verdict = judge(job.scenario.expect(settings), read, names=ours.names, excuse=excuse, at=at)
    if as_json:
        click.echo(json.dumps({"scenario": expect, **verdict.as_json()}, indent=2))
    else:
        click.echo(explain(verdict, min(shutil.get_terminal_size((100, 24)).columns, 140)))
    sys.exit(0 if verdict.passed else EXPECTATION_FAILED)


def _captured(capture: Path | None, points: tuple[str, ...]) -> Capture:
    """Read one capture, or put those of several points together, in the order of their times."""
    if (capture is None) == (not points):
        raise click.UsageError("name one CAPTURE, or --point NAME=FILE for each point")
    if capture is not None:
        return load_capture(capture)
    named = [_at_point(*assignment.partition("=")[::2]) for assignment in points]
    frames = sorted((f for part in named for f in part.frames), key=lambda frame: frame.time)
    numbered = tuple(replace(frame, number=n) for n, frame in enumerate(frames, start=1))
    return Capture(numbered, tuple(point for part in named for point in part.points))


def _at_point(name: str, path: str) -> Capture:
    read = load_capture(Path(path))
    if len(read.points) != 1:
        raise click.UsageError(f"{path} was captured at {len(read.points)} points, not at one")
    point = replace(read.points[0], name=name)
    return Capture(tuple(replace(frame, point=name) for frame in read.frames), (point,))
