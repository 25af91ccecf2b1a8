"""The tree of a display filter: tests over operands, in frozen dataclasses.

The parser builds it with `Literal`s, the type check turns those into `Constant`s, and everything
else (a predicate over packets, printing, substitution) walks it. Nothing here can be evaluated by
itself, so a second way to evaluate a filter needs only another walk.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wirelab.verify.fields import Kind, Value


class Op(Enum):
    """What a comparison asks of two values; the text is the operator's."""

    EQ = "=="
    NE = "!="
    LT = "<"
    LE = "<="
    GT = ">"
    GE = ">="
    CONTAINS = "contains"
    MATCHES = "matches"


class How(Enum):
    """Of how many of a field's values a comparison must be true."""

    ANY = "any"
    ALL = "all"


class Arithmetic(Enum):
    """The operators that make one value of two; the text is the operator's."""

    AND = "&"
    ADD = "+"
    SUBTRACT = "-"
    MULTIPLY = "*"
    DIVIDE = "/"
    MODULO = "%"


@dataclass(frozen=True, slots=True)
class Range:
    """A stretch of bytes of a slice, or of layers of a layer operator."""

    start: int
    """The first element; a negative one counts from the end."""
    length: int | None
    """How many elements; None for all to the end."""


@dataclass(frozen=True, slots=True)
class FieldRef:
    """A field of the packet that is judged; it may have several values, or none."""

    name: str
    """Its display filter name."""
    layers: tuple[Range, ...] = ()
    """Which layers of its protocol are meant, counted from 1; () for all."""
    column: int = field(default=1, compare=False)
    """Where it stands in the filter's text, counted from 1."""


class Form(Enum):
    """How a literal was written, which decides what it may be converted to."""

    WORD = "word"
    """Without quotes: a number, an address, bytes, a name."""
    STRING = "string"
    """In double quotes."""
    CHARACTER = "character"
    """In single quotes; the text is the character."""


@dataclass(frozen=True, slots=True)
class Literal:
    """A value as it was written; what it means depends on what it is compared with."""

    text: str
    """The characters, escapes undone; a byte that is no UTF-8 is a surrogate escape."""
    form: Form = Form.WORD
    """How it was written."""
    column: int = field(default=1, compare=False)
    """Where it stands in the filter's text, counted from 1."""


@dataclass(frozen=True, slots=True)
class Constant:
    """A value whose kind is known."""

    kind: Kind
    """The kind of the value."""
    value: Value
    """The value, in the form that fields of the kind have."""
    prefix: int | None = None
    """For an address, how many leading bits count; None for all of them."""
    digits: int = 0
    """Hexadecimal digits in which a number is printed; 0 for decimal."""


@dataclass(frozen=True, slots=True)
class Reference:
    """`${name}`: a value that is known only when a capture is judged."""

    name: str
    """A name that the lab binds, `s.ip`, or a field of a step's packet, `who_has.eth.src`."""
    layer: int | None = None
    """For a field of a step's packet, the layer that is meant; None for the first value."""
    column: int = field(default=1, compare=False)
    """Where it stands in the filter's text, counted from 1."""


@dataclass(frozen=True, slots=True)
class Slice:
    """Some bytes of an operand's values, joined; a value that is too short gives fewer, or none."""

    operand: Operand
    """What is sliced."""
    ranges: tuple[Range, ...]
    """The stretches to join."""


@dataclass(frozen=True, slots=True)
class Call:
    """A function of the values of an operand, or of several."""

    function: str
    """One of `FUNCTIONS`."""
    arguments: tuple[Operand, ...]
    """What it is applied to; at least one."""
    column: int = field(default=1, compare=False)
    """Where it stands in the filter's text, counted from 1."""


@dataclass(frozen=True, slots=True)
class Binary:
    """Two operands joined by an arithmetic operator, value by value."""

    op: Arithmetic
    """The operator."""
    left: Operand
    """Its left side."""
    right: Operand
    """Its right side."""


@dataclass(frozen=True, slots=True)
class Negative:
    """The values of an operand with the opposite sign."""

    operand: Operand
    """What is negated."""


@dataclass(frozen=True, slots=True)
class Exists:
    """True when the operand has a value in the packet."""

    operand: Operand
    """A field, a protocol or a slice."""


@dataclass(frozen=True, slots=True)
class NonZero:
    """True when a calculation gives anything but zero: `tcp.flags & 2`."""

    operand: Operand
    """The calculation."""


@dataclass(frozen=True, slots=True)
class Compare:
    """True when both sides have values and enough pairs of them satisfy the operator."""

    op: Op
    """What is asked of each pair."""
    how: How
    """Whether one pair must satisfy it or all of them."""
    left: Operand
    """The left side."""
    right: Operand
    """The right side."""


@dataclass(frozen=True, slots=True)
class Between:
    """An element of a set: all values from one to another, both included."""

    low: Operand
    """The least value."""
    high: Operand
    """The greatest value."""


@dataclass(frozen=True, slots=True)
class Member:
    """True when the operand has values and enough of them are in the set."""

    how: How
    """Whether one value must match an element or, as in Wireshark, all values the same one."""
    operand: Operand
    """What is looked for."""
    elements: tuple[Operand | Between, ...]
    """The set."""


@dataclass(frozen=True, slots=True)
class Not:
    """True when the other test is false."""

    test: Test
    """The other test."""


@dataclass(frozen=True, slots=True)
class And:
    """True when all of its tests are."""

    tests: tuple[Test, ...]
    """At least two tests, none of which is itself an `And`."""


@dataclass(frozen=True, slots=True)
class Or:
    """True when one of its tests is."""

    tests: tuple[Test, ...]
    """At least two tests, none of which is itself an `Or`."""


@dataclass(frozen=True, slots=True)
class Always:
    """True of every packet: the empty filter."""


Operand = FieldRef | Literal | Constant | Reference | Slice | Call | Binary | Negative
Test = Exists | NonZero | Compare | Member | Not | And | Or | Always

FUNCTIONS = ("abs", "count", "len", "lower", "max", "min", "string", "upper")
"""The functions of the language."""


def both(*tests: Test) -> Test:
    """All of the tests at once, without needless nesting."""
    flat: list[Test] = []
    for test in tests:
        if isinstance(test, And):
            flat.extend(test.tests)
        elif not isinstance(test, Always):
            flat.append(test)
    return And(tuple(flat)) if len(flat) > 1 else flat[0] if flat else Always()


def either(*tests: Test) -> Test:
    """One or more of the tests, without needless nesting."""
    flat: list[Test] = []
    for test in tests:
        flat.extend(test.tests if isinstance(test, Or) else (test,))
    return Or(tuple(flat)) if len(flat) > 1 else flat[0]


def conjuncts(test: Test) -> tuple[Test, ...]:
    """The tests that must all be true; () for the empty filter."""
    if isinstance(test, And):
        return test.tests
    return () if isinstance(test, Always) else (test,)
