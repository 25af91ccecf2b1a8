"""Mutants that no expectation can reject, because a correct network could do the same."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from wirelab.verify.errors import ExpectationError
from wirelab.verify.operator import Operator

if TYPE_CHECKING:
    from collections.abc import Iterable

    from wirelab.verify.mutate.mutant import Mutant

_ALTERING = frozenset({Operator.FIELD, Operator.FLIP, Operator.FLIP_MENDED})


@dataclass(frozen=True, slots=True)
class Equivalent:
    """Something that may as well be otherwise."""

    subject: str
    """The field, or what a mutant of the operators is about; `*` stands for anything."""
    why: str
    """Why that does not matter, in one sentence."""
    steps: tuple[str, ...] = ("*",)
    """The steps whose frames it is about; `*` stands for anything in a name."""
    operators: frozenset[Operator] = _ALTERING
    """The operators whose mutants it excuses."""

    def covers(self, mutant: Mutant) -> bool:
        """Whether a mutant is of this kind."""
        return (
            mutant.operator in self.operators
            and fnmatchcase(mutant.subject, self.subject)
            and any(fnmatchcase(mutant.step, step) for step in self.steps)
        )


def equivalent(
    subject: str, why: str, *, steps: Iterable[str] = ("*",), operators: Iterable[str] = ()
) -> Equivalent:
    """Declares that something may as well be otherwise: a correct network could do the same.

    Args:
        subject: the field that may have another value, `tcp.window_size_value`.
        why: the reason, in one sentence.
        steps: the names of the steps whose frames it is about; `*` stands for anything.
        operators: whose mutants it excuses, by default those that alter fields.

    Raises:
        ExpectationError: there is no such operator, or no reason.
    """
    if not why:
        raise ExpectationError(f"equivalent {subject!r}: why?")
    try:
        chosen = frozenset(map(Operator, operators)) or _ALTERING
    except ValueError as error:
        raise ExpectationError(f"equivalent {subject!r}: {error}") from None
    return Equivalent(subject, why, tuple(steps), chosen)
