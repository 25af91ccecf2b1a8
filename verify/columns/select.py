"""Which frames of a table satisfy filters: by the columns, and by dissection where those end."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from wirelab.verify.collector import paused
from wirelab.verify.columns.batch import batches
from wirelab.verify.columns.context import Context
from wirelab.verify.columns.dependence import FRAGMENTS, protocols_in_context, protocols_needed
from wirelab.verify.columns.fragments import Fragments
from wirelab.verify.columns.local import dissected
from wirelab.verify.columns.transfers import Transfers
from wirelab.verify.columns.truth import truth
from wirelab.verify.filter.predicate import predicate
from wirelab.verify.filter.walk import fields_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from wirelab.verify.columns.batch import Batch
    from wirelab.verify.columns.octets import Ints, Mask
    from wirelab.verify.columns.table import Table
    from wirelab.verify.filter.nodes import Test
    from wirelab.verify.packet import Packet


def select(
    table: Table, tests: Sequence[Test], progress: Callable[[int], None] = lambda _: None
) -> list[Ints]:
    """The places of the frames that satisfy each test, counted from 0, in order.

    Args:
        table: the capture.
        tests: checked tests without references.
        progress: is told how many frames have been looked at.
    """
    return _Selection(table, tests).all(progress)


class _Selection:
    """The selection for some tests that are asked at once."""

    def __init__(self, table: Table, tests: Sequence[Test]) -> None:
        self._table, self._tests = table, tests
        self._selects = [predicate(test) for test in tests]
        self._context = Context(table)
        self._fragments = Fragments()
        self._transfers = Transfers()
        self._needed = [protocols_needed((test,)) for test in tests]
        self._of_pieces = [bool(FRAGMENTS.intersection(fields_of(test))) for test in tests]
        self._contextual = [protocols_in_context((test,)) for test in tests]

    def all(self, progress: Callable[[int], None]) -> list[Ints]:
        found: list[list[Ints]] = [[] for _ in self._tests]
        late: list[list[Ints]] = [[] for _ in self._tests]
        for batch in batches(self._table):
            self._fragments.doubt(batch.stack)
            self._transfers.doubt(batch)
            self._batch(batch, found, late)
            progress(batch.behind)
        self._in_context(found, late)
        return [np.sort(np.concatenate(each)) for each in found]

    def _batch(self, batch: Batch, found: list[list[Ints]], late: list[list[Ints]]) -> None:
        """Answers for a batch, all that needs no other frames."""
        asked: list[tuple[int, Mask]] = []
        for number, test in enumerate(self._tests):
            known = truth(test, batch)
            found[number].append(batch.first + known.true.nonzero()[0])
            if not known.unknown.any():
                continue
            context = known.unknown & self._depends(number, batch)
            late[number].append(batch.first + context.nonzero()[0])
            asked.append((number, known.unknown & ~context))
        self._alone(batch, asked, found)

    def _depends(self, number: int, batch: Batch) -> Mask:
        """Of which frames a test asks what other frames have a share in."""
        depends = batch.stack.needs_context(self._needed[number])
        for protocol in self._contextual[number]:
            depends |= batch.stack.may_have(protocol)
        if self._of_pieces[number]:
            depends |= batch.stack.are_pieces()
        return depends

    def _alone(self, batch: Batch, asked: list[tuple[int, Mask]], found: list[list[Ints]]) -> None:
        """Dissects frames by themselves, each once, whatever number of tests ask for it."""
        if not asked:
            return
        wanted = np.logical_or.reduce([mask for _, mask in asked]).nonzero()[0]
        good: dict[int, list[int]] = {number: [] for number, _ in asked}
        places = (batch.first + wanted).tolist()
        with paused():
            for packet, place in zip(dissected(self._table, places), places, strict=True):
                for number, mask in asked:
                    if mask[place - batch.first] and self._selects[number](packet):
                        good[number].append(place)
        for number, each in good.items():
            found[number].append(np.array(each, np.int64))

    def _in_context(self, found: list[list[Ints]], late: list[list[Ints]]) -> None:
        """Dissects what depends on other frames, together with these."""
        wanted = [np.concatenate(each) if each else np.zeros(0, np.int64) for each in late]
        everything = np.unique(np.concatenate(wanted)) if wanted else np.zeros(0, np.int64)
        if not len(everything):
            return
        sets = [frozenset(each.tolist()) for each in wanted]
        good: list[list[int]] = [[] for _ in self._tests]
        for place, packet in self._packets(everything):
            for number, mine in enumerate(sets):
                if place in mine and self._selects[number](packet):
                    good[number].append(place)
        for number, each in enumerate(good):
            found[number].append(np.array(each, np.int64))

    def _packets(self, places: Ints) -> Iterator[tuple[int, Packet]]:
        for group in self._context.groups(places):
            packets = self._context.dissected(group)
            yield from ((place, packets[place]) for place in group.wanted)
