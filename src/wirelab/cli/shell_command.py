"""`lab shell`."""

import sys
from typing import Any

import click

from wirelab.cli.errors import explained
from wirelab.cli.live_options import planned, starts_a_lab

_HELP = """Explore a running lab at a prompt: Mininet's commands, captures, servers, traffic.

\b
lab shell names
  names> c dig www.example.test      a command in a node
  names> tap r1-eth1 -w wan.pcapng   capture an interface; tap stop ends it
  names> net                         Mininet's: net, dump, nodes, links, pingall, ...
lab shell frag-router
  frag-router> play                  the scenario's traffic, and what was seen of it

Ctrl-C ends a command; Ctrl-D ends the lab, of which nothing is left. Commands may also come
from a pipe; the exit status is that of the last one then.
"""


@click.command("shell", help=_HELP)
@starts_a_lab
def command(**asked: Any) -> None:
    """Explore a running lab at a prompt."""
    with explained():
        from wirelab.live.shell import shell  # noqa: PLC0415 - slow

        status = shell(planned(**asked))
    sys.exit(status)
