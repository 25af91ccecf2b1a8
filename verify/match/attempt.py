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
from wirelab.verify.match.conclude import Conclusion, conclude
from wirelab.verify.match.search import Exhausted, Search

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wirelab.verify.match.plan import Node, Plan
    from wirelab.verify.match.sightings import Sightings
    from wirelab.verify.match.state import State

ALTERNATIVES = 32
"""How many complete matches are judged as a whole before the first of them counts."""


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
            budget: how many frames may be tried, and again as many to find out what is missing.
        """
        self._plan = plan
        self._seen = seen
        self._budget = budget
        finding = [leaf for leaf in plan.leaves if isinstance(leaf.item, Named)]
        self._candidates = {leaf.uid: seen.candidates(leaf.fixed, leaf.point) for leaf in finding}

    def outcome(self) -> Outcome:
        """The best match, or the best that there is without what is missing."""
        search = self._search(())
        try:
            found = self._best(search, ())
        except Exhausted:
            return Outcome(None, None, exhausted=True)
        if found is not None:
            return found
        obstacle = search.obstacle
        alone = [] if obstacle is None else [obstacle]
        alone += [leaf for leaf in self._plan.leaves if leaf is not obstacle]
        try:
            for node in alone:
                if (found := self._best(self._search((node,)), (node,))) is not None:
                    return found
        except Exhausted:
            pass
        return self._step_by_step(search)

    def _step_by_step(self, search: Search) -> Outcome:
        """Passes over one obstacle after another until the rest is found."""
        broken: tuple[Node, ...] = ()
        while (obstacle := search.obstacle) is not None and obstacle not in broken:
            broken = (*broken, obstacle)
            partial = search
            search = self._search(broken)
            try:
                if (found := self._best(search, broken)) is not None:
                    return found
            except Exhausted:
                return self._partial(partial, broken)
        return self._partial(search, broken)

    def _partial(self, search: Search, broken: tuple[Node, ...]) -> Outcome:
        state = search.furthest
        found = None if state is None else conclude(self._plan, self._seen, state)
        return Outcome(state, found, broken)

    def _search(self, missing: tuple[Node, ...]) -> Search:
        uids = frozenset(node.uid for node in missing)
        return Search(self._plan, self._seen, self._candidates, budget=self._budget, missing=uids)

    def _best(self, search: Search, broken: tuple[Node, ...]) -> Outcome | None:
        """The first match with which the whole capture is in order, or else the first of all.

        Raises:
            Exhausted: the budget was used up before any match was found.
        """
        first = None
        matches = islice(search.matches(), ALTERNATIVES)
        while (state := self._following(matches, first)) is not None:
            found = Outcome(state, conclude(self._plan, self._seen, state), broken)
            if found.conclusion is not None and not found.conclusion.problems:
                return found
            first = first or found
        return first

    @staticmethod
    def _following(matches: Iterator[State], first: Outcome | None) -> State | None:
        """The next match; None when there is no more, or too little budget to look for more."""
        try:
            return next(matches, None)
        except Exhausted:
            if first is None:
                raise
            return None
