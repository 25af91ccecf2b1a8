"""What the commands that start a lab have in common: its subject, settings, seed and name."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import click

from wirelab.cli.number import Number

if TYPE_CHECKING:
    from wirelab.live.lab import Plan

_OPTIONS = (
    click.argument("subject", metavar="TOPOLOGY|SCENARIO|FILE.py[:NAME]"),
    click.option("--name", default="", help="What to call the lab.  [default: as the subject]"),
    click.option(
        "--set",
        "assignments",
        multiple=True,
        metavar="NAME=VALUE",
        help="Change a setting of the scenario, or a parameter of the topology.",
    ),
    click.option(
        "--seed",
        type=Number(0),
        default=0,
        show_default=True,
        help="Decides addresses, names and sizes; 0 keeps the addresses as drawn.",
    ),
    click.option("--servers/--no-servers", default=True, help="Start a topology's usual servers."),
)


def starts_a_lab(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the argument and the options."""
    for option in reversed(_OPTIONS):
        function = option(function)
    return function


def planned(
    subject: str, name: str, assignments: Sequence[str], seed: int, servers: bool
) -> "Plan":
    """Return the lab that is asked for.

    Raises:
        LiveError: there is no such topology, scenario or setting; it cannot be called so.
        PlanError: the scenario has no such setting or value.
        ScenarioError: something in a file is wrong.
    """
    from wirelab.live import folder  # noqa: PLC0415 - slow
    from wirelab.live.lab import Plan  # noqa: PLC0415
    from wirelab.live.subject import subject as found  # noqa: PLC0415

    chosen = found(subject, assignments, seed)
    folder.check_name(name or chosen.name)
    return Plan(name or chosen.name, chosen, servers)
