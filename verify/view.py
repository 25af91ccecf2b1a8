"""An expectation as it looks from one of its capture points.

Somebody's capture was mostly taken at one place, and an expectation of ours mostly speaks of two.
What it says of that one place can be judged all the same: steps at other points are left out, and
a packet that comes by from there (`forwarded`) is the step that it was, less what a router changes.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from wirelab.verify.bindings import step_field
from wirelab.verify.filter import DisplayFilter
from wirelab.verify.filter.nodes import both, conjuncts
from wirelab.verify.filter.walk import fields_of, references_of
from wirelab.verify.items import (
    AnyOrder,
    Either,
    Forwarded,
    Fragments,
    Habit,
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
from wirelab.verify.lint import everything, steps_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from wirelab.verify.filter.nodes import Test
    from wirelab.verify.items import Item

_CHANGED_BY_ROUTERS = frozenset({"ip.ttl", "ipv6.hlim", "ip.checksum"})


def view(expectation: Item, point: str) -> Item | None:
    """What an expectation says of one of its points; None when it says nothing of it."""
    steps, originals = steps_of(expectation), _originals(expectation)
    first = _View(point, steps, originals, will=steps)
    first.of(expectation, None)
    return _View(point, steps, originals, will=frozenset(first.seen)).of(expectation, None)


def _originals(expectation: Item) -> dict[str, Step | Fragments | Stream | Forwarded]:
    return {each.name: each for each in everything(expectation) if isinstance(each, Named)}


@dataclass
class _View:
    """Builds a view, in the order in which the expectation is written."""

    point: str
    steps: frozenset[str]
    originals: dict[str, Step | Fragments | Stream | Forwarded]
    will: frozenset[str]
    """The steps that the view will have: a ban may be written before the steps of its window."""
    seen: set[str] = field(default_factory=set)
    """The steps that the view has so far."""

    def of(self, item: Item, at: str | None) -> Item | None:
        match item:
            case Seq():
                return self._seq(item, item.at or at)
            case Either():
                return self._either(item, at)
            case Par() | AnyOrder() | Habit():
                items = self._all(item.items, at)
                return replace(item, items=items) if items else None
            case Optional() | Repeat():
                inner = self.of(item.item, at)
                return None if inner is None else replace(item, item=inner)
            case Never():
                return self._never(item, at)
            case Reassembled():
                return self._reassembled(item)
            case Forwarded():
                return self._forwarded(item)
            case _:
                return self._here(item) if self._is_here(item.at or at) else None

    def _is_here(self, at: str | None) -> bool:
        return at is None or at == self.point

    def _all(self, items: tuple[Item, ...], at: str | None) -> tuple[Item, ...]:
        return tuple(kept for each in items if (kept := self.of(each, at)) is not None)

    def _seq(self, item: Seq, at: str | None) -> Seq | None:
        items = self._all(item.items, at)
        if not items:
            return None
        allowed = tuple(
            replace(each, at=None, filter=self._known(each.filter))
            for each in item.allow
            if self._is_here(each.at)
        )
        closed = tuple(map(self._known, item.closed))
        return replace(item, items=items, allow=allowed, closed=closed, points=(), at=None)

    def _either(self, item: Either, at: str | None) -> Item | None:
        """One of the alternatives may be what cannot be seen here."""
        items = self._all(item.items, at)
        if not items:
            return None
        rest = replace(item, items=items)
        return rest if len(items) == len(item.items) else Optional(rest)

    def _never(self, item: Never, at: str | None) -> Never | None:
        """A ban stays where its window and what it speaks of can be seen."""
        wanted = {name for name in (item.since, item.until) if name is not None}
        here = self._is_here(item.at or at) and wanted <= self.will
        if not here or any(self._known(each) != each for each in filters_of(item)):
            return None
        return replace(item, at=None)

    def _reassembled(self, item: Reassembled) -> Reassembled | None:
        if item.fragments not in self.seen:
            return None
        whole = item.step if item.step in self.seen else None
        return None if whole is None and item.length is None else replace(item, step=whole)

    def _forwarded(self, item: Forwarded) -> Item | None:
        """The packet that comes from elsewhere is the step that it was there."""
        if not self._is_here(item.at):
            return None
        if item.step in self.seen:
            self.seen.add(item.name)
            return item
        changed = {*item.rewrites, *(_CHANGED_BY_ROUTERS if item.hops else ())}
        origin = self.originals[item.step]
        while isinstance(origin, Forwarded):
            changed |= {*origin.rewrites, *(_CHANGED_BY_ROUTERS if origin.hops else ())}
            origin = self.originals[origin.step]

        def stays(test: Test) -> bool:
            fields = fields_of(test)
            return changed.isdisjoint(fields) and not (
                item.hops and any(name.partition(".")[0] == "eth" for name in fields)
            )

        return self._here(origin, named=item.step, stays=stays)

    def _here(
        self,
        item: Step | Fragments | Stream,
        named: str | None = None,
        stays: Callable[[Test], bool] = lambda _: True,
    ) -> Item:
        """A step as it is seen here, without what refers to steps that are not."""
        name = named or item.name
        filter_ = self._known(item.filter, stays)
        same_place = named is None
        within = item.within if same_place else None
        here: Item
        match item:
            case Step(of=of):
                kept = of is None or of in self.seen
                quotes = item.quotes if item.quotes in self.seen else None
                here = replace(
                    item,
                    name=name,
                    filter=filter_,
                    at=None,
                    within=within if kept else None,
                    of=of if kept and within else None,
                    quotes=quotes,
                )
            case Fragments(of=of):
                cut = of if of in self.seen else None
                here = replace(item, name=name, filter=filter_, at=None, within=within, of=cut)
            case Stream():
                here = replace(item, name=name, filter=filter_, at=None, within=within)
        self.seen.add(name)
        return here

    def _known(
        self, filter_: DisplayFilter, stays: Callable[[Test], bool] = lambda _: True
    ) -> DisplayFilter:
        """A filter without the tests that speak of steps which are not seen here."""
        kept = [each for each in conjuncts(filter_.test) if self._answerable(each) and stays(each)]
        return DisplayFilter(both(*kept))

    def _answerable(self, test: Test) -> bool:
        meant = (step_field(each, self.steps) for each in references_of(test))
        return all(each is None or each.step in self.seen for each in meant)
