"""The invariants of the lab's captures, as a part of a verdict."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from wirelab.verify.errors import ExpectationError
from wirelab.verify.invariants import NAMES as ALWAYS
from wirelab.verify.invariants import check
from wirelab.verify.laws import NAMES as LAWFUL
from wirelab.verify.laws import broken
from wirelab.verify.provenance import Provenance, provenance
from wirelab.verify.verdict import InvariantChecked, Problem, ProblemKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from wirelab.verify.capture import Capture
    from wirelab.verify.packet import Packet
    from wirelab.verify.violation import Violation

DROPS = "drops"
"""The invariant that every frame was captured."""
NAMES = (*ALWAYS, *LAWFUL)
"""The names of all others."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What became of the invariants."""

    invariants: tuple[InvariantChecked, ...]
    """How often each was broken."""
    problems: tuple[Problem, ...]
    """Those that are not excused."""


def known_invariants(names: Iterable[str]) -> frozenset[str]:
    """The names, if they are those of invariants.

    Raises:
        ExpectationError: one of them is not.
    """
    found = frozenset(names)
    if unknown := sorted(found - {*NAMES, DROPS}):
        raise ExpectationError(f"no invariant is called {unknown[0]!r}")
    return found


def check_invariants(
    packets: Sequence[Packet], capture: Capture, excused: frozenset[str]
) -> Checked:
    """Checks all invariants.

    Args:
        packets: the dissected capture.
        capture: the capture, for the MTU of its points and for what they lost.
        excused: the names of those that may be broken.
    """
    mtus = {point.name: point.mtu for point in capture.points if point.mtu is not None}
    made = provenance(capture.comment) or Provenance("")
    violations = sorted((*check(packets, mtus), *broken(packets, made)), key=_place)
    lost = sum(dropped or 0 for _, dropped in capture.counts.values())
    counts = Counter(violation.name for violation in violations) + Counter({DROPS: lost})
    problems = [_problem(packets, each) for each in violations if each.name not in excused]
    checked = (*ALWAYS, *(LAWFUL if made.ways else ()), DROPS)
    if DROPS not in excused:
        problems += _lost(capture)
    return Checked(
        tuple(InvariantChecked(name, counts[name], name in excused) for name in checked),
        tuple(problems),
    )


def _place(violation: Violation) -> int:
    return violation.frame


def _problem(packets: Sequence[Packet], violation: Violation) -> Problem:
    frame = packets[violation.frame - 1].frame
    return Problem(
        ProblemKind.INVARIANT,
        f"frame {frame.number} breaks the invariant {violation.name!r}: {violation.text}",
        point=frame.point,
        frame=frame.number,
        time=frame.time,
        filter=f"frame.number == {frame.number}",
        after=frame.number - 1,
    )


def _lost(capture: Capture) -> Iterator[Problem]:
    for point, (_, dropped) in capture.counts.items():
        if dropped:
            message = f"the capture lost {dropped} frames at {point!r}"
            yield Problem(ProblemKind.INVARIANT, message, point=point)
