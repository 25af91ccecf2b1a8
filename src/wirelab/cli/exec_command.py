"""`lab exec`."""

import sys

import click

from wirelab.cli.errors import explained

_HELP = """Run a command in a node of a lab that runs.

It has the standard input, output and error, the terminal, the folder and the environment of
`lab exec`, whose exit status is its own. Ctrl-C goes to it.

\b
lab exec names c dig www.example.test
lab exec names c bash
lab exec names c tcpdump -c 3 -w - > three.pcap
"""


@click.command("exec", help=_HELP, context_settings={"allow_interspersed_args": False})
@click.argument("lab")
@click.argument("node")
@click.argument("words", nargs=-1, required=True, type=click.UNPROCESSED, metavar="COMMAND...")
def command(lab: str, node: str, words: tuple[str, ...]) -> None:
    """Run a command in a node of a lab."""
    with explained():
        from wirelab.live.client import connect  # noqa: PLC0415 - slow
        from wirelab.live.remote import run_in  # noqa: PLC0415

        with connect(lab) as control:
            status = run_in(control, node, words)
    sys.exit(status)
