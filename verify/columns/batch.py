"""Some frames of a table that are looked at together."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from wirelab.verify.columns.ahead import ahead
from wirelab.verify.columns.layers import Stack
from wirelab.verify.columns.octets import AT_ONCE
from wirelab.verify.columns.stacking import stacked

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wirelab.verify.columns.octets import Ints
    from wirelab.verify.columns.table import Table
    from wirelab.verify.columns.truth import Truth
    from wirelab.verify.columns.values import Values
    from wirelab.verify.filter.nodes import Range, Test


@dataclass(frozen=True)
class Batch:
    """Frames one after another, and what was found out about them."""

    table: Table
    """The capture."""
    first: int
    """The place of the first frame, counted from 0."""
    behind: int
    """The place behind the last one."""
    stack: Stack
    """The layers of the frames."""
    values: dict[tuple[str, tuple[Range, ...]], Values] = field(default_factory=dict)
    """The values of fields that were asked for."""
    truths: dict[Test, Truth] = field(default_factory=dict)
    """Which frames satisfy the tests that were asked."""

    @property
    def size(self) -> int:
        """How many frames they are."""
        return self.behind - self.first

    def only(self, protocol: str, rows: Ints) -> Batch:
        """The same frames with no more layers than those that some of them have of a protocol."""
        wanted = np.zeros(self.size, bool)
        wanted[rows] = True
        found = [each.where(wanted[each.row]) for each in self.stack.found.get(protocol, ())]
        stack = Stack(self.stack.octets, self.size, {protocol: found})
        return Batch(self.table, self.first, self.behind, stack)


def batches(table: Table) -> Iterator[Batch]:
    """All frames of a table."""

    def batch(first: int) -> Batch:
        behind = min(first + AT_ONCE, len(table))
        return Batch(table, first, behind, stacked(table.columns, first, behind))

    return ahead(batch, range(0, len(table), AT_ONCE))
