"""A capture in a table as the matcher looks at it: few packets are dissected."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, overload

import numpy as np

from wirelab.verify.columns.context import Context
from wirelab.verify.columns.select import select
from wirelab.verify.filter.nodes import Always, Exists, FieldRef, either
from wirelab.verify.match.sightings import Sightings
from wirelab.verify.packet import Packet

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from wirelab.verify.columns.octets import Ints
    from wirelab.verify.columns.table import Table
    from wirelab.verify.filter.nodes import Test


class Packets(Sequence[Packet]):
    """The packets of a table, each dissected with its conversation when it is first asked for."""

    def __init__(self, table: Table, context: Context) -> None:
        self._table = table
        self.context = context
        """The division of the capture into conversations."""
        self._known: dict[int, Packet] = {}

    def __len__(self) -> int:
        return len(self._table)

    @overload
    def __getitem__(self, at: int) -> Packet: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Packet]: ...
    def __getitem__(self, at: int | slice) -> Packet | Sequence[Packet]:
        if isinstance(at, slice):
            return [self[each] for each in range(*at.indices(len(self)))]
        packet = self._known.get(at)
        if packet is None:
            self._known |= self.context.dissected(self.context.group_of(at))
            packet = self._known[at]
        return packet


class TableSightings(Sightings):
    """Sightings of which most are only rows of a table."""

    def __init__(
        self, table: Table, points: tuple[str, ...], shared_clock: bool, *, numbered: bool
    ) -> None:
        """Looks at a table.

        Args:
            table: the capture.
            points: the names of the capture points.
            shared_clock: whether times at different points can be compared.
            numbered: whether the numbers of conversations matter.
        """
        context = Context(table, numbered=numbered)
        super().__init__(Packets(table, context), points, shared_clock)
        self._table, self._context = table, context
        self._places: dict[Test, Ints] = {}

    def prepare(self, tests: Iterable[Test]) -> None:
        """Finds the packets that satisfy some tests, all in one pass."""
        wanted = [test for test in dict.fromkeys(tests) if test not in self._places]
        found = select(self._table, wanted, context=self._context) if wanted else []
        self._places.update(zip(wanted, found, strict=True))

    def _satisfying(self, test: Test) -> Ints:
        self.prepare([test])
        return self._places[test]

    @cached_property
    def by_point(self) -> dict[str, Sequence[int]]:
        """The indices of the packets of each point."""
        return {point: self._at_point(point).nonzero()[0].tolist() for point in self.points}

    def _at_point(self, point: str) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        names = self._table.point_names
        number = names.index(point) if point in names else -1
        return np.equal(self._table.point_numbers, number)

    @cached_property
    def ordered(self) -> bool:
        """Whether no packet is earlier than one before it at the same point."""
        time, numbers = self._table.columns.time, self._table.point_numbers
        return all(
            bool((np.diff(time[numbers == number]) >= 0).all()) and bool((time >= 0).all())
            for number in range(len(self._table.point_names))
        )

    def time(self, index: int) -> int:
        """When a packet was captured, in nanoseconds since the epoch."""
        return int(self._table.columns.time[index])

    def point(self, index: int) -> str:
        """The point at which a packet was captured."""
        return self._table.point_names[int(self._table.point_numbers[index])]

    def chosen(self, test: Test) -> frozenset[int]:
        """The indices of all packets that satisfy a test without references."""
        if test not in self._chosen:
            self._chosen[test] = frozenset(self._satisfying(test).tolist())
        return self._chosen[test]

    def candidates(self, test: Test, point: str) -> list[int]:
        """The indices of the packets at a point that satisfy a test without references."""
        places = self._satisfying(test)
        found: list[int] = places[self._at_point(point)[places]].tolist()
        return found

    def nearly(
        self, tests: Sequence[Test], kin: Collection[str], point: str
    ) -> Iterator[tuple[int, int]]:
        """The packets at a point that satisfy some of several tests, and how many, in order."""
        alike = either(*(Exists(FieldRef(name)) for name in sorted(kin))) if kin else Always()
        self.prepare([*tests, alike])
        met = np.zeros(len(self._table), np.int16)
        for test in tests:
            met[self._places[test]] += 1
        near = np.zeros(len(self._table), bool)
        near[self._places[alike]] = True
        near &= self._at_point(point) & (met > 0)
        if near.any():
            near &= met > met[near].max() - 2
        indices = near.nonzero()[0]
        return zip(indices.tolist(), met[indices].tolist(), strict=True)

    def kin(self, index: int) -> Sequence[int]:
        """The indices of the packets that may be of one conversation with a packet, in order."""
        return self._context.group_of(index).members
