"""`lab verify`."""

import json
import shutil
import sys
from dataclasses import replace
from pathlib import Path

import click

from wirelab.cli.errors import EXPECTATION_FAILED, explained
from wirelab.run.plan import plan
from wirelab.verify import (
    Capture,
    Provenance,
    explain,
    judge,
    merged,
    provenance,
    read_capture,
)


@click.command("verify")
@click.argument("capture", type=click.Path(path_type=Path), required=False)
@click.option("--expect", metavar="SCENARIO", help="Whose expectation to use.")
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
@click.option("--set", "assignments", multiple=True, metavar="NAME=VALUE", help="A setting.")
@click.option("--json", "as_json", is_flag=True, help="The verdict as JSON.")
def command(
    capture: Path | None,
    expect: str | None,
    display_filter: str | None,
    points: tuple[str, ...],
    at: str | None,
    assignments: tuple[str, ...],
    as_json: bool,
) -> None:
    r"""Judge any capture against a scenario's expectation, or list frames of it.

    \b
    lab verify out/arp-cold-resolve/capture.pcapng --expect arp-cold-resolve
    lab verify theirs.pcap --expect dhcp-dora --json
    lab verify --point lan=a.pcap --point wan=b.pcap --expect unreach-port
    lab verify big.pcapng --filter 'tcp.flags.syn == 1 && tcp.flags.ack == 0'

    In a capture of our own the names of the expectation (`${c.ip}`) are known from its
    comment; in a foreign one each stands for what it is first seen to be.
    """
    if (expect is None) == (display_filter is None):
        raise click.UsageError("give either --expect SCENARIO or --filter FILTER")
    if expect is None:
        _list(capture, display_filter or "", points, as_json=as_json)
        return
    with explained():
        scenario = plan([expect], assignments, seed=0)[0].scenario
        read, shared_clock = _captured(capture, points)
        made = provenance(read.comment) or Provenance("")
        ours = made if made.scenario == expect else Provenance("")
        recorded = [f"{name}={value}" for name, value in ours.settings.items()]
        settings = plan([expect], [*recorded, *assignments], seed=0)[0].settings
        verdict = judge(
            scenario.expect(settings),
            read,
            names=ours.names,
            excuse=scenario.excuse,
            at=at,
            shared_clock=shared_clock,
        )
        verdict = replace(verdict, scenario=expect, seed=ours.seed, settings=settings)
    if as_json:
        click.echo(json.dumps(verdict.as_json(), indent=2))
    else:
        click.echo(explain(verdict, min(shutil.get_terminal_size((100, 24)).columns, 140)))
    sys.exit(0 if verdict.passed else EXPECTATION_FAILED)


def _list(
    capture: Path | None, display_filter: str, points: tuple[str, ...], *, as_json: bool
) -> None:
    from wirelab.cli.filter_listing import listing  # noqa: PLC0415 - numpy is slow to import

    if capture is None or points:
        raise click.UsageError("--filter lists the frames of one CAPTURE")
    with explained():
        listing(capture, display_filter, as_json=as_json)


def _captured(capture: Path | None, points: tuple[str, ...]) -> tuple[Capture, bool]:
    """One capture, or those of several points together; and whether its times can be compared."""
    if (capture is None) == (not points):
        raise click.UsageError("name one CAPTURE, or --point NAME=FILE for each point")
    if capture is not None:
        return read_capture(capture), True
    named = dict(map(_point, points))
    comments = {each.comment for each in named.values()}
    together = merged(named)
    if len(comments) == 1 and (comment := comments.pop()):
        return replace(together, comment=comment), True  # one run of the lab wrote them all
    return together, len(named) == 1


def _point(assignment: str) -> tuple[str, Capture]:
    name, equals, path = assignment.partition("=")
    if not (name and equals and path):
        raise click.UsageError(f"--point takes NAME=FILE, not {assignment!r}")
    read = read_capture(Path(path))
    if len(read.points) != 1:
        raise click.UsageError(f"{path} was captured at {len(read.points)} points, not at one")
    return name, read
