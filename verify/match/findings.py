"""What a match comes to for people: each step with its frame, each missing one with the nearest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from wirelab.verify.errors import FilterError
from wirelab.verify.filter.printer import print_test
from wirelab.verify.items import Named, Reassembled, Step
from wirelab.verify.ladders import described
from wirelab.verify.match.nearest import Wanting, nearest
from wirelab.verify.match.plan import Chain, Fork, Leaf
from wirelab.verify.match.resolve import at_point, resolved, wanted
from wirelab.verify.match.state import taken
from wirelab.verify.summary import summary
from wirelab.verify.verdict import Problem, ProblemKind, StepSeen

if TYPE_CHECKING:
    from wirelab.verify.bindings import Bindings
    from wirelab.verify.match.attempt import Outcome
    from wirelab.verify.match.sightings import Sightings
    from wirelab.verify.match.state import State, Trail


@dataclass(frozen=True, slots=True)
class Findings:
    """What became of the steps."""

    steps: tuple[StepSeen, ...]
    """The steps with their frames, in the order of time, missing ones where they should be."""
    problems: tuple[Problem, ...]
    """What is missing, too slow or out of order."""


@dataclass(frozen=True, slots=True)
class _Entry:
    """A frame that a leaf took, or a leaf that found none."""

    leaf: Leaf
    bindings: Bindings
    index: int | None
    after: int
    """The index of the latest frame that was taken before; -1 for none."""
    last: int | None
    """When that frame was captured; None for none."""

    @property
    def place(self) -> tuple[int, bool]:
        """Where it stands among the others."""
        return (self.after, True) if self.index is None else (self.index, False)


def findings(outcome: Outcome, state: State, seen: Sightings) -> Findings:
    """Puts the steps of a match, or of the best attempt at one, beside their frames."""
    return _Finder(outcome, state, seen).findings()


class _Finder:
    """Describes one outcome."""

    def __init__(self, outcome: Outcome, state: State, seen: Sightings) -> None:
        self._outcome = outcome
        self._state = state
        self._seen = seen
        trail = [*taken(state.trail)][::-1]
        self._taken = frozenset(index for each in trail for index in each.indices)
        self._entries = sorted(self._all(trail), key=lambda entry: entry.place)

    def findings(self) -> Findings:
        counts: dict[str, int] = {}
        steps = []
        for entry in self._entries:
            if not isinstance(entry.leaf.item, Reassembled):
                counts[entry.leaf.name] = counts.get(entry.leaf.name, 0) + 1
                steps.append(self._step(entry, entry.leaf.item, counts[entry.leaf.name]))
        missing = [self._missing(entry) for entry in self._entries if entry.index is None]
        return Findings(tuple(steps), (*missing, *self._broken()))

    def _all(self, trail: list[Trail]) -> list[_Entry]:
        entries: list[_Entry] = []
        after, last = -1, None
        for each in trail:
            for index in each.indices or (None,):
                entries.append(_Entry(each.leaf, each.bindings, index, after, last))
            if each.indices:
                after = max(each.indices)
                last = self._seen.time(after)
        obstacle = self._outcome.broken[-1:] if self._state.agenda is not None else ()
        bindings = self._state.known.bindings
        entries += [
            _Entry(each, bindings, None, after, last) for each in obstacle if isinstance(each, Leaf)
        ]
        return entries

    def _step(self, entry: _Entry, item: Named, occurrence: int) -> StepSeen:
        packet = None if entry.index is None else self._seen.packets[entry.index]
        return StepSeen(
            entry.leaf.name,
            occurrence,
            entry.leaf.point,
            packet.frame.number if packet else None,
            packet.frame.time if packet else None,
            self._filter(entry),
            described(item),
            summary(packet) if packet else "",
        )

    def _filter(self, entry: _Entry) -> str:
        leaf, bindings = entry.leaf, entry.bindings
        try:
            if entry.index is None:
                test = wanted(leaf, bindings)
            else:
                test = resolved(leaf, bindings, self._seen.packets[entry.index])
        except FilterError:
            test = leaf.test
        return print_test(at_point(test, leaf.point, self._seen.points))

    def _missing(self, entry: _Entry) -> Problem:
        leaf = entry.leaf
        before = self._seen.packets[entry.after].frame.number if entry.after >= 0 else 0
        if isinstance(leaf.item, Reassembled):
            message = f"the fragments of {leaf.item.fragments!r} are not what they must be together"
            return Problem(ProblemKind.MISSING_STEP, message, after=before)
        wanting = Wanting(leaf, entry.bindings, entry.after, _anchor(entry), self._taken)
        where = f" at {leaf.point!r}" if leaf.point else ""
        when = f" after frame {before}" if before else ""
        return Problem(
            ProblemKind.MISSING_STEP,
            f"step {leaf.name!r}: no frame{where}{when} fits",
            step=leaf.name,
            point=leaf.point,
            filter=self._filter(entry),
            after=before,
            nearest=nearest(wanting, self._seen),
        )

    def _broken(self) -> list[Problem]:
        """Windows and orders that do not hold."""
        problems = []
        for node in self._outcome.broken:
            if isinstance(node, Chain):
                message = f"a sequence takes more time than it may: {node.within}"
                problems.append(Problem(ProblemKind.TOO_SLOW, message))
            elif isinstance(node, Fork):
                message = "items that come one after another run into each other"
                problems.append(Problem(ProblemKind.INTERLEAVED, message))
        return problems


def _anchor(entry: _Entry) -> int | None:
    """The time from which the window of a leaf counts; None for none."""
    of = entry.leaf.item.of if isinstance(entry.leaf.item, Step) else None
    if of is None:
        return entry.last
    packets = entry.bindings.packets.get(of, ())
    return packets[-1].frame.time if packets else None
