"""The rows of an explanation: steps, missing steps and strange frames in the order of time."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wirelab.verify.verdict import Problem, StepSeen, Verdict

_AROUND = 4
"""How many rows are kept on each side of what is not as expected."""


class Mark(Enum):
    """How a row came out."""

    SEEN = "seen"
    """The step found its frame."""
    MISSING = "missing"
    """The step found none."""
    STRANGE = "strange"
    """The frame should not be there."""
    LEFT_OUT = "left out"
    """The row stands for several that are as expected."""


@dataclass(frozen=True, slots=True)
class Row:
    """What was expected, beside what was seen."""

    mark: Mark
    """How it came out."""
    time: str
    """When the frame was captured, in seconds since the first one; "" for no frame."""
    point: str
    """The capture point."""
    name: str
    """The step; "" for none."""
    frame: str
    """The frame's number; "" for none."""
    text: str
    """The frame in a few words, or what was wanted."""

    def as_json(self) -> dict[str, object]:
        """The row in types that `json` can write; None for what it does not have."""
        return {
            "mark": self.mark.value,
            "time": float(self.time) if self.time else None,
            "point": self.point or None,
            "step": self.name or None,
            "frame": int(self.frame) if self.frame else None,
            "text": self.text,
        }


def rows(verdict: Verdict) -> list[Row]:
    """All rows of a verdict."""
    placed: list[tuple[tuple[int, int], Row]] = []
    after = 0
    for step in verdict.steps:
        after = after if step.frame is None else step.frame
        placed.append(((after, step.frame is None), _step(step, verdict.began)))
    placed += [
        ((problem.frame, 0), _strange(problem, verdict.began))
        for problem in verdict.problems
        if problem.frame is not None
    ]
    return [row for _, row in sorted(placed, key=lambda each: each[0])]


def _step(step: StepSeen, began: int) -> Row:
    name = step.name if step.occurrence == 1 else f"{step.name} #{step.occurrence}"
    if step.frame is None or step.time is None:
        return Row(Mark.MISSING, "", step.point, name, "", step.written)
    time = _seconds(step.time - began)
    return Row(Mark.SEEN, time, step.point, name, str(step.frame), step.summary)


def _strange(problem: Problem, began: int) -> Row:
    time = "" if problem.time is None else _seconds(problem.time - began)
    text = problem.message.removeprefix(f"frame {problem.frame} ")
    return Row(Mark.STRANGE, time, problem.point, "", str(problem.frame), text)


def _seconds(nanoseconds: int) -> str:
    """A time as Wireshark's time column has it, in seconds."""
    return f"{nanoseconds / 10**9:.6f}"


def elided(all_rows: Sequence[Row], most: int) -> list[Row]:
    """As many rows as may be shown: those near to what is not as expected, else the first ones."""
    if len(all_rows) <= most:
        return list(all_rows)
    odd = [place for place, row in enumerate(all_rows) if row.mark is not Mark.SEEN]
    near = {place + by for place in odd for by in range(-_AROUND, _AROUND + 1)}
    kept = sorted(place for place in near if 0 <= place < len(all_rows))[:most]
    kept = kept or list(range(most))
    shown: list[Row] = []
    before = -1
    for place in [*kept, len(all_rows)]:
        if left_out := place - before - 1:
            shown.append(Row(Mark.LEFT_OUT, "", "", "", "", f"… {left_out} rows left out"))
        if place < len(all_rows):
            shown.append(all_rows[place])
        before = place
    return shown
