"""Which frames of a table satisfy filters: by the columns, and by dissection where those end."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from wirelab.verify.collector import paused
from wirelab.verify.columns.context import Context
from wirelab.verify.columns.dependence import (
    FRAGMENTS,
    NUMBERED,
    protocols_in_context,
    protocols_needed,
)
from wirelab.verify.columns.doubts import doubted
from wirelab.verify.columns.local import dissected
from wirelab.verify.columns.truth import truth
from wirelab.verify.filter.predicate import predicate
from wirelab.verify.filter.walk import fields_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from wirelab.verify.columns.batch import Batch
    from wirelab.verify.columns.octets import Ints, Mask
    from wirelab.verify.columns.table import Table
    from wirelab.verify.filter.nodes import Test


def select(
    table: Table,
    tests: Sequence[Test],
    progress: Callable[[int], None] = lambda _: None,
    context: Context | None = None,
) -> list[Ints]:
    """The places of the frames that satisfy each test, counted from 0, in order.

    Args:
        table: the capture.
        tests: checked tests without references.
        progress: is told how many frames have been looked at.
        context: the capture divided, where that was done before.
    """
    selection = Selection(table, tests, context)
    for batch in doubted(table):
        selection.add(batch)
        progress(batch.behind)
    return selection.finished()


class Selection:
    """The selection for some tests that are asked at once."""

    def __init__(self, table: Table, tests: Sequence[Test], context: Context | None = None) -> None:
        self._table, self._tests = table, tests
        self._selects = [predicate(test) for test in tests]
        names = {name for test in tests for name in fields_of(test)}
        numbered = bool(NUMBERED & names)
        if context is None or (numbered and not context.numbered):
            context = Context(table, numbered=numbered)
        self.context = context
        """The capture divided, for what depends on other frames."""
        self._needed = [protocols_needed((test,)) for test in tests]
        self._of_pieces = [bool(FRAGMENTS.intersection(fields_of(test))) for test in tests]
        self._contextual = [protocols_in_context((test,)) for test in tests]
        self._found: list[list[Ints]] = [[] for _ in tests]
        self._late: list[list[Ints]] = [[] for _ in tests]

    def add(self, batch: Batch) -> bool:
        """Answers for a batch, all that needs no other frames; whether that was all."""
        asked: list[tuple[int, Mask]] = []
        is_all = True
        for number, test in enumerate(self._tests):
            known = truth(test, batch)
            self._found[number].append(batch.first + known.true.nonzero()[0])
            if not known.unknown.any():
                continue
            context = known.unknown & self._depends(number, batch)
            if context.any():
                self._late[number].append(batch.first + context.nonzero()[0])
                is_all = False
            asked.append((number, known.unknown & ~context))
        self._alone(batch, asked)
        return is_all

    def taken(self) -> list[Ints]:
        """What was found since this was last asked, in order."""
        found = [_in_order(each) for each in self._found]
        self._found = [[] for _ in self._tests]
        return found

    def finished(self) -> list[Ints]:
        """All that was not yet taken, when the last batch was added."""
        self._in_context()
        return self.taken()

    def _depends(self, number: int, batch: Batch) -> Mask:
        """Of which frames a test asks what other frames have a share in."""
        depends = batch.stack.needs_context(self._needed[number])
        for protocol in self._contextual[number]:
            depends |= batch.stack.may_have(protocol)
        if self._of_pieces[number]:
            depends |= batch.stack.are_pieces()
        return depends

    def _alone(self, batch: Batch, asked: list[tuple[int, Mask]]) -> None:
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
            self._found[number].append(np.array(each, np.int64))

    def _in_context(self) -> None:
        """Dissects what depends on other frames, together with these."""
        wanted = [_in_order(each) for each in self._late]
        everything = np.unique(np.concatenate(wanted)) if wanted else _in_order([])
        sets = [frozenset(each.tolist()) for each in wanted]
        good: list[list[int]] = [[] for _ in self._tests]
        for group in self.context.groups(everything) if len(everything) else ():
            packets = self.context.dissected(group)
            for place in group.wanted:
                for number, mine in enumerate(sets):
                    if place in mine and self._selects[number](packets[place]):
                        good[number].append(place)
        for number, each in enumerate(good):
            self._found[number].append(np.array(each, np.int64))


def _in_order(found: list[Ints]) -> Ints:
    return np.sort(np.concatenate(found)) if found else np.zeros(0, np.int64)
