"""What the mutants of a scenario came to, in figures."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from wirelab.verify.operator import Operator

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from wirelab.verify.mutate.trial import Trial

EVERY = frozenset({Operator.DROP, Operator.DUPLICATE, Operator.FIELD})
"""Operators of which every mutant must be killed, but for equivalents."""
GOAL = 0.97
"""How many of the mutants of all operators together must be killed, equivalents left out."""


@dataclass(frozen=True, slots=True)
class Tally:
    """How many mutants there were, and what became of them."""

    mutants: int = 0
    """All of them."""
    killed: int = 0
    """Those that the expectation rejected."""
    equivalent: int = 0
    """Survivors that the scenario declares not to matter."""

    @property
    def survived(self) -> int:
        """Survivors that should have been killed."""
        return self.mutants - self.killed - self.equivalent

    @property
    def rate(self) -> float:
        """The part that was killed of those that should be; 1 when there are none."""
        due = self.mutants - self.equivalent
        return self.killed / due if due else 1.0

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            self.mutants + other.mutants,
            self.killed + other.killed,
            self.equivalent + other.equivalent,
        )

    def as_json(self) -> dict[str, object]:
        """The tally in types that `json` can write."""
        return {
            "mutants": self.mutants,
            "killed": self.killed,
            "equivalent": self.equivalent,
            "survived": self.survived,
            "rate": round(self.rate, 6),
        }


@dataclass(frozen=True)
class Report:
    """What the mutants of one capture came to."""

    scenario: str
    """Whose expectation it was."""
    frames: int
    """Frames of the capture."""
    mattering: int
    """Those of them that steps took, which were mutated."""
    allowed: int
    """Those that are only allowed, which were not."""
    trials: Sequence[Trial]
    """The mutants and what became of them."""

    def tally(self, operators: Iterable[Operator] = Operator) -> Tally:
        """The figures of some operators together."""
        chosen = frozenset(operators)
        trials = [trial for trial in self.trials if trial.mutant.operator in chosen]
        killed = sum(trial.fate.killed for trial in trials)
        return Tally(len(trials), killed, sum(bool(trial.fate.equivalent) for trial in trials))

    @property
    def survivors(self) -> list[Trial]:
        """The mutants that should have been killed."""
        return [trial for trial in self.trials if trial.survived]

    @property
    def excused(self) -> Counter[tuple[str, str]]:
        """How many survivors each declared equivalent covers, by subject and reason."""
        return Counter(
            (trial.mutant.subject or str(trial.mutant.operator), trial.fate.equivalent)
            for trial in self.trials
            if trial.fate.equivalent
        )

    @property
    def good(self) -> bool:
        """Whether every goal is met."""
        return not self.tally(EVERY).survived and self.tally().rate >= GOAL

    def as_json(self) -> dict[str, object]:
        """The report in types that `json` can write."""
        return {
            "scenario": self.scenario,
            "good": self.good,
            "frames": {
                "total": self.frames,
                "mutated": self.mattering,
                "allowed": self.allowed,
            },
            "operators": {str(each): self.tally([each]).as_json() for each in Operator},
            "total": self.tally().as_json(),
            "killed_by": dict(Counter(t.fate.by for t in self.trials if t.fate.killed)),
            "survivors": [_survivor(trial) for trial in self.survivors],
            "equivalents": [
                {"subject": subject, "why": why, "count": count}
                for (subject, why), count in sorted(self.excused.items())
            ],
        }


def _survivor(trial: Trial) -> dict[str, object]:
    mutant = trial.mutant
    return {
        "operator": str(mutant.operator),
        "frame": mutant.frame,
        "point": mutant.point,
        "step": mutant.step,
        "subject": mutant.subject,
        "before": mutant.before,
        "after": mutant.after,
        "other": mutant.other,
        "order_free": trial.fate.order_free,
    }
