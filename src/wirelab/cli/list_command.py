"""`lab list`."""

import json
from dataclasses import asdict
from typing import Any

import click

from wirelab.scenarios import CATALOGUE, Scenario

_HELP = """Name the scenarios of the catalogue, by family.

\b
lab list
lab list --json | jq -r '.[] | select(.family == "icmp") | .scenario'
"""


@click.command("list", help=_HELP)
@click.option("--json", "as_json", is_flag=True, help="One JSON array, for programs.")
def command(as_json: bool) -> None:
    """Name the scenarios of the catalogue."""
    if as_json:
        click.echo(json.dumps([described(s) for s in CATALOGUE.values()], indent=2))
        return
    width = max(map(len, CATALOGUE))
    family = ""
    for scenario in CATALOGUE.values():
        if scenario.family != family:
            family = scenario.family
            click.secho(f"\n{family}", bold=True)
        click.echo(f"  {scenario.id:{width}}  {scenario.title}")


def described(scenario: Scenario) -> dict[str, Any]:
    """Return what a program may want to know of a scenario."""
    return {
        "scenario": scenario.id,
        "family": scenario.family,
        "title": scenario.title,
        "origin": scenario.origin,
        "slow": scenario.slow,
        "points": dict(scenario.points),
        "rfcs": list(scenario.rfcs),
        "look": [asdict(look) for look in scenario.look],
        "settings": [
            {
                "name": setting.name,
                "default": setting.default,
                "minimum": setting.minimum,
                "maximum": setting.maximum,
                "choices": list(setting.choices),
                "pattern": setting.pattern,
                "unit": setting.unit,
                "meaning": setting.meaning,
            }
            for setting in scenario.settings
        ],
    }
