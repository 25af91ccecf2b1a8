"""The numbers of conversations, which count those of the whole capture.

Wireshark numbers conversations in the order in which they begin. Where only a part of a capture is
dissected, the number of one that begins there is how many begin before it in the whole.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from wirelab.verify.columns.batch import batches
from wirelab.verify.columns.hidden import Hidden
from wirelab.verify.columns.keys import ALL, conversation_key, conversation_keys
from wirelab.verify.dissectors.streams import Numbering, sender_and_receiver
from wirelab.verify.dissectors.tcp_stream import Quoted, Segment, TcpNumbers
from wirelab.verify.dissectors.udp import UdpNumbers

if TYPE_CHECKING:
    from collections.abc import Callable

    from wirelab.verify.columns.batch import Batch
    from wirelab.verify.columns.octets import Ints, Mask, Words
    from wirelab.verify.columns.table import Table
    from wirelab.verify.dissect import Dissection
    from wirelab.verify.layer import Layer

TCP, UDP = 6, 17
_SYN_AND_ACK, _SYN = 0x12, 0x02
_SHORTEST = {TCP: 20, UDP: 8}
_NAMES = {TCP: "tcp", UDP: "udp"}
_KINDS: dict[int, type[Numbering]] = {TCP: TcpNumbers, UDP: UdpNumbers}


@dataclass
class Counter(Numbering):
    """Gives the conversations of a part of a capture their numbers in the whole."""

    openings: list[int] | None = None
    """The places at which the conversations of the whole begin, in order; None to number only
    those that are seen."""
    at: int = 0
    """The place of the frame that is being dissected."""
    begun: list[int] = field(default_factory=list)
    """The places at which the conversations that were seen began."""

    def of(self, thing: object) -> int:
        """The number of a conversation."""
        found = self.numbers.get(thing)
        if found is None:
            before = len(self.begun)
            if self.openings is not None:
                before = bisect_left(self.openings, self.at) + self.begun.count(self.at)
            found = self.numbers[thing] = before
            self.begun.append(self.at)
        return found


@dataclass
class Counters:
    """The counters of one dissection."""

    by_protocol: dict[int, Counter]
    """A counter for each protocol that has conversations."""

    def put_into(self, dissection: Dissection) -> None:
        """Has them count for a dissection."""
        for protocol, counter in self.by_protocol.items():
            dissection.shared.put(_KINDS[protocol], counter)

    def go_to(self, place: int) -> None:
        """Says which frame is dissected next."""
        for counter in self.by_protocol.values():
            counter.at = place


def counters(openings: dict[int, list[int]] | None) -> Counters:
    """New counters, with the openings of the whole capture or without."""
    protocols = (TCP, UDP)
    return Counters(
        {each: Counter(openings=None if openings is None else openings[each]) for each in protocols}
    )


@dataclass
class _Events:
    """The frames of conversations of one protocol, in which they begin or go on."""

    place: list[Ints] = field(default_factory=list)
    key: list[Words] = field(default_factory=list)
    opens: list[Mask] = field(default_factory=list)

    def add(self, place: Ints, key: Words, opens: Mask) -> None:
        self.place.append(place)
        self.key.append(key)
        self.opens.append(opens)


def openings(
    table: Table, keys: Words, begun: Callable[[Words], dict[int, list[int]]]
) -> dict[int, list[int]]:
    """The places at which the conversations of each protocol begin, in order.

    Args:
        table: the capture.
        keys: the part to which each frame belongs.
        begun: dissects parts, and gives the places at which conversations begin there.
    """
    if len(keys) and (keys == ALL).all():
        return begun(np.array([ALL], np.uint64))
    events = _events(table)
    first: dict[int, Ints] = {}
    suspects = []
    for protocol, found in events.items():
        place, key = np.concatenate(found.place), np.concatenate(found.key)
        order = np.argsort(place, kind="stable")
        place, key = place[order], key[order]
        first[protocol] = place[np.unique(key, return_index=True)[1]]
        if protocol == TCP:
            again = _opens_again(table, place, key, np.concatenate(found.opens)[order])
            suspects.append(keys[place[again]])
    parts = np.unique(np.concatenate(suspects))
    known = begun(parts)
    return {
        protocol: sorted(places[~np.isin(keys[places], parts)].tolist() + known[protocol])
        for protocol, places in first.items()
    }


def _opens_again(table: Table, place: Ints, key: Words, opens: Mask) -> Mask:
    """Which frames may begin another connection between ports that had one at their point."""
    points = table.point_numbers[place].astype(np.uint64)
    earliest = np.zeros(len(place), bool)
    mixed = key * np.uint64(0x9E3779B97F4A7C15) + points
    earliest[np.unique(mixed, return_index=True)[1]] = True
    return opens & ~earliest


def _events(table: Table) -> dict[int, _Events]:
    found, hidden = {TCP: _Events(), UDP: _Events()}, Hidden(table)
    for batch in batches(table):
        for protocol, events in found.items():
            _plain(batch, protocol, events)
        for place, packet in hidden.add(hidden.places(batch)):
            for layer in packet.layers:
                _hidden(place, layer, found)
    return found


def _plain(batch: Batch, protocol: int, events: _Events) -> None:
    stack = batch.stack
    none = np.zeros(0, np.int64)
    events.add(none, none.astype(np.uint64), none.astype(bool))
    for layers in stack.found.get(_NAMES[protocol], ()):
        enough = layers.end - layers.start >= _SHORTEST[protocol]
        mine = layers.where(enough & ~stack.odd[layers.row])
        keys = conversation_keys(stack, mine, protocol)
        flags = stack.octets.number(mine.start + 13, 1)
        opens = (flags & _SYN_AND_ACK == _SYN) & (protocol == TCP) & (not mine.quoted)
        events.add(batch.first + mine.row, keys, opens)


def _hidden(place: int, layer: Layer, found: dict[int, _Events]) -> None:
    """A layer of a frame that had to be dissected; its connection is always looked at closely."""
    if isinstance(layer.state, (Segment, Quoted)):
        protocol = TCP
    elif "udp.stream" in layer.notes:
        protocol = UDP
    else:
        return
    key = conversation_key(*sender_and_receiver(layer), protocol)
    places, keys = np.array([place, place]), np.array([key, key], np.uint64)
    found[protocol].add(places, keys, np.array([True, True]))
