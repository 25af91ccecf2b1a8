"""The frames of closed scopes, as a search looks at them.

Outside forks a frame that the frontier of its point has passed can be taken by nothing any more.
A search that wants nothing left over need not go on from there.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING

from wirelab.verify.filter.walk import references_of

if TYPE_CHECKING:
    from wirelab.verify.match.plan import Plan
    from wirelab.verify.match.sightings import Sightings
    from wirelab.verify.match.state import Frontier


@dataclass(frozen=True, slots=True)
class Closed:
    """Frames that a step must take, because no allowance could cover them."""

    indices: tuple[list[int], ...]
    """For each point, in the order of the frontier, the indices of its frames, in order."""

    def between(self, before: Frontier, after: Frontier) -> set[int]:
        """Those of the frames behind one frontier and not behind another."""
        return {
            index
            for indices, low, high in zip(self.indices, before, after, strict=True)
            if low < high
            for index in indices[bisect_right(indices, low) : bisect_right(indices, high)]
        }

    def following(self, place: int, frontier: Frontier) -> int | None:
        """The first of the frames of a point behind a frontier; None when there is none."""
        indices = self.indices[place]
        at = bisect_right(indices, frontier[place])
        return indices[at] if at < len(indices) else None

    def remain(self, frontier: Frontier) -> bool:
        """Whether any of the frames lie behind a frontier."""
        lasts = zip(self.indices, frontier, strict=True)
        return any(indices and indices[-1] > last for indices, last in lasts)


def closed_frames(plan: Plan, seen: Sightings) -> Closed:
    """The frames that steps must take, as far as that is known before any name is bound."""
    must: set[int] = set()
    for closing in plan.closings:
        for test in closing.tests:
            if not references_of(test):
                must |= seen.at(closing.points, seen.chosen(test))
    for exemption in plan.allowances:
        everything = bool(references_of(exemption.test))
        may = frozenset(must) if everything else seen.chosen(exemption.test)
        must -= seen.at(exemption.points, may)
    return Closed(
        tuple(sorted(seen.at(frozenset({point}), frozenset(must))) for point in seen.points)
    )
