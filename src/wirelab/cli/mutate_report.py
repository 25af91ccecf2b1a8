"""What `lab mutate` prints for people."""

from collections.abc import Iterable, Iterator, Sequence

import click

from wirelab.verify.mutate import Operator, Report, Tally, Trial

_SHORT = {
    Operator.DROP: "drop",
    Operator.DUPLICATE: "twice",
    Operator.SWAP: "swap",
    Operator.DELAY: "delay",
    Operator.MOVE: "move",
    Operator.TRUNCATE: "cut",
    Operator.FOREIGN: "guest",
    Operator.FIELD: "field",
    Operator.FLIP: "flip",
    Operator.FLIP_MENDED: "mended",
}
_WIDTH = 7
_NAME = 18


def told(report: Report) -> str:
    """Return the figures of a scenario, its survivors, and what was declared not to matter."""
    total = report.tally()
    verdict = click.style("good", fg="green") if report.good else click.style("weak", fg="red")
    head = (
        f"{verdict}  {report.scenario:{_NAME}} {_percent(total)} of {total.mutants} mutants killed,"
        f" {total.equivalent} equivalent; {report.mattering} of {report.frames} frames mutated"
    )
    if report.allowed:
        head += f", {report.allowed} only allowed"
    return "\n".join([head, *_survivors(report.survivors), *_equivalents(report)])


def _survivors(trials: Sequence[Trial]) -> Iterator[str]:
    fields = [t for t in trials if t.mutant.before or t.mutant.operator is Operator.FIELD]
    free = [t for t in trials if t.fate.order_free]
    rest = [t for t in trials if t not in fields and t not in free]
    for title, group in (
        ("fields nobody checks", fields),
        ("order does not matter here", free),
        ("other survivors", rest),
    ):
        if group:
            yield f"      {title}"
        yield from (f"        {line}" for line in _lines(group))


def _lines(trials: Iterable[Trial]) -> Iterator[str]:
    """Yield a line for each subject, with the first of its survivors."""
    groups: dict[tuple[str, str], list[Trial]] = {}
    for trial in trials:
        groups.setdefault((trial.mutant.operator, trial.mutant.subject), []).append(trial)
    for (operator, subject), group in groups.items():
        mutant = group[0].mutant
        steps = ", ".join(dict.fromkeys(t.mutant.step for t in group))
        change = f": {mutant.before} → {mutant.after}" if mutant.before else ""
        first = f"frame {mutant.frame} at {mutant.point or 'its point'}{change}"
        yield f"{len(group):4} {operator} {subject}  in {steps}; {first}"


def _equivalents(report: Report) -> Iterator[str]:
    for (subject, why), count in sorted(report.excused.items()):
        yield f"      {count:6} equivalent: {subject}: {why}"


def summary(reports: Sequence[Report]) -> str:
    """Return a table: the part that was killed, by scenario and operator."""
    heads = [*_SHORT.values(), "all"]
    lines = ["", " " * _NAME + "".join(f"{head:>{_WIDTH}}" for head in heads) + "  mutants"]
    for report in reports:
        tallies = [*(report.tally([operator]) for operator in _SHORT), report.tally()]
        lines.append(_row(report.scenario, tallies))
    every = [_sum(report.tally([operator]) for report in reports) for operator in _SHORT]
    total = _sum(every)
    lines += [
        _row("all", [*every, total]),
        "",
        f"{total.killed} of {total.mutants} mutants killed, {total.equivalent} equivalent,"
        f" {total.survived} survived: {_percent(total).strip()} of those that matter",
    ]
    return "\n".join(lines)


def _row(name: str, tallies: Sequence[Tally]) -> str:
    cells = "".join(f"{_percent(tally):>{_WIDTH}}" for tally in tallies)
    return f"{name:{_NAME}}{cells}{tallies[-1].mutants:9}"


def _percent(tally: Tally) -> str:
    if tally.mutants == tally.equivalent:
        return "-"
    # Never rounded up to 100: one survivor must be seen.
    return "100%" if not tally.survived else f"{min(tally.rate * 100, 99.9):.1f}%"


def _sum(tallies: Iterable[Tally]) -> Tally:
    return sum(tallies, Tally())
