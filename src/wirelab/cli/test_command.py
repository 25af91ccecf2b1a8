"""`lab test`."""

import sys

import click

from wirelab.testing import run_tests


@click.command("test", context_settings={"ignore_unknown_options": True})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def command(arguments: tuple[str, ...]) -> None:
    """Run the project's tests; further arguments go to pytest.

    With --bench the benchmarks against stock Mininet run instead. With --fuzz [N] the judge is
    given N damaged captures, a million by default.
    """
    sys.exit(run_tests(list(arguments)))
