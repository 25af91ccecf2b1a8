"""`lab show`."""

import inspect
from collections.abc import Iterator

import click

from wirelab.cli.errors import explained
from wirelab.run.plan import plan
from wirelab.scenarios import Scenario, Setting
from wirelab.verify import Item, ladder

_HELP = """Explain a scenario: its network, where it is captured, what must be seen, its settings.

Each step of the ladder is a Wireshark display filter; ${c.ip} and the like stand for addresses
of the lab, ${step.field} for a field of an earlier step's packet.

\b
lab show frag-router
lab show frag-router --set mtu=1300    what is expected follows the settings
lab show icmp                          a whole family
"""


@click.command("show", help=_HELP)
@click.argument("scenario")
@click.option("--set", "assignments", multiple=True, metavar="NAME=VALUE", help="Change a setting.")
def command(scenario: str, assignments: tuple[str, ...]) -> None:
    """Explain a scenario: its network, what must be seen, its settings."""
    with explained():
        for job in plan([scenario], assignments, seed=0):
            _show(job.scenario, job.settings)


def _show(scenario: Scenario, settings: dict[str, object]) -> None:
    click.secho(f"{scenario.id}: {scenario.title}", bold=True)
    if scenario.lesson:
        click.echo(f"\n{scenario.lesson}")
    module = inspect.getmodule(scenario.topology)
    _section("The network", (inspect.getdoc(module) or "").partition("\n")[2].strip("\n"))
    places = (f"{point:8} {interface}" for point, interface in scenario.points.items())
    _section("Captured at", "\n".join(places))
    _section("What must be seen", "\n".join(_rungs(scenario.expect(settings))))
    if scenario.settings:
        _section("Settings", "\n".join(map(_described, scenario.settings)))
    _section("Read", ", ".join(scenario.rfcs))
    click.echo(f"\nRun it: lab run {scenario.id}")


def _section(title: str, text: str) -> None:
    click.secho(f"\n{title}", bold=True)
    for line in text.splitlines():
        click.echo(f"  {line}" if line else "")


def _rungs(expectation: Item) -> Iterator[str]:
    """Yield a line for each row of the ladder, and its filter, to be pasted, below it."""
    for row in ladder(expectation):
        indent = "  " * row.depth
        head = " ".join(filter(None, (row.name, row.point and f"at {row.point}", row.note)))
        yield f"{indent}{head or row.text}"
        if head and row.text:
            yield f"{indent}    {row.text}"


def _described(setting: Setting) -> str:
    if setting.choices:
        span = f"one of {', '.join(setting.choices)}"
    else:
        span = f"{setting.minimum} to {setting.maximum} {setting.unit}".rstrip()
    return f"--set {setting.name}={setting.default}   {setting.meaning} ({span})"
