"""`lab run`."""

import json
import sys
import time
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any

import click

from wirelab.cli.errors import BAD_INPUT, EXPECTATION_FAILED, MISSING, explained
from wirelab.cli.number import Number
from wirelab.cli.progress import Progress, plain_or_live
from wirelab.cli.signals import Stop, Stopped, stoppable
from wirelab.report import write_index
from wirelab.run import Job, Outcome, Status, plan, run_jobs
from wirelab.run.runner import QUICK_AT_ONCE

_COLOURS = {
    Status.PASSED: "green",
    Status.FAILED: "red",
    Status.ERROR: "red",
    Status.SKIPPED: "yellow",
}


class _Folder(click.Path):
    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if value == "":  # an unset variable of a script; a Path would make it the current folder
            self.fail("the name of the folder is empty", param, ctx)
        return super().convert(value, param, ctx)


_HELP = """Build, play, capture and verify scenarios: all of them when none is named.

Each lab is a sandbox of its own: nothing of it is on this machine, and it has no way out.

\b
lab run                                everything, side by side
lab run frag-router                    one scenario
lab run icmp dhcp-dora                 a family and a scenario
lab run frag-router --set mtu=1300     with a setting of its own
lab run ./my_scenario.py               your own (lab new scenario NAME)
lab run --seed 7 -o out-7              other addresses, names and sizes
lab run --json | jq -r .scenario       a line a scenario, for programs

Exit status: 0 all passed; 1 one failed; 2 bad usage or input; 3 one was skipped, since
this machine lacks something (lab doctor).
"""


@click.command("run", help=_HELP)
@click.argument("names", nargs=-1, metavar="[SCENARIO|FAMILY|FILE.py|all]...")
@click.option(
    "-o",
    "--output",
    type=_Folder(path_type=Path),
    default=Path("out"),
    show_default=True,
    help="Folder for captures, verdicts and index.html.",
)
@click.option(
    "-j",
    "--jobs",
    type=Number(1, 256),
    help=f"Labs at once.  [default: {QUICK_AT_ONCE}, and all slow ones, which only wait]",
)
@click.option(
    "--seed",
    type=Number(0),
    default=0,
    show_default=True,
    help="Decides addresses, names and sizes; 0 keeps the addresses as drawn.",
)
@click.option(
    "--set",
    "assignments",
    multiple=True,
    metavar="NAME=VALUE",
    help="Change a setting, as in --set mtu=1300; `lab show` lists them.",
)
@click.option("--json", "as_json", is_flag=True, help="A JSON line a scenario.")
def command(
    names: tuple[str, ...],
    output: Path,
    jobs: int | None,
    seed: int,
    assignments: tuple[str, ...],
    as_json: bool,
) -> None:
    """Build, play, capture and verify scenarios: all of them when none is named."""
    with explained():
        planned = plan(names, assignments, seed)
        begun = time.monotonic()
        ended: list[Outcome] = []
        try:
            with stoppable() as stop:
                _run(planned, output, jobs, as_json, ended, stop)
                stop.check()
                index = write_index(output, planned, ended)
        except Stopped as signal:
            click.echo(f"lab: stopped by {signal}; its labs are gone", err=True)
            sys.exit(signal.status)
    if not as_json:
        _conclude(ended, time.monotonic() - begun, index)
    sys.exit(_exit_status(ended))


def _run(
    planned: list[Job],
    output: Path,
    at_once: int | None,
    as_json: bool,
    ended: list[Outcome],
    stop: Stop,
) -> None:
    longest = max(len(job.scenario.id) for job in planned)
    with (
        plain_or_live(len(planned), quiet=as_json) as progress,
        closing(
            run_jobs(planned, output, at_once, progress.started, stop.fileno(), progress.tick)
        ) as outcomes,
    ):
        for outcome in outcomes:
            progress.ended(outcome)
            if as_json:
                click.echo(json.dumps(outcome.as_json()))
            else:
                # What one scenario lacks many lack: once is enough.
                _tell(
                    outcome, progress, longest, outcome.reason in {other.reason for other in ended}
                )
            ended.append(outcome)


def _tell(outcome: Outcome, progress: Progress, longest: int, told_before: bool) -> None:
    status = click.style(f"{outcome.status:7}", fg=_COLOURS[outcome.status])
    if outcome.status is Status.SKIPPED:
        progress.say(f"{status}  {outcome.scenario}")
    else:
        told = f"{outcome.seconds:5.1f} s  {outcome.packets:4} packets"
        progress.say(f"{status}  {outcome.scenario:{longest}}  {told}")
    if outcome.reason and not told_before:
        progress.say(f"         {outcome.reason}")
    if outcome.explanation and outcome.status is not Status.PASSED:
        progress.say(outcome.explanation.rstrip())


def _conclude(outcomes: list[Outcome], seconds: float, index: Path) -> None:
    counts = Counter(outcome.status for outcome in outcomes)
    told = ", ".join(f"{counts[status]} {status}" for status in Status if counts[status])
    click.echo(f"\n{told} in {seconds:.1f} s. Captures and verdicts: {index}")


def _exit_status(outcomes: list[Outcome]) -> int:
    seen = {outcome.status for outcome in outcomes}
    if seen & {Status.FAILED, Status.ERROR}:
        return EXPECTATION_FAILED
    if Status.SKIPPED in seen:
        return MISSING
    return 0 if seen else BAD_INPUT
