"""The kinds of values that operands have."""

from __future__ import annotations

from wirelab.verify.fields import FIELDS, Kind
from wirelab.verify.filter.nodes import Binary, Call, Constant, FieldRef, Negative, Operand, Slice
from wirelab.verify.filter.walk import leaves
from wirelab.verify.widths import most

_RESULTS = {"len": Kind.UINT, "count": Kind.UINT, "string": Kind.STRING}
"""The kinds of what functions give; that of their argument where they are not here."""


def has_kind(operand: Operand) -> bool:
    """Whether an operand's kind does not depend on what it is compared with."""
    return any(isinstance(leaf, FieldRef) for leaf in leaves(operand))


def kind_of(operand: Operand) -> Kind:
    """The kind of the values of an operand.

    Raises:
        TypeError: its kind depends on what it is compared with.
    """
    match operand:
        case FieldRef(name):
            return FIELDS[name].kind
        case Constant(kind):
            return kind
        case Slice():
            return Kind.BYTES
        case Call(function, arguments):
            return _RESULTS.get(function) or kind_of(arguments[0])
        case Negative(inner):
            return kind_of(inner)
        case Binary(left=left, right=right):
            return kind_of(left if has_kind(left) else right)
        case _:
            raise TypeError(f"the kind of {operand!r} depends on its place")


def digits_of(operand: Operand) -> int:
    """The hexadecimal digits in which the numbers of an operand are printed; 0 for decimal."""
    match operand:
        case FieldRef(name):
            return FIELDS[name].digits
        case Constant(digits=digits):
            return digits
        case Negative(inner):
            return digits_of(inner)
        case Binary(left=left, right=right):
            return digits_of(left if has_kind(left) else right)
        case _:
            return 0


def most_of(operand: Operand) -> int:
    """The greatest number that can be written beside an operand whose values are numbers."""
    match operand:
        case FieldRef(name):
            return most(name)
        case Call(function, (first, *_)) if function not in _RESULTS:
            return most_of(first)
        case Negative(inner):
            return most_of(inner)
        case Binary(left=left, right=right):
            return most_of(left if has_kind(left) else right)
        case _:
            return most("")
