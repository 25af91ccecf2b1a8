"""The commands, each imported when it is called, so that `--help` is quick."""

import importlib
from importlib import metadata

import click

_COMMANDS = {
    "list": "Name the scenarios of the catalogue.",
    "show": "Explain a scenario: its network, the expected ladder, its settings.",
    "run": "Build, play, capture and verify scenarios.",
    "verify": "Judge any capture against a scenario's expectation.",
    "mutate": "Prove that expectations can fail.",
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

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl(list(_COMMANDS.items()))


_HELP = """Real protocol traffic in emulated networks, captured and verified.

\b
lab run                        every scenario, in parallel; results in out/
lab run dhcp-dora              one of them
lab show frag-router           what it teaches, and what must be seen
lab verify x.pcapng --expect dhcp-dora
                               judge a capture of your own

Exit status: 0 all as expected; 1 an expectation failed; 2 bad usage or input;
3 this machine lacks something.
"""


@click.group(cls=_Lazy, help=_HELP, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(metadata.version("wirelab"), prog_name="wirelab")
def main() -> None:
    """Run the command that was typed."""
