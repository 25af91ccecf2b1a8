"""`lab doctor`."""

import json
import sys
from dataclasses import asdict

import click

from wirelab.cli.errors import MISSING
from wirelab.doctor import examine


@click.command("doctor")
@click.option("--json", "as_json", is_flag=True, help="One JSON array, for programs.")
def command(as_json: bool) -> None:
    """Say what this machine has and lacks for the lab, and how to mend it."""
    findings = examine()
    if as_json:
        click.echo(json.dumps([asdict(finding) for finding in findings], indent=2))
    else:
        for finding in findings:
            mark = click.style("ok  ", fg="green") if finding.ok else click.style("lack", fg="red")
            click.echo(f"{mark}  {finding.name:24} {finding.detail}")
            if not finding.ok:
                click.echo(f"      costs: {finding.costs}\n      mend:  {finding.mend}")
    sys.exit(0 if all(finding.ok for finding in findings) else MISSING)
