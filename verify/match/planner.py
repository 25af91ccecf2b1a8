"""Makes an expectation ready for one capture: points found, names put in, filters taken apart."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from wirelab.verify.bindings import Bindings, bound, step_field
from wirelab.verify.errors import ExpectationError
from wirelab.verify.filter.nodes import Always, Literal, Reference, Test, both, conjuncts
from wirelab.verify.filter.references import substituted
from wirelab.verify.filter.walk import references_of
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
from wirelab.verify.lint import names_of, steps_of, validate
from wirelab.verify.match.plan import (
    Ban,
    Chain,
    Choice,
    Closing,
    Exemption,
    Fork,
    Leaf,
    Loop,
    Node,
    Plan,
)
from wirelab.verify.match.points import points_of
from wirelab.verify.match.quoting import unquoted

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wirelab.verify.window import Window


def plan(
    expectation: Item,
    points: Mapping[str | None, str],
    names: Mapping[str, object],
    *,
    own: bool,
) -> Plan:
    """Makes an expectation ready for a capture.

    Args:
        expectation: what is expected.
        points: where its points are in the capture.
        names: what the lab bound.
        own: whether the capture is one of the lab, so that habits are required and every name
            must be bound.

    Raises:
        ExpectationError: the expectation contradicts itself, or a name is not bound.
        FilterError: a name's value does not fit the field with which it is compared.
    """
    validate(expectation)
    missing = sorted(names_of(expectation) - set(names)) if own else []
    if missing:
        raise ExpectationError(f"nothing binds {', '.join(missing)}")
    return _Planner(expectation, points, bound(names, steps_of(expectation)), own).plan()


@dataclass
class _Planner:
    """Builds a plan."""

    expectation: Item
    points: Mapping[str | None, str]
    bindings: Bindings
    own: bool
    leaves: list[Leaf] = field(default_factory=list)
    closings: list[Closing] = field(default_factory=list)
    allowances: list[Exemption] = field(default_factory=list)
    bans: list[Ban] = field(default_factory=list)
    count: int = 0

    def plan(self) -> Plan:
        root = self.node(self.expectation, None)
        return Plan(
            root,
            tuple(self.leaves),
            tuple(self.closings),
            tuple(self.allowances),
            tuple(self.bans),
            self.bindings,
        )

    def node(self, item: Item, at: str | None) -> Node:
        uid = self.fresh()
        match item:
            case Seq():
                return self.chain(uid, item.items, item.at or at, self.scope(item, at))
            case Par(items) | AnyOrder(items):
                nodes = self.nodes(items, at)
                return Fork(uid, nodes, isinstance(item, AnyOrder), _live(nodes))
            case Optional(inner):
                nodes = (self.node(inner, at), self.chain(self.fresh(), (), at, None))
                return Choice(uid, nodes, _live(nodes))
            case Either(items):
                nodes = self.nodes(items, at)
                return Choice(uid, nodes, _live(nodes))
            case Repeat(inner, least, most):
                node = self.node(inner, at)
                return Loop(uid, node, least, most, node.live)
            case Habit(items=items):
                required = items if self.own else tuple(map(Optional, items))
                return self.chain(uid, required, at, None)
            case Never():
                self.bans.append(self.ban(item, at))
                return self.chain(uid, (), at, None)
            case _:
                return self.leaf(uid, item, at)

    def fresh(self) -> int:
        """The next uid."""
        self.count += 1
        return self.count

    def nodes(self, items: tuple[Item, ...], at: str | None) -> tuple[Node, ...]:
        return tuple(self.node(each, at) for each in items)

    def chain(
        self, uid: int, items: tuple[Item, ...], at: str | None, within: Window | None
    ) -> Chain:
        nodes = self.nodes(items, at)
        return Chain(uid, nodes, within, _live(nodes))

    def scope(self, item: Seq, at: str | None) -> Window | None:
        """Notes the closed scope and the allowances of a sequence; gives its window."""
        points = frozenset(self.points[each] for each in points_of(item, at))
        if item.closed:
            tests = tuple(self.known(each.test) for each in item.closed)
            self.closings.append(Closing(points, tests))
        for each in item.allow:
            held = points if each.at is None else frozenset({self.points.get(each.at, each.at)})
            self.allowances.append(Exemption(each, held, unquoted(self.known(each.filter.test))))
        return item.within

    def ban(self, item: Never, at: str | None) -> Ban:
        point = item.at or at
        everywhere = frozenset(self.points.values())
        held = everywhere if point is None else frozenset({self.points[point]})
        seen = None if item.seen is None else unquoted(self.known(item.seen.test))
        return Ban(item, held, unquoted(self.known(item.filter.test)), seen)

    def leaf(self, uid: int, item: Named | Reassembled, at: str | None) -> Leaf:
        test: Test = Always()
        if isinstance(item, Step | Stream):
            test = unquoted(self.known(item.filter.test))
        elif isinstance(item, Fragments):
            test = self.known(item.filter.test)
        parts = conjuncts(test)
        leaf = Leaf(
            uid,
            item,
            "" if isinstance(item, Reassembled) else self.points[item.at or at],
            test,
            both(*(part for part in parts if not references_of(part))),
            tuple(part for part in parts if references_of(part)),
            frozenset(self.mentioned(item)),
        )
        self.leaves.append(leaf)
        return leaf

    def known(self, test: Test) -> Test:
        """A filter with the values of the names that are bound."""
        return substituted(test, self.name) if references_of(test) else test

    def name(self, reference: Reference) -> Literal | None:
        value = self.bindings.names.get(reference.name)
        return value if isinstance(value, Literal) else None

    def mentioned(self, item: Named | Reassembled) -> list[str]:
        """The steps and names on which it depends whether the item is satisfied."""
        match item:
            case Step(of=of, quotes=quotes):
                found = [of, quotes]
            case Forwarded(step=step):
                found = [step]
            case Fragments(of=of):
                found = [of]
            case Reassembled(fragments=fragments, step=step):
                found = [fragments, step]
            case Stream(equals=equals):
                found = [str(equals)[2:-1]]
        for each in filters_of(item):
            for reference in each.references:
                meant = step_field(reference, self.bindings.steps)
                found.append(reference.name if meant is None else meant.step)
        return [each for each in found if each]


def _live(nodes: tuple[Node, ...]) -> frozenset[str]:
    return frozenset[str]().union(*(each.live for each in nodes))
