"""The checks of a whole expectation that need no capture: names, references, points."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wirelab.verify.bindings import step_field
from wirelab.verify.errors import ExpectationError, FilterError
from wirelab.verify.filter.check import check
from wirelab.verify.filter.nodes import FieldRef, Operand, Range, Reference
from wirelab.verify.filter.walk import references_of, replaced
from wirelab.verify.items import (
    AnyOrder,
    Either,
    Forwarded,
    Fragments,
    Habit,
    Item,
    Named,
    Never,
    Optional,
    Par,
    Reassembled,
    Repeat,
    Seq,
    Step,
    Stream,
    filters_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wirelab.verify.filter import DisplayFilter


def children(item: Item) -> tuple[Item, ...]:
    """The items of which an item consists."""
    match item:
        case Seq(items) | Par(items) | AnyOrder(items) | Either(items) | Habit(items=items):
            return items
        case Optional(inner) | Repeat(inner):
            return (inner,)
        case _:
            return ()


def everything(item: Item) -> Iterator[Item]:
    """The item and all items in it, in the order in which they are written."""
    yield item
    for child in children(item):
        yield from everything(child)


def steps_of(item: Item) -> frozenset[str]:
    """The names of all steps that take frames."""
    return frozenset(each.name for each in everything(item) if isinstance(each, Named))


def names_of(item: Item) -> frozenset[str]:
    """The names that an expectation wants bound, `s.ip` for example."""
    steps = steps_of(item)
    references = [r for each in everything(item) for f in filters_of(each) for r in f.references]
    names = {each.name for each in references if each.name.partition(".")[0] not in steps}
    digests = {each.equals for each in everything(item) if isinstance(each, Stream)}
    wanted = {str(each)[2:-1] for each in digests if str(each).startswith("${")}
    return frozenset(names | wanted)


def validate(expectation: Item) -> None:
    """Finds what is wrong with an expectation as a whole.

    Raises:
        ExpectationError: a step's name is used twice, or a step refers to one that does not come
            before it, or to a field that no comparison with its partner allows.
    """
    steps = steps_of(expectation)
    _Names(steps).visit(expectation, frozenset())
    for item in everything(expectation):
        if isinstance(item, Never):
            _known(item.since, steps, "never")
            _known(item.until, steps, "never")
        for each in filters_of(item):
            _check_types(each, steps)


class _Names:
    """Goes through an expectation in order and sees to it that names come before their use."""

    def __init__(self, steps: frozenset[str]) -> None:
        self._steps = steps
        self._points: dict[str, str | None] = {}

    def visit(self, item: Item, before: frozenset[str], at: str | None = None) -> frozenset[str]:
        """The names that are known after an item."""
        if isinstance(item, Either):
            return before.union(*(self.visit(each, before, at) for each in item.items))
        if isinstance(item, Seq):
            at = item.at or at
        for child in children(item):
            before = self.visit(child, before, at)
        if isinstance(item, Named | Reassembled):
            self._uses(item, before)
        if isinstance(item, Forwarded):
            self._source(item)
        return before | self._own(item, before, at) if isinstance(item, Named) else before

    def _own(self, item: Named, before: frozenset[str], at: str | None) -> frozenset[str]:
        if item.name in before:
            raise ExpectationError(f"two steps are called {item.name!r}")
        self._points[item.name] = item.at or at
        return frozenset({item.name})

    def _uses(self, item: Named | Reassembled, before: frozenset[str]) -> None:
        for name in _steps_used(item, self._steps):
            if name in self._steps - before:
                raise ExpectationError(f"{_called(item)} refers to {name!r}, which comes later")
            _known(name, before, _called(item))

    def _source(self, item: Forwarded) -> None:
        seen = self._points[item.step]
        if seen is not None and seen != item.source:
            reason = f"step {item.step!r} is at {seen!r}, not at {item.source!r}"
            raise ExpectationError(f"forwarded {item.name!r}: {reason}")


def _steps_used(item: Named | Reassembled, steps: frozenset[str]) -> list[str]:
    """The steps to which an item refers, by a name or in its filter."""
    match item:
        case Step(of=of, quotes=quotes):
            named: tuple[str | None, ...] = (of, quotes)
        case Forwarded(step=step):
            named = (step,)
        case Fragments(of=of):
            named = (of,)
        case Reassembled(fragments=fragments, step=step):
            named = (fragments, step)
        case Stream():
            named = ()
    meant = [step_field(r, steps) for f in filters_of(item) for r in f.references]
    return [n for n in named if n is not None] + [each.step for each in meant if each is not None]


def _called(item: Named | Reassembled) -> str:
    return "reassembles_to" if isinstance(item, Reassembled) else f"step {item.name!r}"


def _known(name: str | None, steps: frozenset[str], where: str) -> None:
    if name is not None and name not in steps:
        raise ExpectationError(f"{where} refers to {name!r}, which is no step")


def _check_types(written: DisplayFilter, steps: frozenset[str]) -> None:
    """Makes sure that the fields of steps to which a filter refers fit their places."""

    def replace(operand: Operand) -> Operand:
        if not isinstance(operand, Reference):
            return operand
        meant = step_field(operand, steps)
        if meant is None:
            return operand
        return FieldRef(meant.field, () if meant.layer is None else (Range(meant.layer, 1),))

    if not references_of(written.test):
        return
    try:
        check(replaced(written.test, replace), str(written))
    except FilterError as error:
        raise ExpectationError(f"{written}: {error.reason}") from None
