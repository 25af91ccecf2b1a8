"""Which frames a leaf of the plan can take, at one moment of a search."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from wirelab.verify.datagram import carried
from wirelab.verify.filter.predicate import predicate
from wirelab.verify.items import Forwarded, Fragments, Reassembled, Step, Stream
from wirelab.verify.match import segments
from wirelab.verify.match.pieces import expected_pieces, payload, whole
from wirelab.verify.match.relations import forwarded_test, is_forwarded, is_quoted, quoting_test

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from wirelab.verify.bindings import Bindings
    from wirelab.verify.datagram import Datagram
    from wirelab.verify.match.ground import Ground, Take
    from wirelab.verify.match.plan import Leaf
    from wirelab.verify.match.state import State
    from wirelab.verify.packet import Packet


def takes(ground: Ground, leaf: Leaf, state: State) -> Iterator[Take]:
    """The ways in which a leaf can be satisfied, those with the earliest frames first."""
    match leaf.item:
        case Step() | Forwarded():
            return _single(ground, leaf, state)
        case Fragments():
            return _fragments(ground, leaf, leaf.item, state)
        case Stream():
            return _stream(ground, leaf, leaf.item, state)
        case Reassembled():
            fits = reassembles(leaf.item, state.known.bindings, ground.lenient)
            return iter([((), state.known)] if fits else ())


def _single(ground: Ground, leaf: Leaf, state: State) -> Iterator[Take]:
    related = relation(leaf, state.known.bindings, ground.lenient)
    if related is None:
        return
    for index in ground.singly(leaf, state):
        packet = ground.seen.packets[index]
        if related(packet):
            for known in ground.ways(leaf, packet, state.known):
                yield (index,), known


def relation(
    leaf: Leaf, bindings: Bindings, lenient: frozenset[str]
) -> Callable[[Packet], bool] | None:
    """What the relation to another step asks of a packet; None when nothing can satisfy it."""
    item = leaf.item
    other = item.step if isinstance(item, Forwarded) else None
    other = item.quotes if isinstance(item, Step) else other
    if other is None or (isinstance(item, Step) and other in lenient):
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


def _fragments(ground: Ground, leaf: Leaf, item: Fragments, state: State) -> Iterator[Take]:
    sources = state.known.bindings.packets.get(item.of or "", ())
    tried = set()
    for first in ground.in_time(leaf, state):
        datagram = carried(ground.seen.packets[first])
        if datagram is None or not datagram.is_fragment or datagram.belongs_to in tried:
            continue
        tried.add(datagram.belongs_to)
        indices = _complete(ground, leaf, state, datagram)
        if indices and as_cut(item, ground.packets(indices), sources):
            yield from ground.all_satisfy(leaf, indices, state)


def _complete(ground: Ground, leaf: Leaf, state: State, wanted: Datagram) -> tuple[int, ...]:
    """The frames that make up the datagram of which one fragment was found; () if not all."""
    found: dict[int, int] = {}
    parts: list[Datagram] = []
    for index in ground.following(leaf, state):
        datagram = carried(ground.seen.packets[index])
        if datagram is not None and datagram.belongs_to == wanted.belongs_to:
            found[id(datagram)] = index
            parts.append(datagram)
            if complete := whole(parts):
                return tuple(sorted(found[id(each)] for each in complete))
    return ()


def as_cut(item: Fragments, packets: tuple[Packet, ...], sources: tuple[Packet, ...]) -> bool:
    """Whether fragments are what the MTU makes of a datagram, and of the sources if any."""
    found = sorted(map(_datagram, packets), key=lambda each: each.offset)
    if item.count is not None and len(found) != item.count:
        return False
    octets = payload(packets)
    if sources and octets != payload(sources):
        return False
    wholes = [*map(_datagram, sources)] or [_joined(found[0], octets)]
    wanted = expected_pieces(wholes, found[0], item.mtu)
    return [(each.offset, len(each.payload)) for each in found] == sorted(wanted)


def _datagram(packet: Packet) -> Datagram:
    datagram = carried(packet)
    if datagram is None:
        raise ValueError(f"frame {packet.frame.number} carries no IP")
    return datagram


def _joined(first: Datagram, octets: bytes) -> Datagram:
    return replace(first, offset=0, more=False, payload=octets)


def reassembles(item: Reassembled, bindings: Bindings, lenient: frozenset[str]) -> bool:
    """Whether fragments, put together, are what they must be."""
    if {item.fragments, item.step} & lenient:
        return True
    octets = payload(bindings.packets.get(item.fragments, ()))
    if item.length is not None and len(octets) != item.length:
        return False
    return item.step is None or octets == payload(bindings.packets.get(item.step, ()))


def _stream(ground: Ground, leaf: Leaf, item: Stream, state: State) -> Iterator[Take]:
    tried = set()
    for first in ground.in_time(leaf, state):
        packet = ground.seen.packets[first]
        direction = segments.direction(packet)
        if not direction or direction in tried:
            continue
        tried.add(direction)
        flow = _flow(ground, leaf, state, first)
        sent = segments.sent(ground.seen.packets[index] for index in flow.values())
        indices = tuple(flow[id(each)] for each in sent.packets)
        for known in ground.ways(leaf, packet, state.known):
            for equal in ground.satisfier.equal(item.equals, sent.data, known):
                yield indices, equal


def _flow(ground: Ground, leaf: Leaf, state: State, first: int) -> dict[int, int]:
    """The segments of a direction from one on; their indices by the identity of their packets."""
    packets, used = ground.seen.packets, state.used or frozenset()
    direction = segments.direction(packets[first])
    return {
        id(packets[index]): index
        for index in ground.seen.kin(first)
        if index >= first
        and index not in used
        and ground.seen.point(index) == leaf.point
        and segments.direction(packets[index]) == direction
    }
