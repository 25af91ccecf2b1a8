"""Dissecting frames of a table together with all that has a share in their dissection."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from wirelab.verify.collector import paused
from wirelab.verify.columns.division import divided
from wirelab.verify.columns.keys import ALONE
from wirelab.verify.columns.numbering import TCP, UDP, Counters, counters, openings
from wirelab.verify.dissect import Dissection

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wirelab.verify.columns.octets import Ints, Words
    from wirelab.verify.columns.table import Table
    from wirelab.verify.packet import Packet


@dataclass(frozen=True, slots=True)
class Group:
    """Frames that are dissected together."""

    members: list[int]
    """The places of all of them, counted from 0, in order."""
    wanted: list[int]
    """The places of those that were asked for."""


class Context:
    """A table divided into parts that can be dissected by themselves."""

    def __init__(self, table: Table, *, numbered: bool = False) -> None:
        """Prepares a division.

        Args:
            table: the capture.
            numbered: whether conversations must have their numbers in the whole capture.
        """
        self._table = table
        self.numbered = numbered
        """Whether conversations have their numbers in the whole capture."""

    @cached_property
    def keys(self) -> Words:
        """The key of the part to which each frame belongs."""
        return divided(self._table)

    def groups(self, places: Ints) -> Iterator[Group]:
        """The parts to which some frames belong.

        Args:
            places: the places of the frames, each once, in order.
        """
        wanted = self.keys[places]
        parts = np.unique(wanted)
        members = np.isin(self.keys, parts[parts != ALONE]).nonzero()[0]
        all_of, asked = _Parted(self.keys, members), _Parted(self.keys, places)
        for part in parts:
            if part == ALONE:
                yield from (Group([place], [place]) for place in asked.of(part))
            else:
                yield Group(all_of.of(part), asked.of(part))

    def group_of(self, place: int) -> Group:
        """The part to which one frame belongs."""
        part = self.keys[place]
        return Group([place] if part == ALONE else self._parted.of(part), [place])

    @cached_property
    def _parted(self) -> _Parted:
        return _Parted(self.keys, np.arange(len(self.keys)))

    def dissected(self, group: Group) -> dict[int, Packet]:
        """The packets of a group, by their places."""
        return self._dissected(group, counters(self._openings if self.numbered else None))

    def _dissected(self, group: Group, counting: Counters) -> dict[int, Packet]:
        time, packets = self._table.columns.time, {}
        dissection = Dissection(int(time[0]))
        counting.put_into(dissection)
        with paused():
            for place in group.members:
                counting.go_to(place)
                previous = int(time[max(place - 1, 0)])
                packets[place] = dissection.add(self._table[place], previous)
        return packets

    @cached_property
    def _openings(self) -> dict[int, list[int]]:
        return openings(self._table, self.keys, self._begun)

    def _begun(self, parts: Words) -> dict[int, list[int]]:
        """Where conversations begin in some parts, by their protocols."""
        found: dict[int, list[int]] = {TCP: [], UDP: []}
        for group in self.groups(np.isin(self.keys, parts).nonzero()[0]):
            counting = counters(None)
            self._dissected(group, counting)
            for protocol, counter in counting.by_protocol.items():
                found[protocol] += counter.begun
        return found


class _Parted:
    """Places by the parts to which they belong."""

    def __init__(self, keys: Words, places: Ints) -> None:
        order = np.argsort(keys[places], kind="stable")
        self._places, self._keys = places[order], keys[places][order]

    def of(self, part: np.uint64) -> list[int]:
        first, behind = (np.searchsorted(self._keys, part, side) for side in ("left", "right"))
        found: list[int] = self._places[first:behind].tolist()
        return found
