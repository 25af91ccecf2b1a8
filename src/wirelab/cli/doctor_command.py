"""`lab doctor`."""

import json
import shutil
import sys
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import asdict

import click

from wirelab.cli.errors import MISSING
from wirelab.doctor import Finding, examine

_NARROWEST, _WIDEST = 40, 110


_HELP = """Say what this machine has and lacks for labs, and the command that mends each lack.

Kernel features are tried, not guessed, and nothing is changed. What is optional costs some
scenarios, which are named: they are not played, and the others run.

\b
lab doctor
lab doctor --json | jq '.[] | select(.ok | not)'

Exit status: 0 labs run here; 3 something essential is lacking.
"""


@click.command("doctor", help=_HELP)
@click.option("--json", "as_json", is_flag=True, help="One JSON array, for programs.")
def command(as_json: bool) -> None:
    """Say what this machine has and lacks for labs."""
    findings = examine()
    if as_json:
        click.echo(json.dumps([asdict(finding) for finding in findings], indent=2))
    else:
        width = min(max(shutil.get_terminal_size((100, 24)).columns, _NARROWEST), _WIDEST)
        for line in _lines(findings, width):
            click.echo(line)
    sys.exit(MISSING if any(f.essential and not f.ok for f in findings) else 0)


def _lines(findings: Sequence[Finding], width: int) -> Iterator[str]:
    """Yield a line for each finding, what is lacking with its cost and its mend, and the sum."""
    mends = [finding.mend for finding in findings if not finding.ok]
    for finding in findings:
        word, colour = _mark(finding)
        first, *more = textwrap.wrap(
            f"{word:4}  {finding.name:16}{finding.detail}", width,
            subsequent_indent=" " * 22, break_long_words=False, break_on_hyphens=False,
        )  # fmt: skip
        yield click.style(word, fg=colour) + first.removeprefix(word)
        yield from more
        if finding.ok:
            continue
        yield from _hanging("costs: ", finding.costs, width)
        if finding.scenarios:
            yield from _hanging("not played: ", ", ".join(finding.scenarios), width)
        if finding.mend in mends:  # the same command may mend several: it is told with the last
            mends.remove(finding.mend)
        if finding.mend not in mends:
            yield from _hanging("mend:  ", finding.mend, width)
    yield ""
    yield from textwrap.wrap(_sum(findings), width)


def _mark(finding: Finding) -> tuple[str, str]:
    if finding.ok:
        return "ok", "green"
    return ("LACK", "red") if finding.essential else ("lack", "yellow")


def _hanging(head: str, text: str, width: int) -> list[str]:
    return textwrap.wrap(
        text,
        width,
        initial_indent=" " * 6 + head,
        subsequent_indent=" " * 6 + " " * len(head),
        break_on_hyphens=False,
        break_long_words=False,
    )


def _told(lost: int) -> str:
    """Return what it costs in all."""
    if not lost:
        return "Every scenario is played."
    return f"{lost} scenario{'s are' if lost > 1 else ' is'} not played."


def _sum(findings: Sequence[Finding]) -> str:
    lacking = [finding for finding in findings if not finding.ok]
    lost = {name for finding in lacking for name in finding.scenarios}
    essential = ", ".join(finding.name for finding in lacking if finding.essential)
    if essential:
        return f"No lab runs here without: {essential}."
    if lacking:
        names = ", ".join(finding.name for finding in lacking)
        return f"Labs run here. Optional, and lacking: {names}. {_told(len(lost))}"
    return "Labs run here, and nothing is lacking."
