"""Dissecting frames of a table together with all that has a share in their dissection."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from wirelab.verify.collector import paused
from wirelab.verify.columns.division import divided
from wirelab.verify.columns.keys import ALONE
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

    def __init__(self, table: Table) -> None:
        self._table = table

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
        order = np.argsort(self.keys[members], kind="stable")
        members, among = members[order], self.keys[members][order]
        order = np.argsort(wanted, kind="stable")
        places, wanted = places[order], wanted[order]
        for part in parts.tolist():
            first, behind = (
                np.searchsorted(wanted, np.uint64(part)),
                np.searchsorted(wanted, np.uint64(part), "right"),
            )
            asked = places[first:behind].tolist()
            if part == ALONE:
                yield from (Group([place], [place]) for place in asked)
                continue
            first, behind = (
                np.searchsorted(among, np.uint64(part)),
                np.searchsorted(among, np.uint64(part), "right"),
            )
            yield Group(members[first:behind].tolist(), asked)

    def dissected(self, group: Group) -> dict[int, Packet]:
        """The packets of a group, by their places."""
        time = self._table.columns.time
        dissection = Dissection(int(time[0]))
        with paused():
            return {
                place: dissection.add(self._table[place], int(time[max(place - 1, 0)]))
                for place in group.members
            }
