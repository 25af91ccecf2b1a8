"""What goes with what: which kinds compare, calculate, are cut, and suit a function.

Source: what tshark 4.0 accepts; the tests ask it. What is refused here is refused there.
"""

from __future__ import annotations

from wirelab.verify.fields import Kind
from wirelab.verify.filter.kinds import kind_of, most_of
from wirelab.verify.filter.nodes import (
    Arithmetic,
    Binary,
    Call,
    Constant,
    FieldRef,
    Negative,
    Operand,
    Slice,
)
from wirelab.verify.filter.values import ADDRESSES, OCTETS, TIMES

_INTEGERS = frozenset({Kind.UINT, Kind.INT})
_CALCULATED = _INTEGERS | {Kind.FLOAT}
_ROWS = frozenset({Kind.ETHER, Kind.BYTES})
SLICED = OCTETS | ADDRESSES | {Kind.STRING}
"""Kinds of which single bytes can be taken."""
SEARCHED = OCTETS | {Kind.STRING}
"""Kinds into which `contains` and `matches` look."""
SIGNED = _CALCULATED | TIMES
"""Kinds whose values have a sign."""
_SHOWN = _CALCULATED | ADDRESSES | {Kind.ETHER}
"""Kinds that `string()` makes a text of."""
_POSSIBLE = {
    Arithmetic.AND: _INTEGERS | ADDRESSES | _ROWS,
    Arithmetic.ADD: _CALCULATED | TIMES,
    Arithmetic.SUBTRACT: _CALCULATED | TIMES,
    Arithmetic.MULTIPLY: _CALCULATED,
    Arithmetic.DIVIDE: _CALCULATED,
    Arithmetic.MODULO: _CALCULATED,
}


def compatible(left: Kind, right: Kind) -> bool:
    """Whether the values of a field on the right can be compared with those on the left."""
    if left in _INTEGERS:
        return right in _INTEGERS | {Kind.BOOL}
    groups = (_ROWS, TIMES)
    return left is right or any({left, right} <= group for group in groups)


def calculable(op: Arithmetic, kind: Kind) -> bool:
    """Whether an operator can be applied to values of a kind."""
    return kind in _POSSIBLE[op]


def misuse(call: Call) -> str:
    """What is wrong with the checked arguments of a function; "" when nothing is."""
    first, *others = call.arguments
    if call.function in ("max", "min"):
        return _extreme(call)
    if others:
        return f"{call.function}() takes one argument"
    kind = kind_of(first)
    plain = isinstance(first, FieldRef)
    fits = {
        "abs": kind in SIGNED | {Kind.BOOL}
        and isinstance(first, FieldRef | Binary | Negative | Call),
        "count": plain,
        "len": plain and kind in SLICED,
        "string": plain and kind in _SHOWN,
    }
    if fits.get(call.function, plain and kind is Kind.STRING):
        return ""
    what = kind.value if plain else "a calculation"
    return f"{call.function}() does not go with {what}"


def _extreme(call: Call) -> str:
    if any(isinstance(each, Slice) for each in call.arguments):
        return f"{call.function}() takes no slices"
    kinds = {_width(each) for each in call.arguments if not isinstance(each, Constant)}
    if len(kinds) > 1 and not all(kind in TIMES for kind, _ in kinds):
        return f"{call.function}() takes arguments of one kind and width"
    return ""


def _width(operand: Operand) -> tuple[Kind, int]:
    """The kind of an operand's values and, of numbers, the greatest that it can have."""
    kind = kind_of(operand)
    return kind, most_of(operand) if kind is Kind.UINT else 0
