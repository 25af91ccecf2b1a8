"""`lab list`."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from itertools import groupby
from typing import Any

import click

from wirelab.cli.errors import BAD_INPUT, end, explained
from wirelab.cli.window import is_window, width, wrapped
from wirelab.scenarios import CATALOGUE, Scenario
from wirelab.scenarios.own import is_file
from wirelab.scenarios.scenario import MARKS
from wirelab.scenarios.search import about, speaking_of

_LEAST_TITLE = 32
"""A title that would have fewer columns goes below its scenario."""

_HELP = """Name the scenarios of the catalogue, by family; with WORDs those that have all of them.

A word is looked for in names, families, titles and marks (slow, crafted). A word that is a
file has the scenarios of that file named, in place of the catalogue's.

\b
lab list
lab list dhcp                   a family, and what else has the word
lab list --field icmp.mtu       those that look at a field, or a whole protocol
lab list ./my_scenario.py       your own
lab list --json | jq -r '.[] | select(.family == "icmp") | .scenario'
"""


@click.command("list", help=_HELP)
@click.argument("words", nargs=-1, metavar="[WORD]...")
@click.option("--field", metavar="FIELD", help="Only what speaks of this field: icmp.mtu, dns.")
@click.option("--json", "as_json", is_flag=True, help="One JSON array, for programs.")
def command(words: tuple[str, ...], field: str | None, as_json: bool) -> None:
    """Name the scenarios of the catalogue."""
    with explained():
        files = [word for word in words if is_file(word)]
        own = _in_files(files) if files else CATALOGUE.values()
        found = about(own, [word for word in words if word not in files])
        if field is not None:
            found = speaking_of(found, field)
    if not found:
        end(_nothing(words, field), BAD_INPUT)
    if as_json:
        click.echo(json.dumps([described(scenario) for scenario in found], indent=2))
        return
    for line in _lines(found, width() if is_window() else None):
        click.echo(line)


def _in_files(files: Sequence[str]) -> list[Scenario]:
    from wirelab.run.plan import select  # noqa: PLC0415 - the catalogue's list does without

    return select(files)


def _nothing(words: Sequence[str], field: str | None) -> str:
    asked = " and ".join([*map(repr, words), *([f"the field {field}"] if field else [])])
    return f"no scenario has {asked}; `lab list` names them all"


def _lines(found: Sequence[Scenario], columns: int | None) -> Iterator[str]:
    """Yield the list; where there is no window to fit, a whole line each."""
    longest = max(len(scenario.id) for scenario in found)
    by_family = sorted(found, key=lambda scenario: scenario.family)
    for family, members in groupby(by_family, lambda scenario: scenario.family):
        yield click.style(family, bold=True)
        for scenario in members:
            yield from _entry(scenario, longest, columns)
        yield ""
    yield from _legend(found, columns)


def _entry(scenario: Scenario, longest: int, columns: int | None) -> Iterator[str]:
    marks = f" [{', '.join(scenario.marks)}]" if scenario.marks else ""
    told, head = scenario.title + marks, f"  {scenario.id:{longest}}  "
    if columns is None:
        lines = [head + told]
    elif columns - len(head) < _LEAST_TITLE:
        lines = [f"  {scenario.id}", *wrapped(told, columns, " " * 6, " " * 6)]
    else:
        lines = wrapped(told, columns, head, " " * len(head))
    name = click.style(scenario.id, fg="cyan")
    yield lines[0].replace(scenario.id, name, 1)
    yield from lines[1:]


def _legend(found: Sequence[Scenario], columns: int | None) -> Iterator[str]:
    number = f"{len(found)} scenario{'s' if len(found) > 1 else ''}"
    lines = [f"{number}; `lab show SCENARIO` explains one."]
    seen = {mark for scenario in found for mark in scenario.marks}
    lines += [f"[{mark}] {meaning}." for mark, meaning in MARKS.items() if mark in seen]
    for line in lines:
        yield from wrapped(line, columns, "", "  ") if columns else [line]


def described(scenario: Scenario) -> dict[str, Any]:
    """Return what a program may want to know of a scenario."""
    return {
        "scenario": scenario.id,
        "family": scenario.family,
        "title": scenario.title,
        "lesson": scenario.lesson,
        "origin": scenario.origin,
        "slow": scenario.slow,
        "topology": scenario.topology.__name__,
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
