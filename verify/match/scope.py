"""Closed scopes and their allowances: what becomes of the frames that no step took."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from wirelab.verify.filter.nodes import Test
    from wirelab.verify.match.plan import Closing, Exemption, Plan
    from wirelab.verify.match.sightings import Sightings
    from wirelab.verify.packet import Packet


@dataclass(frozen=True)
class Leftovers:
    """What became of the frames that no step took; they are given by their indices."""

    covered: Mapping[int, list[int]]
    """For each allowance, by its place in the plan, the frames that it covers."""
    excess: Mapping[int, int]
    """Frames that are too many for an allowance, and its place."""
    unexpected: tuple[int, ...]
    """Frames of a closed scope that nothing covers, in order."""


@dataclass
class _Sorting:
    """Goes through the frames in order."""

    plan: Plan
    selects: Callable[[Test, Packet], bool]
    covered: dict[int, list[int]] = field(default_factory=dict)
    excess: dict[int, int] = field(default_factory=dict)
    unexpected: list[int] = field(default_factory=list)

    def add(self, index: int, packet: Packet) -> None:
        fitting = [
            place for place, each in enumerate(self.plan.allowances) if self._exempt(each, packet)
        ]
        free = [place for place in fitting if self._has_room(place)]
        if free:
            self.covered.setdefault(free[0], []).append(index)
        elif fitting:
            self.excess[index] = fitting[0]
        elif any(self._closed(each, packet) for each in self.plan.closings):
            self.unexpected.append(index)

    def _exempt(self, exemption: Exemption, packet: Packet) -> bool:
        return packet.frame.point in exemption.points and self.selects(exemption.test, packet)

    def _has_room(self, place: int) -> bool:
        most = self.plan.allowances[place].allowance.most
        return len(self.covered.get(place, ())) < most

    def _closed(self, closing: Closing, packet: Packet) -> bool:
        return packet.frame.point in closing.points and any(
            self.selects(test, packet) for test in closing.tests
        )


def leftovers(
    plan: Plan,
    seen: Sightings,
    consumed: frozenset[int],
    selects: Callable[[Test, Packet], bool],
) -> Leftovers:
    """Sorts the frames that no step took.

    Args:
        plan: the plan with its closed scopes and allowances.
        seen: the capture.
        consumed: the indices of the frames that steps took.
        selects: whether a packet satisfies a test, references included.
    """
    sorting = _Sorting(plan, selects)
    if plan.closings or plan.allowances:
        for index, packet in enumerate(seen.packets):
            if index not in consumed:
                sorting.add(index, packet)
    return Leftovers(sorting.covered, sorting.excess, tuple(sorting.unexpected))
