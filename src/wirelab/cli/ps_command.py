"""`lab ps`."""

import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from wirelab.cli.errors import explained

if TYPE_CHECKING:
    from wirelab.live import LabInfo

_HELP = """Name the labs of yours that run: those in the background, and those with a prompt.

\b
lab ps
lab ps --json | jq -r .[].name
"""


@click.command("ps", help=_HELP)
@click.option("--json", "as_json", is_flag=True, help="One JSON array, for programs.")
def command(as_json: bool) -> None:
    """Name the labs that run."""
    with explained():
        from wirelab.live import labs  # noqa: PLC0415 - slow

        found = labs()
    if as_json:
        click.echo(json.dumps([asdict(each) for each in found], indent=2))
    elif found:
        for line in _table(found, time.time()):
            click.echo(line)
    else:
        click.echo("no lab runs; `lab up TOPOLOGY|SCENARIO` starts one", err=True)


def _table(found: Sequence["LabInfo"], now: float) -> Iterator[str]:
    """Yield a row a lab: its name, what it is, for how long it has run, its process and nodes."""
    rows = [("NAME", "LAB", "UP", "PID", "NODES")]
    for each in found:
        what = f"{each.scenario} on {each.topology}" if each.scenario else each.topology
        age = _age(now - each.since)
        if not each.answers:
            what, age = "does not answer", "?"
        rows.append((each.name, what, age, str(each.pid or "?"), " ".join(each.nodes)))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "  ".join(f"{cell:{n}}" for cell, n in zip(row, widths, strict=True)).rstrip()


def _age(seconds: float) -> str:
    """Return a time in one unit: `12 s`, `5 min`, `3 h`, `2 d`."""
    for size, unit in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds // size:.0f} {unit}"
    return f"{max(seconds, 0):.0f} s"
