"""Which frames a leaf of the plan can take, at one moment of a search."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from wirelab.verify import pieces, segments
from wirelab.verify.datagram import Datagram, carried
from wirelab.verify.fields import Kind
from wirelab.verify.filter.nodes import Constant, Literal
from wirelab.verify.filter.predicate import predicate
from wirelab.verify.items import Forwarded, Fragments, Step, Stream
from wirelab.verify.relations import forwarded_test, is_forwarded, is_quoted, quoting_test
from wirelab.verify.satisfy import Known, Satisfier

if TYPE_CHECKING:
    from wirelab.verify.bindings import Bindings
    from wirelab.verify.filter.nodes import Test
    from wirelab.verify.plan import Leaf
    from wirelab.verify.packet import Packet
    from wirelab.verify.sightings import Sightings
    from wirelab.verify.state import State

Take = tuple[tuple[int, ...], Known]
"""The frames that a leaf takes, and what is known when it has."""


@dataclass(frozen=True)
class Takers:
    """What is needed to find the frames of any leaf of a plan."""

    seen: Sightings
    """The capture."""
    candidates: dict[int, list[int]]
    """For each leaf, the packets that satisfy what no reference changes."""
    satisfier: Satisfier
    """Answers for what references have a part in."""
    lenient: frozenset[str]
    """Steps known to be missing; relations to them are taken as satisfied."""
    spend: Callable[[], None]
    """Counts one attempt."""

    def takes(self, leaf: Leaf, state: State) -> Iterator[Take]:
        """The ways in which a leaf can be satisfied, the earliest frames first."""
        match leaf.item:
            case Step() | Forwarded():
                return self._single(leaf, state)
            case Fragments():
                return self._fragments(leaf, leaf.item, state)
            case Stream():
                return self._stream(leaf, leaf.item, state)
            case _:
                return iter(())

    def _single(self, leaf: Leaf, state: State) -> Iterator[Take]:
        related = self._relation(leaf, state.known.bindings)
        if related is None:
            return
        for index in self._in_time(leaf, state):
            packet = self.seen.packets[index]
            if related(packet):
                for known in self.satisfier.ways(leaf.varying, packet, state.known):
                    yield (index,), known

    def _in_time(self, leaf: Leaf, state: State) -> Iterator[int]:
        """The leaf's candidates that order, window and earlier use allow."""
        window = None if leaf.within is None else leaf.within
        anchor = self._anchor(leaf, state)
        candidates = self.candidates[leaf.uid]
        for index in self.seen.behind(candidates, leaf.point, state.frontier):
            self.spend()
            if state.used is not None and index in state.used:
                continue
            if window is None or anchor is None or self.seen.time(index) - anchor in window:
                yield index

    def _anchor(self, leaf: Leaf, state: State) -> int | None:
        """The time from which the leaf's window counts; None where there is none to judge by."""
        if leaf.within is None:
            return None
        of = leaf.item.of if isinstance(leaf.item, Step) else None
        if of is not None:
            packets = state.known.bindings.packets.get(of, ())
            return packets[-1].frame.time if packets else None
        latest = self.seen.latest(state.frontier, leaf.point)
        if latest is not None or not self.seen.shared_clock:
            return latest
        return self.seen.time(0)

    def _relation(self, leaf: Leaf, bindings: Bindings) -> Callable[[Packet], bool] | None:
        """What a relation asks of a packet; None when nothing can satisfy it."""
        item = leaf.item
        other = item.step if isinstance(item, Forwarded) else getattr(item, "quotes", None)
        if other is None or (other in self.lenient and isinstance(item, Step)):
            return lambda _: True
        if not (sources := bindings.packets.get(other)):
            return None
        if isinstance(item, Forwarded):
            test, holds = forwarded_test(item, sources[0]), partial(is_forwarded, item, sources[0])
        else:
            test, holds = quoting_test(sources[0]), partial(is_quoted, sources[0])
        if test is None:
            return None
        selects = predicate(test)
        return lambda packet: selects(packet) and holds(packet)

    def _fragments(self, leaf: Leaf, item: Fragments, state: State) -> Iterator[Take]:
        sources = state.known.bindings.packets.get(item.of or "", ())
        tried = set()
        for first in self._in_time(leaf, state):
            datagram = carried(self.seen.packets[first])
            if datagram is None or not datagram.is_fragment or datagram.belongs_to in tried:
                continue
            tried.add(datagram.belongs_to)
            indices = self._whole(leaf, state, datagram)
            packets = [self.seen.packets[index] for index in indices]
            if packets and _as_cut(item, packets, sources):
                yield from self._group(leaf, state, tuple(sorted(indices)))

    def _whole(self, leaf: Leaf, state: State, wanted: Datagram) -> list[int]:
        """The candidates that make up the datagram of which one fragment was found."""
        found: list[tuple[Datagram, int]] = []
        for index in self._in_time(leaf, state):
            datagram = carried(self.seen.packets[index])
            if datagram is not None and datagram.belongs_to == wanted.belongs_to:
                found.append((datagram, index))
                complete = pieces.whole([each for each, _ in found])
                if complete:
                    return [next(i for d, i in found if d is each) for each in complete]
        return []

    def _stream(self, leaf: Leaf, item: Stream, state: State) -> Iterator[Take]:
        tried = set()
        for first in self._in_time(leaf, state):
            direction = segments.direction(self.seen.packets[first])
            if not direction or direction in tried:
                continue
            tried.add(direction)
            for known in self.satisfier.ways(
                leaf.varying, self.seen.packets[first], state.known
            ):
                yield from self._sent(leaf, item, state, known, first)

    def _sent(
        self, leaf: Leaf, item: Stream, state: State, known: Known, first: int
    ) -> Iterator[Take]:
        direction = segments.direction(self.seen.packets[first])
        points = self.seen.by_point[leaf.point]
        later = [index for index in points if index >= first]
        flow = {
            id(self.seen.packets[index]): index
            for index in later
            if segments.direction(self.seen.packets[index]) == direction
        }
        whole = segments.sent([self.seen.packets[index] for index in flow.values()])
        settled = _equals(item, whole, known)
        if settled is not None:
            indices = tuple(flow[id(packet)] for packet in whole.packets)
            packets = tuple(self.seen.packets[index] for index in indices)
            named = settled.bindings.with_step(item.name, packets)
            yield indices, Known(named, settled.postponed)

    def _group(self, leaf: Leaf, state: State, indices: tuple[int, ...]) -> Iterator[Take]:
        """The ways in which all frames of a group satisfy what references have a part in."""
        ways = [state.known]
        for index in indices:
            packet = self.seen.packets[index]
            ways = [
                known for way in ways for known in self.satisfier.ways(leaf.varying, packet, way)
            ]
        for known in ways:
            yield indices, known
