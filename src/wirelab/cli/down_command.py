"""`lab down`."""

import sys

import click

from wirelab.cli.errors import BAD_INPUT, explained

_HELP = """End labs that run, and wait until nothing is left of them.

\b
lab down names
lab down --all
"""


@click.command("down", help=_HELP)
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option("--all", "every", is_flag=True, help="All of them.")
def command(names: tuple[str, ...], every: bool) -> None:
    """End labs that run."""
    if bool(names) == every:
        raise click.UsageError("name the labs to end, or say --all", click.get_current_context())
    with explained():
        from wirelab.live.client import down  # noqa: PLC0415 - slow
        from wirelab.live.errors import LiveError  # noqa: PLC0415
        from wirelab.live.folder import names as running  # noqa: PLC0415

        chosen = running() if every else names
        if not chosen:
            click.echo("no lab runs", err=True)
        wrong = []
        for name in chosen:
            try:
                down(name)
            except LiveError as error:  # the others shall end nevertheless
                wrong.append(error)
    for each in wrong:
        click.echo(f"lab: {each}", err=True)
    sys.exit(BAD_INPUT if wrong else 0)
