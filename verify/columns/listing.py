"""The frames that satisfy a filter, each with its summary."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from wirelab.verify.columns.doubts import doubted
from wirelab.verify.columns.lines import summaries
from wirelab.verify.columns.local import dissected
from wirelab.verify.columns.select import Selection
from wirelab.verify.summary import DETAILS, Summary, summarized

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from wirelab.verify.columns.batch import Batch
    from wirelab.verify.columns.octets import Ints
    from wirelab.verify.columns.table import Table
    from wirelab.verify.filter.nodes import Test


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
        texts, waiting = _summarized(batch, found - batch.first)
        if self._holds or waiting or not is_all:
            self._holds = True
            self._held.append(found)
            return iter(())
        return (Listed(place, texts[place]) for place in found.tolist())

    def rest(self) -> Iterator[Listed]:
        """What had to wait for the end of the capture."""
        (late,) = self._selection.finished()
        places = np.sort(np.concatenate([*self._held, late]))
        if not len(places):
            return
        texts = self._texts(places)
        for place in places.tolist():
            yield Listed(place, texts[place])

    def _texts(self, places: Ints) -> dict[int, Summary]:
        texts: dict[int, Summary] = {}
        waiting: list[int] = []
        for batch in doubted(self._table):
            first, behind = np.searchsorted(places, (batch.first, batch.behind))
            found, others = _summarized(batch, places[first:behind] - batch.first)
            texts |= found
            waiting += others
        context = self._selection.context
        for group in context.groups(np.array(waiting, np.int64)) if waiting else ():
            packets = context.dissected(group)
            texts |= {place: summarized(packets[place]) for place in group.wanted}
        return texts


def _summarized(batch: Batch, rows: Ints) -> tuple[dict[int, Summary], list[int]]:
    """The summaries of frames of a batch, and those that depend on other frames; by places."""
    if not len(rows):
        return {}, []
    known = {batch.first + row: each for row, each in summaries(batch, rows).items()}
    depends = batch.stack.needs_context(DETAILS)
    others = [row for row in rows.tolist() if batch.first + row not in known]
    alone = [batch.first + row for row in others if not depends[row]]
    for place, packet in zip(alone, dissected(batch.table, alone), strict=True):
        known[place] = summarized(packet)
    return known, [batch.first + row for row in others if depends[row]]
