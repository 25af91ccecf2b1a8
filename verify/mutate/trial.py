"""Judging mutants: which were killed, which survived, and whether that matters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from wirelab.verify.mutate.content import edited, flipped, flipped_and_mended
from wirelab.verify.mutate.foreign import Donor, inserted
from wirelab.verify.mutate.mutant import without_change
from wirelab.verify.mutate.order import unordered
from wirelab.verify.mutate.shorten import truncated
from wirelab.verify.mutate.structure import delayed, dropped, duplicated, moved, swapped
from wirelab.verify.operator import Operator

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from wirelab.verify.equivalent import Equivalent
    from wirelab.verify.mutate.mutant import Mutant
    from wirelab.verify.mutate.subject import Subject

_MUTANTS = {
    Operator.DROP: dropped,
    Operator.DUPLICATE: duplicated,
    Operator.SWAP: swapped,
    Operator.DELAY: delayed,
    Operator.MOVE: moved,
    Operator.TRUNCATE: truncated,
    Operator.FIELD: edited,
    Operator.FLIP: flipped,
    Operator.FLIP_MENDED: flipped_and_mended,
}


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of a mutant."""

    killed: bool
    """Whether the expectation rejected it."""
    by: str = ""
    """The kind of a problem that killed it."""
    equivalent: str = ""
    """Why it does not matter that it survived; "" where nothing says so."""
    order_free: bool = False
    """Whether it survived because the expectation says that this order does not matter."""


@dataclass(frozen=True, slots=True)
class Trial:
    """A mutant and what became of it."""

    mutant: Mutant
    """The mutant."""
    fate: Fate
    """What became of it."""

    @property
    def survived(self) -> bool:
        """Whether it lives and should not."""
        return not self.fate.killed and not self.fate.equivalent


def mutants(
    subject: Subject, donors: Iterable[Donor] = (), most: int | None = None
) -> list[Mutant]:
    """All mutants of a capture, or so many of each operator, chosen by the seed.

    Args:
        subject: the expectation and the capture.
        donors: captures from which foreign transactions are taken.
        most: how many mutants of each operator there may be; None for all.
    """
    found: list[Mutant] = []
    for operator in Operator:
        of_it = list(_of(operator, subject, donors))
        if most is not None and len(of_it) > most:
            kept = subject.random("choice", operator).sample(range(len(of_it)), most)
            of_it = [of_it[at] for at in sorted(kept)]
        found += of_it
    return found


def _of(operator: Operator, subject: Subject, donors: Iterable[Donor]) -> Iterator[Mutant]:
    made = (
        inserted(subject, donors) if operator is Operator.FOREIGN else _MUTANTS[operator](subject)
    )
    return (each for each in made if not without_change(subject.capture, each.frames))


def fate(subject: Subject, mutant: Mutant, equivalents: Iterable[Equivalent]) -> Fate:
    """Judges a mutant.

    A mutant that an equivalent covers may be killed all the same; then it counts as killed.
    """
    if by := subject.rejection(mutant.capture(subject.capture)):
        return Fate(killed=True, by=by)
    why = next((each.why for each in equivalents if each.covers(mutant)), "")
    free = mutant.operator is Operator.SWAP and unordered(
        subject.expectation, mutant.step, mutant.other
    )
    return Fate(killed=False, equivalent=why, order_free=free)
