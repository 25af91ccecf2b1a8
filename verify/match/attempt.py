"""Matching a plan, and where that fails, finding out what is missing.

Where no match is found, the search is repeated with some step taken as missing, so that everything
else can be shown beside its frames: first one step alone, then, where that does not help, one
obstacle after another.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from wirelab.verify.items import Named
from wirelab.verify.match.closed import Closed, closed_frames
from wirelab.verify.match.conclude import Conclusion, conclude
from wirelab.verify.match.search import Exhausted, Search

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wirelab.verify.match.plan import Node, Plan
    from wirelab.verify.match.sightings import Sightings
    from wirelab.verify.match.state import State

ALTERNATIVES = 8
"""How many complete matches are judged as a whole before the first of them counts."""
EXPLAINING = 50_000
"""How many frames may be tried to explain a failure, with one step missing; and as many more with
one obstacle after another. A failure is certain before; what is saved is time, not truth."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How far a plan could be matched."""

    state: State | None
    """The match, what is missing passed over; None when not even that was found."""
    conclusion: Conclusion | None
    """What the whole capture comes to with that match."""
    broken: tuple[Node, ...] = ()
    """What had to be passed over: leaves without frames, windows and orders that do not hold."""
    exhausted: bool = False
    """Whether the search was given up."""


class Attempt:
    """Tries to match one plan in one capture."""

    def __init__(self, plan: Plan, seen: Sightings, budget: int) -> None:
        """Finds the candidates of each leaf.

        Args:
            plan: what to find.
            seen: where to look.
            budget: how many frames each search may try.
        """
        self._plan = plan
        self._seen = seen
        self._budget = budget
        self._left = 0
        self._closed = closed_frames(plan, seen)
        finding = [leaf for leaf in plan.leaves if isinstance(leaf.item, Named)]
        self._candidates = {leaf.uid: seen.candidates(leaf.fixed, leaf.point) for leaf in finding}

    def outcome(self, *, diagnose: bool = True) -> Outcome:
        """The best match, or the best that there is without what is missing.

        First a match is wanted that leaves no frame of a closed scope over, then any.

        Args:
            diagnose: whether to find out all that is missing, and not only the first obstacle.
        """
        search = self._search(())
        try:
            found = self._best(self._search((), self._closed)) or self._best(search)
        except Exhausted:
            return Outcome(None, None, exhausted=True)
        if found is not None:
            return found
        if not diagnose:
            return self._partial(search, () if search.obstacle is None else (search.obstacle,))
        self._left = min(self._budget, EXPLAINING)
        if (found := self._without_one(search.obstacle)) is not None:
            return found
        self._left = min(self._budget, EXPLAINING)
        return self._step_by_step(search)

    def _without_one(self, obstacle: Node | None) -> Outcome | None:
        """A match that passes over one leaf, preferably what stopped the search."""
        if obstacle is not None and (found := self._passing_over(obstacle)) is not None:
            return found
        others = [leaf for leaf in self._plan.leaves if leaf is not obstacle]
        for closed in (self._closed, None):
            for leaf in others:
                if (found := self._passing_over(leaf, closed)) is not None:
                    return found
        return None

    def _passing_over(self, node: Node, closed: Closed | None = None) -> Outcome | None:
        try:
            return self._explained((node,), self._search((node,), closed, self._left))
        except Exhausted:
            return None

    def _explained(self, broken: tuple[Node, ...], search: Search) -> Outcome | None:
        """What a search of the explanation finds; its attempts are taken from what is left.

        Raises:
            Exhausted: nothing is left.
        """
        try:
            return self._best(search, broken)
        finally:
            self._left = max(self._left - search.attempts, 0)

    def _step_by_step(self, search: Search) -> Outcome:
        """Passes over one obstacle after another until the rest is found."""
        broken: tuple[Node, ...] = ()
        while (obstacle := search.obstacle) is not None and obstacle not in broken:
            broken, partial = (*broken, obstacle), search
            search = self._search(broken, budget=self._left)
            try:
                if (found := self._explained(broken, search)) is not None:
                    return found
            except Exhausted:
                search = partial
                break
        return self._partial(search, broken)

    def _partial(self, search: Search, broken: tuple[Node, ...]) -> Outcome:
        """How far a search came that found no match."""
        state = search.furthest
        conclusion = None if state is None else conclude(self._plan, self._seen, state)
        return Outcome(state, conclusion, broken)

    def _search(
        self, missing: tuple[Node, ...], closed: Closed | None = None, budget: int | None = None
    ) -> Search:
        return Search(
            self._plan,
            self._seen,
            self._candidates,
            budget=self._budget if budget is None else budget,
            missing=frozenset(node.uid for node in missing),
            closed=closed,
        )

    def _best(self, search: Search, broken: tuple[Node, ...] = ()) -> Outcome | None:
        """The first match with which the whole capture is in order, or else the first of all.

        A match that takes no frame is in order only when there is no other.

        Raises:
            Exhausted: the budget was used up before any match was found.
        """
        first = None
        matches = islice(search.matches(), ALTERNATIVES)
        while (state := _following(matches, first)) is not None:
            found = Outcome(state, conclude(self._plan, self._seen, state), broken)
            if state.frames and found.conclusion is not None and not found.conclusion.problems:
                return found
            first = first or found
        return first


def _following(matches: Iterator[State], first: Outcome | None) -> State | None:
    """The next match; None when there is no more, or too little budget to look for more."""
    try:
        return next(matches, None)
    except Exhausted:
        if first is None:
            raise
        return None
