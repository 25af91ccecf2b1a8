"""Closed scopes and their allowances: what becomes of the frames that no step took."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from wirelab.verify.filter.nodes import Test
    from wirelab.verify.match.plan import Plan
    from wirelab.verify.match.sightings import Sightings


@dataclass(frozen=True)
class Leftovers:
    """What became of the frames that no step took; they are given by their indices."""

    covered: Mapping[int, list[int]]
    """For each allowance, by its place in the plan, the frames that it covers."""
    excess: Mapping[int, int]
    """Frames that are too many for an allowance, and its place."""
    unexpected: tuple[int, ...]
    """Frames of a closed scope that nothing covers, in order."""


class _Sorting:
    """Goes through the frames in order."""

    def __init__(
        self, plan: Plan, seen: Sightings, chosen: Callable[[Test], frozenset[int]]
    ) -> None:
        self._allowances = plan.allowances
        self._exempt = [seen.at(each.points, chosen(each.test)) for each in plan.allowances]
        self._closed = frozenset[int]().union(
            *(seen.at(each.points, chosen(test)) for each in plan.closings for test in each.tests)
        )
        self.covered: dict[int, list[int]] = {}
        self.excess: dict[int, int] = {}
        self.unexpected: list[int] = []

    @property
    def frames(self) -> list[int]:
        """The frames of which a closed scope or an allowance speaks, in order."""
        return sorted(self._closed.union(*self._exempt))

    def add(self, index: int) -> None:
        fitting = [place for place, exempt in enumerate(self._exempt) if index in exempt]
        free = [place for place in fitting if self._has_room(place)]
        if free:
            self.covered.setdefault(free[0], []).append(index)
        elif fitting:
            self.excess[index] = fitting[0]
        else:
            self.unexpected.append(index)

    def _has_room(self, place: int) -> bool:
        return len(self.covered.get(place, ())) < self._allowances[place].allowance.most


def leftovers(
    plan: Plan,
    seen: Sightings,
    consumed: frozenset[int],
    chosen: Callable[[Test], frozenset[int]],
) -> Leftovers:
    """Sorts the frames that no step took.

    Args:
        plan: the plan with its closed scopes and allowances.
        seen: the capture.
        consumed: the indices of the frames that steps took.
        chosen: gives the indices of the packets that satisfy a test, references included.
    """
    sorting = _Sorting(plan, seen, chosen)
    for index in sorting.frames:
        if index not in consumed:
            sorting.add(index)
    return Leftovers(sorting.covered, sorting.excess, tuple(sorting.unexpected))
