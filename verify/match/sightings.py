"""The packets of a capture as the matcher looks at them: by point, in order, with times."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from wirelab.verify.filter.predicate import predicate

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from wirelab.verify.filter.nodes import Test
    from wirelab.verify.match.state import Frontier
    from wirelab.verify.packet import Packet


@dataclass(frozen=True)
class Sightings:
    """A dissected capture; a packet's index is its place in it, counted from 0."""

    packets: Sequence[Packet]
    """The packets, in the order of the file."""
    points: tuple[str, ...]
    """The names of the capture points; a frontier has an entry for each."""
    shared_clock: bool = True
    """Whether times at different points can be compared."""

    _chosen: dict[Test, frozenset[int]] = field(default_factory=dict, repr=False, compare=False)

    def prepare(self, tests: Iterable[Test]) -> None:
        """Is told for which tests the packets will be asked."""

    @cached_property
    def by_point(self) -> Mapping[str, Sequence[int]]:
        """The indices of the packets of each point."""
        found: dict[str, list[int]] = {point: [] for point in self.points}
        for index, packet in enumerate(self.packets):
            found[packet.frame.point].append(index)
        return found

    @cached_property
    def ordered(self) -> bool:
        """Whether no packet is earlier than one before it at the same point."""
        latest = dict.fromkeys(self.points, 0)
        for packet in self.packets:
            if packet.frame.time < latest[packet.frame.point]:
                return False
            latest[packet.frame.point] = packet.frame.time
        return True

    def time(self, index: int) -> int:
        """When a packet was captured, in nanoseconds since the epoch."""
        return self.packets[index].frame.time

    def point(self, index: int) -> str:
        """The point at which a packet was captured."""
        return self.packets[index].frame.point

    def kin(self, index: int) -> Sequence[int]:  # noqa: ARG002 - here it could be any
        """The indices of the packets that may be of one conversation with a packet, in order."""
        return range(len(self.packets))

    def chosen(self, test: Test) -> frozenset[int]:
        """The indices of all packets that satisfy a test without references."""
        if test not in self._chosen:
            selects = predicate(test)
            self._chosen[test] = frozenset(
                index for index, packet in enumerate(self.packets) if selects(packet)
            )
        return self._chosen[test]

    def at(self, points: frozenset[str], indices: frozenset[int]) -> frozenset[int]:
        """Those of the packets that were captured at some points."""
        return frozenset(index for index in indices if self.point(index) in points)

    def candidates(self, test: Test, point: str) -> list[int]:
        """The indices of the packets at a point that satisfy a test without references."""
        selects = predicate(test)
        return [index for index in self.by_point[point] if selects(self.packets[index])]

    def nearly(
        self, tests: Sequence[Test], kin: Collection[str], point: str
    ) -> Iterator[tuple[int, int]]:
        """The packets at a point that satisfy some of several tests, and how many, in order.

        Those that satisfy two tests less than others do may be left out.

        Args:
            tests: tests without references.
            kin: protocols, one of which a packet must have; none for any packet.
            point: the capture point.
        """
        selects = [predicate(test) for test in tests]
        for index in self.by_point.get(point, ()):
            packet = self.packets[index]
            met = sum(select(packet) for select in selects)
            if met and (not kin or any(map(packet.has, kin))):
                yield index, met

    @property
    def beginning(self) -> Frontier:
        """The frontier that excludes nothing."""
        return (-1,) * len(self.points)

    def behind(self, candidates: list[int], point: str, frontier: Frontier) -> Iterator[int]:
        """Those of the candidates at a point that come behind a frontier, in order.

        At their own point they come later in the capture; behind frames of other points they come
        no earlier by the clock, where the clock is shared.
        """
        place = self.points.index(point)
        others = [each for at, each in enumerate(frontier) if at != place and each >= 0]
        earliest = max(map(self.time, others), default=0) if self.shared_clock else 0
        for at in range(bisect_right(candidates, frontier[place]), len(candidates)):
            if self.time(candidates[at]) >= earliest:
                yield candidates[at]

    def advanced(self, frontier: Frontier, indices: Sequence[int]) -> Frontier:
        """The frontier behind some more packets, which are all at one point."""
        if not indices:
            return frontier
        place = self.points.index(self.point(indices[0]))
        latest = max(frontier[place], *indices)
        return (*frontier[:place], latest, *frontier[place + 1 :])

    def latest(self, frontier: Frontier, point: str) -> int | None:
        """The time of the latest packet of a frontier, as far as its clock is that of a point."""
        place = self.points.index(point)
        seen = [
            self.time(index)
            for at, index in enumerate(frontier)
            if index >= 0 and (self.shared_clock or at == place)
        ]
        return max(seen, default=None)
