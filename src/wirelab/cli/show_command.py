"""`lab show`."""

import inspect
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, groupby

import click

from wirelab.cli.errors import explained
from wirelab.cli.show_ladder import filter_lines, rungs
from wirelab.cli.window import width, wrapped
from wirelab.emulator.drawn import drawn_names, neighbours
from wirelab.run.plan import Job, plan
from wirelab.scenarios import TECHNIQUES, Look, Scenario, Setting
from wirelab.scenarios.own import is_file
from wirelab.scenarios.scenario import MARKS
from wirelab.verify.lint import names_of

_INDENT = 2
_ONE_POINT = (
    "for streams, fragments, and which answer belongs to which question, open one of"
    " out/{scenario}/points/: in the file of all points Wireshark sees each packet twice"
)
_NUMBER = re.compile(r"\d+")
_MOST_ALIKE = 3
_REFERENCE = re.compile(r"\$\{([\w.-]+)\}")

_HELP = """Explain a scenario: its network, where it is captured, what must be seen, where to look.

Each step of the ladder is a Wireshark display filter; ${c.ip} and the like stand for addresses
of the lab, ${step.field} for a field of an earlier step's packet.

\b
lab show frag-router
lab show frag-router --set mtu=1300    what is expected follows the settings
lab show icmp                          a whole family
lab show ./my_scenario.py              your own
"""


@click.command("show", help=_HELP)
@click.argument("scenario", metavar="SCENARIO|FAMILY|FILE.py")
@click.option("--set", "assignments", multiple=True, metavar="NAME=VALUE", help="Change a setting.")
def command(scenario: str, assignments: tuple[str, ...]) -> None:
    """Explain a scenario: its network, what must be seen, its settings."""
    with explained():
        for number, job in enumerate(plan([scenario], assignments, seed=0)):
            if number:
                click.echo("\n")
            _show(job, width(), scenario if is_file(scenario) else "")


def _show(job: Job, columns: int, file: str = "") -> None:
    scenario, inner = job.scenario, columns - _INDENT
    for line in wrapped(f"{scenario.id}: {scenario.title}", columns):
        click.secho(line, bold=True)
    for line in ("", *_paragraphs(scenario.lesson, columns)):
        click.echo(line)
    module = inspect.getmodule(scenario.topology)
    drawing = (inspect.getdoc(module) or "").partition("\n")[2].strip("\n")
    _section("The network", _paragraphs(drawing, inner))
    _section("Captured at", _places(job))
    _section("What must be seen", rungs(scenario.expect(job.settings), inner))
    _section("Look in Wireshark", _looks(scenario.look, inner))
    _section("In this network", _names(job, inner))
    _section("Settings", _settings(scenario.settings, inner))
    _section("Read", wrapped(", ".join(scenario.rfcs), inner))
    _section("Run it", _run(scenario, file or scenario.id, inner))


def _section(title: str, lines: Iterable[str]) -> None:
    """Print lines below their title; nothing where there are none."""
    found = list(lines)
    if found:
        click.secho(f"\n{title}", bold=True)
    for line in found:
        click.echo(" " * _INDENT + line if line else "")


def _paragraphs(text: str, columns: int) -> Iterator[str]:
    """Yield prose broken to the window; what is indented, as a drawing is, stays as it is."""
    for number, paragraph in enumerate(re.split(r"\n\s*\n", text) if text else ()):
        if number:
            yield ""
        lines = paragraph.splitlines()
        if any(line.startswith(" ") for line in lines):
            yield from lines
        else:
            yield from wrapped(" ".join(lines), columns)


def _places(job: Job) -> Iterator[str]:
    """Yield the capture points, and of what link they are an end."""
    beside = neighbours(job.scenario.network(job.settings))
    longest = max(map(len, job.scenario.points))
    for point, interface in job.scenario.points.items():
        other = f", towards {beside[interface]}" if interface in beside else ""
        yield f"{point:{longest}}  {interface}{other}"


def _looks(looks: Sequence[Look], columns: int) -> Iterator[str]:
    """Yield for each: the filter, and how to look, and below it what is seen then."""
    for number, look in enumerate(looks):
        if number:
            yield ""
        if look.filter:
            yield from (click.style(x, fg="cyan") for x in filter_lines(look.filter, columns, ""))
        if look.technique:
            told = f"{look.technique} ({TECHNIQUES[look.technique]}):"
            yield from wrapped(told, columns, "    " if look.filter else "", "    ")
        yield from wrapped(look.tells, columns, "    ", "    ")


def _names(job: Job, columns: int) -> Iterator[str]:
    """Yield what the names of the filters stand for, as far as the drawing tells."""
    known = drawn_names(job.scenario.network(job.settings))
    in_looks = [_REFERENCE.findall(look.filter) for look in job.scenario.look]
    used = sorted({*names_of(job.scenario.expect(job.settings)), *chain(*in_looks)})
    told = [f"${{{name}}} is {known[name]}" for name in used if name in known]
    if told:
        whole = "; ".join(told).replace(" is ", "\0is\0")  # no line ends within
        yield from (line.replace("\0", " ") for line in wrapped(whole, columns))
    if others := [name for name in used if name not in known]:
        listed = ", ".join(_listed(others))
        yield from wrapped(f"{listed}: known when it has run, in facts.json", columns)
    if told:
        yield from wrapped("Another --seed has other addresses.", columns)


def _listed(names: Iterable[str]) -> Iterator[str]:
    """Yield names; of many that differ in numbers only the first, and how many there are."""
    for _, group in groupby(names, lambda name: _NUMBER.sub("0", name)):
        alike = [f"${{{name}}}" for name in group]
        yield from alike if len(alike) <= _MOST_ALIKE else [f"{alike[0]} and {len(alike) - 1} more"]


def _settings(settings: Sequence[Setting], columns: int) -> Iterator[str]:
    for setting in settings:
        yield f"--set {setting.name}={setting.default}"
        yield from wrapped(f"{setting.meaning}; {span(setting)}", columns, "    ", "    ")


def span(setting: Setting) -> str:
    """Return the values that a setting may have."""
    if setting.choices:
        return f"one of {', '.join(setting.choices)}"
    if setting.pattern:
        return "a text like this"
    low, high, unit = setting.minimum, setting.maximum, setting.unit
    if low is None or high is None:
        limits = f"at least {low}" if low is not None else f"at most {high}" if high else "a number"
        return f"{limits} {unit}".rstrip()
    return f"{low} to {high} {unit}".rstrip()


def _run(scenario: Scenario, called: str, columns: int) -> Iterator[str]:
    yield f"lab run {called}"
    yield from wrapped(f"then open out/{scenario.id}/capture.pcapng in Wireshark", columns)
    if len(scenario.points) > 1:
        yield from wrapped(_ONE_POINT.format(scenario=scenario.id), columns)
    for mark in scenario.marks:
        yield from wrapped(f"{mark}: {MARKS[mark]}", columns)
    if not scenario.slow:
        yield from wrapped("It takes less than ten seconds.", columns)
