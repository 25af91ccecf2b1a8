"""The frames that satisfy a filter, each with a summary of what it is by itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from wirelab.verify.columns.batch import batches
from wirelab.verify.columns.doubts import doubted
from wirelab.verify.columns.lines import summaries
from wirelab.verify.columns.select import Selection
from wirelab.verify.found import by_itself

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from wirelab.verify.columns.batch import Batch
    from wirelab.verify.columns.octets import Ints
    from wirelab.verify.columns.table import Table
    from wirelab.verify.filter.nodes import Test
    from wirelab.verify.summary import Summary


@dataclass(frozen=True, slots=True)
class Listed:
    """A frame of a list."""

    place: int
    """Its place in the capture, counted from 0."""
    summary: Summary
    """What it is."""


def listed(
    table: Table, test: Test, progress: Callable[[int], None] = lambda _: None
) -> Iterator[Listed]:
    """The frames that satisfy a test, in order; as early as it is certain that none comes before.

    Args:
        table: the capture.
        test: a checked test without references.
        progress: is told how many frames have been looked at.
    """
    listing = _Listing(table, test)
    for batch in doubted(table):
        yield from listing.add(batch)
        progress(batch.behind)
    yield from listing.rest()


class _Listing:
    """The making of one list."""

    def __init__(self, table: Table, test: Test) -> None:
        self._table = table
        self._selection = Selection(table, [test])
        self._held: list[Ints] = []
        self._holds = False

    def add(self, batch: Batch) -> Iterator[Listed]:
        """What can be listed now: nothing once a frame must wait for later ones."""
        is_all = self._selection.add(batch)
        (found,) = self._selection.taken()
        if self._holds or not is_all:
            self._holds = True
            self._held.append(found)
            return iter(())
        return _summarized(batch, found - batch.first)

    def rest(self) -> Iterator[Listed]:
        """What had to wait for the end of the capture."""
        (late,) = self._selection.finished()
        places = np.sort(np.concatenate([*self._held, late]))
        if not len(places):
            return
        for batch in batches(self._table):
            first, behind = np.searchsorted(places, (batch.first, batch.behind))
            if first < behind:
                yield from _summarized(batch, places[first:behind] - batch.first)


def _summarized(batch: Batch, rows: Ints) -> Iterator[Listed]:
    """Frames of a batch with their summaries; those that columns do not tell are dissected."""
    if not len(rows):
        return
    known = summaries(batch, rows)
    for row in rows.tolist():
        place = batch.first + row
        yield Listed(place, known.get(row) or by_itself(batch.table[place]))
