"""What finding the frames of a leaf needs: the capture, the candidates, the answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from wirelab.verify.items import Step
from wirelab.verify.match.satisfy import Known, Satisfier

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from wirelab.verify.match.closed import Closed
    from wirelab.verify.match.plan import Leaf
    from wirelab.verify.match.sightings import Sightings
    from wirelab.verify.match.state import State
    from wirelab.verify.packet import Packet

Take = tuple[tuple[int, ...], Known]
"""The indices of the frames that a leaf takes, and what is known when it has."""


@dataclass(frozen=True)
class Ground:
    """The capture and the answers of one search."""

    seen: Sightings
    """The capture."""
    candidates: dict[int, list[int]]
    """For each leaf, by its uid, the packets that satisfy what no reference changes."""
    satisfier: Satisfier
    """Answers for what references have a part in."""
    lenient: frozenset[str]
    """Steps known to be missing; what depends on them is taken as satisfied."""
    spend: Callable[[], None]
    """Counts one attempt; raises when there were too many."""
    closed: Closed | None = None
    """Frames none of which may be left over; None when that does not matter."""

    def following(self, leaf: Leaf, state: State) -> Iterator[int]:
        """The leaf's candidates that order and earlier use allow, in order."""
        for index in self.seen.behind(self.candidates[leaf.uid], leaf.point, state.frontier):
            self.spend()
            if state.used is None or index not in state.used:
                yield index

    def in_time(self, leaf: Leaf, state: State) -> Iterator[int]:
        """Those of them that the leaf's window allows."""
        within, anchor = leaf.within, self.anchor(leaf, state)
        if within is None or anchor is None:
            yield from self.following(leaf, state)
            return
        for index in self.following(leaf, state):
            elapsed = self.seen.time(index) - anchor
            if elapsed in within:
                yield index
            elif elapsed > within.most and self.seen.ordered:
                return

    def singly(self, leaf: Leaf, state: State) -> Iterator[int]:
        """Those of them that can be taken alone, so that nothing that must be taken is passed."""
        last = None
        if self.closed is not None and state.used is None:
            last = self.closed.following(self.seen.points.index(leaf.point), state.frontier)
        for index in self.in_time(leaf, state):
            if last is not None and index > last:
                return
            yield index

    def anchor(self, leaf: Leaf, state: State) -> int | None:
        """The time from which the leaf's window counts; None where there is none to judge by."""
        of = leaf.item.of if isinstance(leaf.item, Step) else None
        if of is not None:
            packets = state.known.bindings.packets.get(of, ())
            return packets[-1].frame.time if packets else None
        latest = self.seen.latest(state.frontier, leaf.point)
        if latest is None and self.seen.shared_clock and self.seen.packets:
            return self.seen.time(0)
        return latest

    def packets(self, indices: tuple[int, ...]) -> tuple[Packet, ...]:
        """The packets with some indices."""
        return tuple(self.seen.packets[index] for index in indices)

    def all_satisfy(self, leaf: Leaf, indices: tuple[int, ...], state: State) -> Iterator[Take]:
        """The ways in which all packets of a group satisfy what references have a part in."""
        ways = [state.known]
        for packet in self.packets(indices):
            ways = [next_ for way in ways for next_ in self.ways(leaf, packet, way)]
        for known in ways:
            yield indices, known

    def ways(self, leaf: Leaf, packet: Packet, known: Known) -> Iterator[Known]:
        """The ways in which one packet satisfies what references have a part in."""
        return self.satisfier.ways(leaf.varying, packet, known)
