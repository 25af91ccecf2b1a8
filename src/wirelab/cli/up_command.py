"""`lab up`."""

from typing import Any

import click

from wirelab.cli.errors import explained
from wirelab.cli.live_options import planned, starts_a_lab

_HELP = """Start a lab that runs in the background, under a name, until `lab down` ends it.

It returns when the lab is ready. A topology comes with the servers that it usually has.

\b
lab up names
lab exec names c dig www.example.test
lab up routed --name slow --set delay=50 --set hops=3
lab down names
"""


@click.command("up", help=_HELP)
@starts_a_lab
def command(**asked: Any) -> None:
    """Start a lab in the background."""
    with explained():
        from wirelab.live.background import up  # noqa: PLC0415 - slow
        from wirelab.live.banner import banner  # noqa: PLC0415

        plan = planned(**asked)
        told = up(plan)
        for line in banner(plan, told):
            click.echo(line)
        name = plan.name
        click.echo(f"\nlab exec {name} NODE COMMAND runs a command in it; lab down {name} ends it")
