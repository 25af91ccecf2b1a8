"""The commands, each imported when it is called, so that `--help` is quick."""

import difflib
import gc
import importlib
import os
import sys
from collections.abc import Sequence

import click

from wirelab.cli.errors import told_plainly
from wirelab.cli.signals import die_of_ctrl_c

_COMMANDS = {
    "list": "Name the scenarios of the catalogue.",
    "show": "Explain a scenario: its network, the expected ladder, its settings.",
    "run": "Build, play, capture and verify scenarios.",
    "verify": "Judge any capture against a scenario's expectation.",
    "replay": "Play a capture into a lab, and verify that it arrives.",
    "shell": "Explore a running lab at a prompt.",
    "up": "Start a lab that runs in the background.",
    "ps": "Name the labs that run.",
    "exec": "Run a command in a node of a lab that runs.",
    "down": "End labs that run.",
    "tap": "Capture in a running lab, live, for Wireshark or into a file.",
    "wireshark": "List running labs among Wireshark's own interfaces.",
    "mutate": "Prove that expectations can fail.",
    "new": "Write a scenario or a topology of your own to begin with.",
    "fields": "Name the fields of which filters may speak.",
    "doctor": "Say what this machine has and lacks for the lab.",
    "test": "Run the project's tests (in a checkout).",
}


class _Lazy(click.Group):
    """A group whose commands are imported when needed."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in _COMMANDS:
            return None
        module = importlib.import_module(f"wirelab.cli.{cmd_name}_command")
        command: click.Command = module.command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args[0] not in _COMMANDS and not args[0].startswith("-"):
            ctx.fail(f"there is no command {args[0]!r}" + _suggested(args[0]))
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> object:
        # Around click's own handling, which would end `lab list | head` with status 1.
        with told_plainly():
            return super().invoke(ctx)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl(list(_COMMANDS.items()))


def _suggested(word: str) -> str:
    """Return what may have been meant by something that is no command."""
    if near := difflib.get_close_matches(word, _COMMANDS, n=1):
        return f"; did you mean {near[0]}?"
    from wirelab.scenarios import CATALOGUE  # noqa: PLC0415 - slow to import
    from wirelab.scenarios.own import is_file  # noqa: PLC0415

    if is_file(word):
        return f"; did you mean lab run {word}?"
    families = {scenario.family for scenario in CATALOGUE.values()}
    return f"; did you mean lab run {word}?" if word in {*CATALOGUE, *families, "all"} else ""


def _tell_version(ctx: click.Context, _parameter: click.Parameter, wanted: bool) -> None:
    if wanted:
        from importlib import metadata  # noqa: PLC0415 - slow to import

        click.echo(f"wirelab {metadata.version('wirelab')}")
        ctx.exit()


_HELP = """Real protocol traffic in emulated networks, captured and verified.

\b
lab run                 every scenario, in parallel; results in out/
lab run dhcp-dora       one of them; also a family: lab run icmp
lab show frag-router    what it teaches, and what must be seen
lab new scenario first-ping, lab run ./first_ping.py
                        one of your own
lab verify mine.pcapng --expect dhcp-dora
                        judge a capture of your own
lab replay mine.pcapng --on lan --at c-eth0
                        play a capture into a lab

Exit status: 0 all as expected; 1 an expectation failed; 2 bad usage or input;
3 this machine lacks something.
"""


@click.group(cls=_Lazy, help=_HELP, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_tell_version,
    help="Show the version and exit.",
)
def lab() -> None:
    """Run the command that was typed."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line; what goes wrong is one line on standard error and an exit status."""
    die_of_ctrl_c()
    # NumPy is imported twice as fast where its matrices, which nothing here needs, have no threads.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    # Packets and their layers point at each other; with fewer objects at a time the collector would
    # take a quarter of a large capture's time, with more their memory would be felt.
    gc.set_threshold(1_000_000)
    words = list(sys.argv[1:] if arguments is None else arguments)
    with told_plainly():
        status = lab.main(words or ["--help"], prog_name="lab", standalone_mode=False)
    sys.exit(status or 0)
