"""What holds for the whole capture, once steps have taken their frames.

Closed scopes, allowances, what must never be seen, names that nothing bound.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from wirelab.verify.errors import FilterError
from wirelab.verify.filter.nodes import Op, Test
from wirelab.verify.filter.printer import print_test
from wirelab.verify.filter.references import substituted
from wirelab.verify.filter.walk import references_of
from wirelab.verify.match.bans import banned, lacking
from wirelab.verify.match.relations import compare
from wirelab.verify.match.resolve import at_point
from wirelab.verify.match.satisfy import Known, Satisfier
from wirelab.verify.match.scope import Leftovers, leftovers
from wirelab.verify.match.state import taken
from wirelab.verify.summary import summary
from wirelab.verify.verdict import AllowanceUsed, Problem, ProblemKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wirelab.verify.match.plan import Ban, Plan
    from wirelab.verify.match.sightings import Sightings
    from wirelab.verify.match.state import State
    from wirelab.verify.packet import Packet


@dataclass(frozen=True, slots=True)
class Conclusion:
    """What the whole capture comes to."""

    problems: tuple[Problem, ...]
    """What is wrong with it."""
    allowances: tuple[AllowanceUsed, ...]
    """What each allowance covered."""
    consumed: frozenset[int]
    """The indices of the frames that steps took."""
    allowed: frozenset[int]
    """The indices of the frames that allowances covered."""
    unexpected: frozenset[int]
    """The indices of the frames that should not be there."""


def conclude(plan: Plan, seen: Sightings, state: State) -> Conclusion:
    """Judges what is left when steps have taken their frames."""
    judging = _Judging(plan, seen, state)
    left = judging.leftovers()
    return Conclusion(
        (*judging.noise(left), *judging.bans(), *judging.unbound()),
        judging.allowances(left),
        judging.consumed,
        frozenset(index for frames in left.covered.values() for index in frames),
        frozenset((*left.unexpected, *left.excess)),
    )


class _Judging:
    """The judging of one state."""

    def __init__(self, plan: Plan, seen: Sightings, state: State) -> None:
        self._plan = plan
        self._seen = seen
        self._known = Known(state.known.bindings)
        self._postponed = [test for test, _ in state.known.postponed]
        self._satisfier = Satisfier()
        self._taken: dict[str, list[int]] = {}
        for each in taken(state.trail):
            self._taken.setdefault(each.leaf.name, []).extend(each.indices)
        for frames in self._taken.values():
            frames.sort()
        self.consumed = frozenset(i for frames in self._taken.values() for i in frames)

    def leftovers(self) -> Leftovers:
        return leftovers(self._plan, self._seen, self.consumed, self._chosen)

    def allowances(self, left: Leftovers) -> tuple[AllowanceUsed, ...]:
        numbers = {
            place: tuple(self._packet(index).frame.number for index in frames)
            for place, frames in left.covered.items()
        }
        return tuple(
            AllowanceUsed(each.allowance.name, each.allowance.most, numbers.get(place, ()))
            for place, each in enumerate(self._plan.allowances)
        )

    def noise(self, left: Leftovers) -> Iterator[Problem]:
        for index in left.unexpected:
            yield self._about(
                index,
                ProblemKind.UNEXPECTED_FRAME,
                f"belongs to no step and no allowance: {summary(self._packet(index))}",
            )
        for index, place in left.excess.items():
            allowance = self._plan.allowances[place].allowance
            yield self._about(
                index,
                ProblemKind.ALLOWANCE,
                f"is one too many for the allowance {allowance.name!r}, of {allowance.most}",
            )

    def bans(self) -> Iterator[Problem]:
        for ban in self._plan.bans:
            if not self._has_unbound(ban.test):
                yield from self._ban(ban)

    def _ban(self, ban: Ban) -> Iterator[Problem]:
        text = print_test(self._resolved(ban.test))
        for index in banned(ban, self._seen, self._taken, self._chosen):
            says = f"is what must never be seen: {text}"
            yield self._about(index, ProblemKind.FORBIDDEN_FRAME, says, ban.test)
        for test in lacking(ban, self._seen, self._taken, self._chosen):
            message = (
                f"nothing that satisfies {print_test(test) or 'anything'!r} was seen, so that "
                f"nothing satisfies {text!r} proves nothing; `seen=` says what else must be seen"
            )
            yield Problem(ProblemKind.UNSEEN, message, filter=text)

    def unbound(self) -> Iterator[Problem]:
        """A problem for each name that some test needs and nothing bound."""
        tests = [*self._postponed, *(ban.test for ban in self._plan.bans)]
        tests += [test for each in self._plan.closings for test in each.tests]
        tests += [each.test for each in self._plan.allowances]
        bindings = self._known.bindings
        names = {
            r.name for test in tests for r in references_of(test) if bindings.is_unbound_name(r)
        }
        for name in sorted(names):
            message = f"no equality bound ${{{name}}}; give its value as a name"
            yield Problem(ProblemKind.UNBOUND, message)

    def _has_unbound(self, test: Test) -> bool:
        return any(map(self._known.bindings.is_unbound_name, references_of(test)))

    def _chosen(self, test: Test) -> frozenset[int]:
        """The indices of the packets that satisfy a test, references included."""
        if not references_of(test):
            return self._seen.chosen(test)
        if self._has_unbound(test):
            return frozenset()
        if (resolved := self._without_references(test)) is not None:
            return self._seen.chosen(resolved)
        return frozenset(
            index
            for index, packet in enumerate(self._seen.packets)
            if any(True for _ in self._satisfier.ways((test,), packet, self._known))
        )

    def _without_references(self, test: Test) -> Test | None:
        """A test with the values in it; None where one is missing or fits nothing."""
        try:
            resolved = self._resolved(test)
        except FilterError:
            return None
        return None if references_of(resolved) else resolved

    def _resolved(self, test: Test) -> Test:
        return substituted(test, self._known.bindings.lookup)

    def _packet(self, index: int) -> Packet:
        return self._seen.packets[index]

    def _about(self, index: int, kind: ProblemKind, says: str, test: Test | None = None) -> Problem:
        """A problem with a frame; what is said about it follows its number."""
        frame = self._packet(index).frame
        itself = compare(Op.EQ, "frame.number", frame.number)
        selecting = itself if test is None else self._resolved(test)
        return Problem(
            kind,
            f"frame {frame.number} {says}",
            point=frame.point,
            frame=frame.number,
            time=frame.time,
            filter=print_test(at_point(selecting, frame.point, self._seen.points)),
            after=frame.number - 1,
        )
