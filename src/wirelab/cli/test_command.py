"""`lab test`."""

import sys

import click

from wirelab.testing import run_tests

_HELP = """Run the project's tests: style, types, layers and behaviour. Needs a checkout.

\b
lab test                          everything
lab test tests/verify -k arp      further arguments go to pytest
lab test --long                   longer soaks, more generated cases
lab test --bench                  instead: start and stop measured against stock Mininet
lab test --fuzz 10000             instead: the judge gets damaged captures, as many
"""


@click.command("test", help=_HELP, context_settings={"ignore_unknown_options": True})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def command(arguments: tuple[str, ...]) -> None:
    """Run the project's tests."""
    sys.exit(run_tests(list(arguments)))
