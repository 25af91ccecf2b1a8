"""`lab wireshark`."""

import os
import sys

import click

from wirelab.cli.errors import EXPECTATION_FAILED, explained
from wirelab.cli.signals import stoppable

_HELP = """List the points of running labs among Wireshark's own interfaces.

`install` puts a small program into Wireshark's folder for such plug-ins (extcap). Wireshark, and
tshark -D, then show every point and interface of the labs that run; F5 in Wireshark lists anew.

\b
lab wireshark install
tshark -i wirelab:names:c-eth0      the interface c-eth0 of the lab `names`
lab wireshark remove
"""


@click.group("wireshark", help=_HELP, invoke_without_command=True)
@click.pass_context
def command(ctx: click.Context) -> None:
    """List the points of running labs among Wireshark's own interfaces."""
    if ctx.invoked_subcommand is None:
        raise click.UsageError("say what to do: install, status or remove", ctx)


@command.command("install")
def install() -> None:
    """Have Wireshark list running labs."""
    with explained():
        from wirelab.live.plugin import plugin  # noqa: PLC0415 - slow

        found = plugin()
        found.install()
    click.echo(f"installed: {found.path}\nIn Wireshark: Capture > Refresh Interfaces (F5).")


@command.command("remove")
def remove() -> None:
    """Undo `install`."""
    with explained():
        from wirelab.live.plugin import plugin  # noqa: PLC0415 - slow

        found = plugin()
        found.remove()
    click.echo(f"removed: {found.path}" if found.calls else "it was not installed")


@command.command("status")
def status() -> None:
    """Say whether it is installed, and what Wireshark lists now; status 1 where it is not."""
    with explained():
        from wirelab.live import labs  # noqa: PLC0415 - slow
        from wirelab.live.plugin import plugin  # noqa: PLC0415

        found = plugin()
        running = labs()
    if not found.ours:
        of = f"of another wirelab ({found.calls}): {found.path}" if found.calls else "not installed"
        click.echo(f"{of}; `lab wireshark install` installs this one")
        sys.exit(EXPECTATION_FAILED)
    click.echo(f"installed: {found.path}")
    for lab in running:
        points = ", ".join(lab.points) if lab.answers else "nothing, since it does not answer"
        click.echo(f"lists {lab.name}: {points}")
    if not running:
        click.echo("lists nothing now: no lab runs (`lab up TOPOLOGY|SCENARIO` starts one)")


@command.command(
    "extcap",
    hidden=True,
    # Later versions of Wireshark may say more.
    context_settings={"ignore_unknown_options": True, "allow_extra_args": True},
)
@click.option("--extcap-interfaces", "listing", is_flag=True)
@click.option("--capture", "capturing", is_flag=True)
@click.option("--extcap-interface", "interface", default="")
@click.option("--extcap-capture-filter", "bpf", default="")
@click.option("--fifo", default="")
@click.option("--filter", "text", default="")
def extcap(listing: bool, capturing: bool, interface: str, bpf: str, fifo: str, text: str) -> None:
    """Answer Wireshark; it shows what is said on standard error to its user."""
    with explained():
        if listing:
            _list()
        elif capturing:
            _capture(interface, bpf, fifo, text)


def _list() -> None:
    from wirelab.live import labs  # noqa: PLC0415 - slow
    from wirelab.live.extcap import interfaces  # noqa: PLC0415

    for line in interfaces(labs()):
        click.echo(line)


def _capture(interface: str, bpf: str, fifo: str, text: str) -> None:
    from wirelab.live import LiveError, connect  # noqa: PLC0415 - slow
    from wirelab.live.capture import begin  # noqa: PLC0415
    from wirelab.live.extcap import points_of  # noqa: PLC0415

    # First of all: a pipe that nobody opens Wireshark waits for, whatever is said here.
    fd = os.open(fifo, os.O_WRONLY | os.O_CLOEXEC)
    if bpf:
        raise LiveError(f"a capture filter ({bpf}) is not possible here: use a display filter")
    lab, points = points_of(interface)
    with connect(lab) as control:
        stream = begin(control, points, text=text)(fd)
        with stoppable() as stop:
            ended = stream.run(stop.fileno(), control.fileno())
    # Otherwise silent: whatever is said here Wireshark shows as an error.
    if lost := ", ".join(f"{count} at {point}" for point, count in ended.lost.items()):
        raise LiveError(f"frames were lost, as they were not read fast enough: {lost}")
