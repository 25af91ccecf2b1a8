"""Whether a packet satisfies tests that depend on bindings, and what it binds in doing so.

A name that nothing has bound yet is bound by the first equality that it meets: `ip.dst == ${s.ip}`
makes `s.ip` the destination of that packet. Where it meets no equality, the test is put off until
the name is bound.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

from wirelab.verify.errors import FilterError
from wirelab.verify.fields import Kind
from wirelab.verify.filter.kinds import digits_of, kind_of
from wirelab.verify.filter.nodes import (
    And,
    Compare,
    Constant,
    How,
    Literal,
    Op,
    Operand,
    Or,
    Reference,
    Test,
)
from wirelab.verify.filter.operands import values
from wirelab.verify.filter.predicate import Predicate, predicate
from wirelab.verify.filter.references import substituted
from wirelab.verify.filter.walk import references_of, refers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wirelab.verify.bindings import Bindings
    from wirelab.verify.packet import Packet

Postponed = tuple[tuple[Test, "Packet"], ...]
"""Tests with names that nothing has bound yet, and the packets that must satisfy them."""


@dataclass(frozen=True, slots=True)
class Known:
    """What is bound and what depends on what is not."""

    bindings: Bindings
    """What is bound."""
    postponed: Postponed = ()
    """What must still be asked when more is bound."""


class Satisfier:
    """Answers for one judging; remembers the predicates that it made."""

    def __init__(self, *, lenient: frozenset[str] = frozenset()) -> None:
        """Makes one.

        Args:
            lenient: steps known to be missing; what refers to them is taken as satisfied.

        """
        self._lenient = lenient
        self._made: dict[tuple[int, tuple[Constant | Literal | None, ...]], Predicate] = {}

        self._tests: dict[int, tuple[Test, tuple[Reference, ...]]] = {}

    def ways(self, tests: tuple[Test, ...], packet: Packet, known: Known) -> Iterator[Known]:
        """The ways in which a packet satisfies all tests; several when a name could be either."""
        if not tests:
            yield known
            return
        for way in self._one(tests[0], packet, known):
            yield from self.ways(tests[1:], packet, way)

    def equal(self, wanted: bytes | str, data: bytes, known: Known) -> Iterator[Known]:
        """The ways in which data are what is wanted: bytes, a SHA-256, or a name for one."""
        if isinstance(wanted, bytes):
            yield from [known] if data == wanted else []
            return
        digest = sha256(data).hexdigest()
        name = wanted[2:-1] if wanted.startswith("${") else None
        if name is not None and name not in known.bindings.names:
            yield from self._named(name, Constant(Kind.STRING, digest), known)
            return
        value = wanted if name is None else known.bindings.names[name]
        text = value.value if isinstance(value, Constant) else value
        if digest == (text.text if isinstance(text, Literal) else text):
            yield known

    def _one(self, test: Test, packet: Packet, known: Known) -> Iterator[Known]:
        if not any(map(known.bindings.is_unbound_name, self._references(test))):
            if self._plain(test, packet, known.bindings):
                yield known
            return
        match test:
            case And(tests):
                yield from self.ways(tests, packet, known)
            case Or(tests):
                for each in tests:
                    yield from self._one(each, packet, known)
            case Compare(Op.EQ, How.ANY, left, Reference(name)) if not refers(left):
                yield from self._bind(left, name, packet, known)
            case _:
                yield Known(known.bindings, (*known.postponed, (test, packet)))

    def _plain(self, test: Test, packet: Packet, bindings: Bindings) -> bool:
        """Whether a packet satisfies a test whose names are all bound."""
        found = tuple(map(bindings.lookup, self._references(test)))
        if None in found:
            return self._without_step(test, packet, bindings)
        made = self._made.get((id(test), found))
        if made is None:
            made = self._made[id(test), found] = _resolved(test, bindings)
        return made(packet)

    def _without_step(self, test: Test, packet: Packet, bindings: Bindings) -> bool:
        """The same where a reference has no value: its step was not seen, or lacks the field."""
        match test:
            case And(tests):
                return all(self._plain(each, packet, bindings) for each in tests)
            case Or(tests):
                return any(self._plain(each, packet, bindings) for each in tests)
        lacking = [r for r in self._references(test) if bindings.lookup(r) is None]
        return all(r.name.partition(".")[0] in self._lenient for r in lacking)

    def _bind(self, left: Operand, name: str, packet: Packet, known: Known) -> Iterator[Known]:
        """The ways to bind a name to one of the values of an operand."""
        for value in dict.fromkeys(values(left)(packet)):
            constant = Constant(kind_of(left), value, None, digits_of(left))
            yield from self._named(name, constant, known)

    def _named(self, name: str, value: Constant, known: Known) -> Iterator[Known]:
        """The ways in which all is still satisfied when a name is bound."""
        return self._settled(known.postponed, Known(known.bindings.with_name(name, value)))

    def _settled(self, postponed: Postponed, known: Known) -> Iterator[Known]:
        """The ways in which tests that were put off are satisfied, now that more is bound."""
        if not postponed:
            yield known
            return
        test, packet = postponed[0]
        for way in self._one(test, packet, known):
            yield from self._settled(postponed[1:], way)

    def _references(self, test: Test) -> tuple[Reference, ...]:
        kept = self._tests.get(id(test))
        if kept is None:
            kept = self._tests[id(test)] = (test, references_of(test))
        return kept[1]


def _resolved(test: Test, bindings: Bindings) -> Predicate:
    """The predicate with the values in it; never true when they do not fit the fields."""
    try:
        return predicate(substituted(test, bindings.lookup))
    except FilterError:
        return lambda _: False
