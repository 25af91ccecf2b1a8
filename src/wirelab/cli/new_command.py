"""`lab new scenario`, `lab new topology`."""

import shlex
from pathlib import Path

import click

from wirelab.cli.errors import BAD_INPUT, end
from wirelab.starting import Kind, StartingError, write

_HELP = """Write a file to begin with: a scenario or a topology that runs as it is.

\b
lab new scenario first-ping          writes first_ping.py
lab run ./first_ping.py              plays it
lab new topology branch              writes branch.py, for a scenario beside it
lab new scenario first-ping -o ~/labs/ping.py

What is there is never overwritten. docs/tutorial.md goes on from here.
"""
_FILE = click.Path(path_type=Path, dir_okay=False)


@click.group("new", help=_HELP, invoke_without_command=True)
@click.pass_context
def command(ctx: click.Context) -> None:
    """Write a file to begin with."""
    if ctx.invoked_subcommand is None:
        raise click.UsageError("say what to write: scenario NAME, or topology NAME")


@command.command("scenario")
@click.argument("name")
@click.option("-o", "--output", type=_FILE, help="The file; by default NAME.py, here.")
def scenario(name: str, output: Path | None) -> None:
    """Write a scenario: a network, traffic, and what must be seen of it."""
    from wirelab.scenarios import CATALOGUE  # noqa: PLC0415 - a topology does not need it

    families = {each.family for each in CATALOGUE.values()}
    path = _written(Kind.SCENARIO, name, output, frozenset({*CATALOGUE, *families, "all"}))
    click.echo(f"{path}: a scenario that passes. Play it, then make it yours:")
    click.echo(f"  lab run {_as_typed(path)}")


@command.command("topology", short_help="Write a topology: hosts, switches, routers, links.")
@click.argument("name")
@click.option("-o", "--output", type=_FILE, help="The file; by default NAME.py, here.")
def topology(name: str, output: Path | None) -> None:
    """Write a topology: hosts, switches and routers, their links and addresses."""
    from wirelab.run.networks import known_topologies  # noqa: PLC0415 - slow

    path = _written(Kind.TOPOLOGY, name, output, frozenset(known_topologies()))
    kind = "".join(word.capitalize() for word in name.split("-"))
    click.echo(f"{path}: two subnets and a router. In a scenario beside it:")
    click.echo(f"  from {path.stem} import {kind}")


def _written(kind: Kind, name: str, output: Path | None, taken: frozenset[str]) -> Path:
    try:
        return write(kind, name, output, taken)
    except StartingError as error:
        end(str(error), BAD_INPUT)


def _as_typed(path: Path) -> str:
    """Return a path as `lab run` takes it for a file."""
    return shlex.quote(str(path) if path.is_absolute() else f"./{path}")
