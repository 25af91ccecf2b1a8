"""Printing a tree as the text of a display filter, with no more parentheses than it needs."""

from __future__ import annotations

from wirelab.verify.filter.nodes import (
    Always,
    And,
    Arithmetic,
    Between,
    Binary,
    Call,
    Compare,
    Constant,
    Exists,
    FieldRef,
    Form,
    How,
    Literal,
    Member,
    Negative,
    NonZero,
    Not,
    Op,
    Operand,
    Or,
    Range,
    Reference,
    Slice,
    Test,
)
from wirelab.verify.filter.ranges import print_ranges
from wirelab.verify.filter.values import quoted, written

_EQUALITY = {
    (Op.EQ, How.ANY): "==",
    (Op.EQ, How.ALL): "===",
    (Op.NE, How.ALL): "!=",
    (Op.NE, How.ANY): "!==",
}
_TIGHTNESS = {
    Arithmetic.AND: 1,
    Arithmetic.ADD: 2,
    Arithmetic.SUBTRACT: 2,
    Arithmetic.MULTIPLY: 3,
    Arithmetic.DIVIDE: 3,
    Arithmetic.MODULO: 3,
}


def print_test(test: Test) -> str:
    """The text of a filter; reading it again gives the same tree."""
    match test:
        case Or(tests):
            return " || ".join(map(print_test, tests))
        case And(tests):
            return " && ".join(_within(each, Or) for each in tests)
        case Not(Member(how, operand, elements)) if how is How.ANY:
            return _member(operand, elements, "not in")
        case Not(inner):
            return f"!{_within(inner, Or, And, Compare, Member, NonZero)}"
        case Exists(operand) | NonZero(operand):
            return print_operand(operand)
        case Compare():
            return _compare(test)
        case Member(how, operand, elements):
            return ("all " if how is How.ALL else "") + _member(operand, elements, "in")
        case Always():
            return ""


def _within(test: Test, *loose: type) -> str:
    """The text of a test, in parentheses when it would fall apart without them."""
    text = print_test(test)
    return f"({text})" if isinstance(test, loose) else text


def _compare(test: Compare) -> str:
    symbol = _EQUALITY.get((test.op, test.how))
    quantifier = "all " if symbol is None and test.how is How.ALL else ""
    left, right = print_operand(test.left), print_operand(test.right)
    return f"{quantifier}{left} {symbol or test.op.value} {right}"


def _member(operand: Operand, elements: tuple[Operand | Between, ...], symbol: str) -> str:
    return f"{print_operand(operand)} {symbol} {{{', '.join(map(_element, elements))}}}"


def _element(element: Operand | Between) -> str:
    if isinstance(element, Between):
        return f"{print_operand(element.low)} .. {print_operand(element.high)}"
    return print_operand(element)


def print_operand(operand: Operand, tightness: int = 0) -> str:
    """The text of an operand.

    Args:
        operand: what to print.
        tightness: how tightly the operator that it stands in binds; 0 for none.

    """
    match operand:
        case FieldRef(name, layers):
            return name + _layers(layers)
        case Literal(text, Form.WORD):
            return text
        case Literal(text, Form.CHARACTER):
            return f"'{_character(text)}'"
        case Literal(text):
            return quoted(text)
        case Constant():
            return written(operand)
        case Reference(name, layer):
            return f"${{{name}}}" if layer is None else f"${{{name}#{layer}}}"
        case Slice(inner, ranges):
            return f"{print_operand(inner, 4)}[{print_ranges(ranges)}]"
        case Call(function, arguments):
            return f"{function}({', '.join(map(print_operand, arguments))})"
        case Negative(inner):
            return f"-{print_operand(inner, 4)}"
        case Binary(op, left, right):
            own = _TIGHTNESS[op]
            text = f"{print_operand(left, own)} {op.value} {print_operand(right, own + 1)}"
            return f"{{{text}}}" if own < tightness else text


def _layers(layers: tuple[Range, ...]) -> str:
    match layers:
        case ():
            return ""
        case (Range(start, 1),) if start >= 0:
            return f"#{start}"
    return f"#[{print_ranges(layers)}]"


def _character(text: str) -> str:
    return quoted(text)[1:-1].replace('\\"', '"').replace("'", "\\'")
