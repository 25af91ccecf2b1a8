"""Walking a filter's tree: what it mentions, and a copy with some operands replaced."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from wirelab.verify.fields import lookup
from wirelab.verify.filter.nodes import (
    Always,
    And,
    Between,
    Binary,
    Call,
    Compare,
    Exists,
    FieldRef,
    Member,
    Negative,
    NonZero,
    Not,
    Operand,
    Or,
    Reference,
    Slice,
    Test,
)

Replace = Callable[[Operand], Operand]


def leaves(node: Test | Operand | Between) -> Iterator[Operand]:
    """Every field, literal, constant and reference of a tree, from left to right."""
    match node:
        case And(tests) | Or(tests):
            parts: tuple[Test | Operand | Between, ...] = tests
        case Not(test):
            parts = (test,)
        case Exists(operand) | NonZero(operand) | Slice(operand) | Negative(operand):
            parts = (operand,)
        case Compare(left=left, right=right) | Binary(left=left, right=right):
            parts = (left, right)
        case Member(operand=operand, elements=elements):
            parts = (operand, *elements)
        case Between(low, high):
            parts = (low, high)
        case Call(arguments=arguments):
            parts = arguments
        case Always():
            parts = ()
        case _:
            yield node
            return
    for part in parts:
        yield from leaves(part)


def fields_of(test: Test) -> tuple[str, ...]:
    """The names of the fields and protocols that a filter speaks of, each once."""
    names = [leaf.name for leaf in leaves(test) if isinstance(leaf, FieldRef)]
    return tuple(dict.fromkeys(names))


def protocols_of(test: Test) -> frozenset[str]:
    """The protocols to which those fields belong."""
    return frozenset(lookup(name).protocol for name in fields_of(test))


def references_of(test: Test) -> tuple[Reference, ...]:
    """The references of a filter, each once."""
    found = [leaf for leaf in leaves(test) if isinstance(leaf, Reference)]
    return tuple(dict.fromkeys(found))


def refers(operand: Operand) -> bool:
    """Whether an operand contains a reference."""
    return any(isinstance(leaf, Reference) for leaf in leaves(operand))


def replaced(test: Test, replace: Replace) -> Test:
    """A copy of a filter in which `replace` was applied to every leaf."""
    match test:
        case And(tests):
            return And(tuple(replaced(each, replace) for each in tests))
        case Or(tests):
            return Or(tuple(replaced(each, replace) for each in tests))
        case Not(inner):
            return Not(replaced(inner, replace))
        case Exists(operand):
            return Exists(_operand(operand, replace))
        case NonZero(operand):
            return NonZero(_operand(operand, replace))
        case Compare(op, how, left, right):
            return Compare(op, how, _operand(left, replace), _operand(right, replace))
        case Member(how, operand, elements):
            members = tuple(_element(each, replace) for each in elements)
            return Member(how, _operand(operand, replace), members)
        case Always():
            return test


def _element(element: Operand | Between, replace: Replace) -> Operand | Between:
    if isinstance(element, Between):
        return Between(_operand(element.low, replace), _operand(element.high, replace))
    return _operand(element, replace)


def _operand(operand: Operand, replace: Replace) -> Operand:
    match operand:
        case Slice(inner, ranges):
            return Slice(_operand(inner, replace), ranges)
        case Call(function, arguments, column):
            return Call(function, tuple(_operand(each, replace) for each in arguments), column)
        case Binary(op, left, right):
            return Binary(op, _operand(left, replace), _operand(right, replace))
        case Negative(inner):
            return Negative(_operand(inner, replace))
        case _:
            return replace(operand)
