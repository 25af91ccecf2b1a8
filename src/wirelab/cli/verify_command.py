"""`lab verify`."""

import json
import shutil
import sys
from pathlib import Path

import click

from wirelab.cli.errors import EXPECTATION_FAILED, explained
from wirelab.run.plan import plan
from wirelab.verify import Provenance, explain, judge, provenance, read_capture


@click.command("verify")
@click.argument("capture", type=click.Path(path_type=Path))
@click.option("--expect", required=True, metavar="SCENARIO", help="Whose expectation to use.")
@click.option("--set", "assignments", multiple=True, metavar="NAME=VALUE", help="A setting.")
@click.option("--json", "as_json", is_flag=True, help="The verdict as JSON.")
def command(capture: Path, expect: str, assignments: tuple[str, ...], as_json: bool) -> None:
    """Judge any capture against a scenario's expectation.

    In a capture of our own the names of the expectation (`${c.ip}`) are known from its
    comment; in a foreign one each stands for what it is first seen to be.
    """
    with explained():
        job = plan([expect], assignments, seed=0)[0]
        read = read_capture(capture)
        ours = provenance(read.comment) or Provenance("")
        same = ours.scenario == expect and not assignments
        settings = {**job.settings, **(ours.settings if same else {})}
        verdict = judge(job.scenario.expect(settings), read, names=ours.names)
    if as_json:
        click.echo(json.dumps({"scenario": expect, **verdict.as_json()}, indent=2))
    else:
        click.echo(explain(verdict, min(shutil.get_terminal_size((100, 24)).columns, 140)))
    sys.exit(0 if verdict.passed else EXPECTATION_FAILED)
