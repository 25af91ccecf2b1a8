"""A verdict for people: what was expected beside what was seen, and where the two part.

The text is made of lines whose parts have roles, so that a terminal can colour them; `explain`
gives it plain.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from textwrap import wrap
from typing import TYPE_CHECKING

from wirelab.verify.explain_rows import Mark, Row, elided, rows

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from wirelab.verify.verdict import Nearest, Problem, Verdict

WIDE = 100
"""From this width on a step and its frame stand on one line."""
ROWS = 60
"""How many rows are shown before those that are as expected are left out."""
PROBLEMS = 12
"""How many problems are told."""


class Role(Enum):
    """What a part of a line is, for its colour."""

    PLAIN = "plain"
    """Anything else."""
    GOOD = "good"
    """What is as expected."""
    BAD = "bad"
    """What is not."""
    NAME = "name"
    """A step."""
    FILTER = "filter"
    """A display filter to paste."""
    FAINT = "faint"
    """What helps to read the rest."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a line."""

    text: str
    """The text."""
    role: Role = Role.PLAIN
    """What it is."""


Line = tuple[Part, ...]
"""A line, from left to right."""

_MARKS = {
    Mark.SEEN: ("✓", Role.GOOD),
    Mark.MISSING: ("✗", Role.BAD),
    Mark.STRANGE: ("!", Role.BAD),
    Mark.LEFT_OUT: (" ", Role.FAINT),
}
_TONES = {Mark.SEEN: Role.PLAIN, Mark.LEFT_OUT: Role.FAINT}
_TESTS = re.compile(r".+?(?: && | \|\| |$)")
"""The tests of a filter, each with the operator behind it."""


def explain(verdict: Verdict, width: int = 80) -> str:
    """The verdict as plain text.

    Args:
        verdict: the verdict.
        width: how many columns a line may have; at least 40 are used.
    """
    lines = explanation(verdict, width)
    return "".join("".join(part.text for part in line).rstrip() + "\n" for line in lines)


def explanation(verdict: Verdict, width: int = 80) -> list[Line]:
    """The verdict as lines of parts with roles.

    Args:
        verdict: the verdict.
        width: how many columns a line may have; at least 40 are used.
    """
    return list(_Explanation(verdict, max(width, 40)).lines())


class _Explanation:
    """The explanation of one verdict in one width."""

    def __init__(self, verdict: Verdict, width: int) -> None:
        self._verdict = verdict
        self._width = width

    def lines(self) -> Iterator[Line]:
        yield from self._headline()
        ladder = elided(rows(self._verdict), ROWS)
        if ladder:
            yield ()
            yield from self._wide(ladder) if self._width >= WIDE else self._narrow(ladder)
        for place, problem in enumerate(self._verdict.problems[:PROBLEMS]):
            yield ()
            yield from self._problem(problem, first=place == 0)
        if len(self._verdict.problems) > PROBLEMS:
            yield ()
            more = len(self._verdict.problems) - PROBLEMS
            yield (Part(f"… and {more} more problems", Role.FAINT),)
        yield ()
        yield from self._circumstances()

    def _headline(self) -> Iterator[Line]:
        verdict = self._verdict
        status = Part("PASS" if verdict.passed else "FAIL", _good(verdict.passed))
        seen = sum(step.frame is not None for step in verdict.steps)
        made = f" {verdict.scenario}" if verdict.scenario else ""
        seed = f" (seed {verdict.seed})" if verdict.seed is not None else ""
        count = f": {seen} of {len(verdict.steps)} frames seen" if verdict.steps else ""
        yield (status, Part(f"{made}{seed}{count}"))

    def _wide(self, ladder: Sequence[Row]) -> Iterator[Line]:
        names = _column((row.name for row in ladder), "expected")
        points = _column((row.point for row in ladder), "point")
        head = f"  {'time':>11}  {'point':<{points}}  {'expected':<{names}}  {'frame':>6}  actual"
        yield (Part(head, Role.FAINT),)
        for row in ladder:
            mark, role = _MARKS[row.mark]
            front = f" {row.time:>11}  {row.point:<{points}}  "
            used = len(mark) + len(front) + names + 2
            text = _cut(f"{row.frame:>6}  {row.text}", self._width - used)
            named = Part(f"{_cut(row.name, names):<{names}}  ", Role.NAME)
            yield (Part(mark, role), Part(front, Role.FAINT), named, Part(text, _tone(row)))

    def _narrow(self, ladder: Sequence[Row]) -> Iterator[Line]:
        for row in ladder:
            mark, role = _MARKS[row.mark]
            point = f" at {row.point}" if row.point else ""
            frame = f"  frame {row.frame}" if row.frame else ""
            where = Part(f"{point}{frame}  {row.time}".rstrip(), Role.FAINT)
            yield (Part(f"{mark} ", role), Part(row.name or "unexpected", Role.NAME), where)
            yield (Part("    "), Part(_cut(row.text, self._width - 4), _tone(row)))

    def _problem(self, problem: Problem, *, first: bool) -> Iterator[Line]:
        lead = "first divergence: " if first else ""
        for line in wrap(lead + problem.message, self._width) or [""]:
            yield (Part(line, Role.BAD if first else Role.PLAIN),)
        if problem.nearest is not None:
            yield from self._nearest(problem.nearest)
        if problem.filter:
            yield (Part("  display filter:", Role.FAINT),)
            for line in _wrapped_filter(problem.filter, self._width - 4):
                yield (Part("    "), Part(line, Role.FILTER))

    def _nearest(self, nearest: Nearest) -> Iterator[Line]:
        head = f"  nearest is frame {nearest.frame}: {nearest.summary}"
        yield (Part(_cut(head, self._width), Role.PLAIN),)
        for each in nearest.differences:
            front = f"    {each.subject}  "
            together = f"{front}want {each.want}  got {each.got}"
            if len(together) <= self._width:
                want, got = (
                    Part(f"want {each.want}  ", Role.GOOD),
                    Part(f"got {each.got}", Role.BAD),
                )
                yield (Part(front), want, got)
                continue
            yield (Part(front.rstrip()),)
            yield from self._hanging("want", each.want, Role.GOOD)
            yield from self._hanging("got ", each.got, Role.BAD)

    def _hanging(self, word: str, text: str, role: Role) -> Iterator[Line]:
        for place, line in enumerate(wrap(text, self._width - 11) or [""]):
            yield (Part(f"      {word if place == 0 else '    '} "), Part(line, role))

    def _circumstances(self) -> Iterator[Line]:
        """What was bound, allowed and left over."""
        verdict, packets = self._verdict, self._verdict.packets
        if verdict.view:
            text = f"judged as seen at point {verdict.view!r}; steps at other points are left out"
            yield from ((Part(line, Role.FAINT),) for line in wrap(text, self._width))
        for name, value in verdict.names.items():
            yield (Part(f"${{{name}}} = ", Role.FAINT), Part(value))
        for used in verdict.allowances:
            text = f"allowed: {len(used.frames)} of {used.most} {used.name}"
            yield (Part(text, Role.FAINT),)
        for each in verdict.invariants:
            if each.broken:
                excused = ", excused" if each.excused else ""
                text = f"invariant {each.name}: broken {each.broken} times{excused}"
                yield (Part(text, _good(each.excused)),)
        text = (
            f"{packets.total} frames: {packets.matched} matched, {packets.allowed} allowed, "
            f"{packets.unexpected} unexpected, {packets.unjudged} not judged"
        )
        for line in wrap(text, self._width):
            yield (Part(line, Role.FAINT),)


def _good(good: bool) -> Role:
    return Role.GOOD if good else Role.BAD


def _tone(row: Row) -> Role:
    return _TONES.get(row.mark, Role.BAD)


def _column(texts: Iterator[str], head: str) -> int:
    return min(max([len(head), *map(len, texts)]), 28)


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else text[: max(width - 1, 0)] + "…"


def _wrapped_filter(text: str, width: int) -> list[str]:
    """A filter over several lines, broken between its tests; joined, it is the same text."""
    lines = [""]
    for part in _TESTS.findall(text):
        if lines[-1] and len(lines[-1]) + len(part.rstrip()) > width:
            lines.append("")
        lines[-1] += part
    return lines
