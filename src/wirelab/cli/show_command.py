"""`lab show`."""

import inspect
import shutil
import textwrap
from collections.abc import Iterable, Iterator

import click

from wirelab.cli.errors import explained
from wirelab.run.plan import plan
from wirelab.scenarios import Look, Scenario, Setting
from wirelab.verify import Item, ladder
from wirelab.verify.ladder import RowKind

_WIDEST = 120
_KEPT = "\0"  # stands for a space at which no line ends

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
        for number, job in enumerate(plan([scenario], assignments, seed=0)):
            if number:
                click.echo("\n")
            _show(job.scenario, job.settings)


def _show(scenario: Scenario, settings: dict[str, object]) -> None:
    click.secho(f"{scenario.id}: {scenario.title}", bold=True)
    if scenario.lesson:
        click.echo(f"\n{scenario.lesson}")
    module = inspect.getmodule(scenario.topology)
    _section("The network", (inspect.getdoc(module) or "").partition("\n")[2].strip("\n"))
    places = (f"{point:8} {interface}" for point, interface in scenario.points.items())
    _section("Captured at", "\n".join(places))
    width = min(shutil.get_terminal_size((100, 24)).columns, _WIDEST)
    rungs = _rungs(scenario.expect(settings), width)
    _section("What must be seen", "\n".join(rungs))
    if scenario.look:
        _section("Look in Wireshark", "\n".join(_looks(scenario.look, width)))
    if scenario.settings:
        _section("Settings", "\n".join(map(_described, scenario.settings)))
    _section("Read", ", ".join(scenario.rfcs))
    click.echo(f"\nRun it: lab run {scenario.id}")


def _section(title: str, text: str) -> None:
    click.secho(f"\n{title}", bold=True)
    for line in text.splitlines():
        click.echo(f"  {line}" if line else "")


def _rungs(expectation: Item, width: int) -> Iterator[str]:
    """Yield the rows of the ladder: a head, and below it the filter, to be pasted."""
    rows = ladder(expectation)
    for row in rows:
        if row.kind is RowKind.CLOSED:
            continue
        indent = "  " * row.depth
        note = f"({row.note})" if row.note else ""
        allowed = "allowed: " if row.kind is RowKind.ALLOW else ""
        never = "never" if row.kind is RowKind.NEVER else ""
        head = " ".join(filter(None, (never, row.name, row.point and f"at {row.point}", note)))
        yield from _wrapped(allowed + (head or row.text), indent, width)
        if head and row.text:
            yield from _wrapped(row.text, indent + "    ", width)
    if closed := [row.text for row in rows if row.kind is RowKind.CLOSED]:
        told = f"and no other frame of {', '.join(closed)}"
        yield from _wrapped(told, "", width)


def _wrapped(text: str, indent: str, width: int) -> list[str]:
    """Break a sentence between words, and a filter before `&&`; pasted whole it is what it was."""
    whole = text.replace(" ", _KEPT).replace(f"{_KEPT}&&{_KEPT}", f" &&{_KEPT}")
    lines = textwrap.wrap(
        whole if "&&" in text else text, max(width - 2, 40), initial_indent=indent,
        subsequent_indent=indent + "  ", break_long_words=False, break_on_hyphens=False,
    )  # fmt: skip
    return [line.replace(_KEPT, " ") for line in lines]


def _looks(looks: Iterable[Look], width: int) -> Iterator[str]:
    """Yield for each: the filter or the technique, and below it what is seen then."""
    for look in looks:
        yield " - ".join(filter(None, (look.technique, look.filter)))
        yield from _wrapped(look.tells, "    ", width)


def _described(setting: Setting) -> str:
    if setting.choices:
        span = f"one of {', '.join(setting.choices)}"
    elif setting.pattern:
        span = "a text like this"
    else:
        span = f"{setting.minimum} to {setting.maximum} {setting.unit}".rstrip()
    return f"--set {setting.name}={setting.default}   {setting.meaning} ({span})"
