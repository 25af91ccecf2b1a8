"""Arithmetic on values, as Wireshark does it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wirelab.verify.filter.nodes import Arithmetic, Constant

if TYPE_CHECKING:
    from collections.abc import Callable

    from wirelab.verify.fields import Value


def fold(op: Arithmetic, left: Constant, right: Constant) -> Constant:
    """The result of a calculation on two constants of one kind.

    Raises:
        ZeroDivisionError: something is divided by zero.
        ValueError: rows of bytes of different lengths are masked.

    """
    value = calculate(op, left.value, right.value)
    return Constant(left.kind, value, None, left.digits)


def negated(constant: Constant) -> Constant:
    """The constant with the opposite sign."""
    value = calculate(Arithmetic.SUBTRACT, 0, constant.value)
    return Constant(constant.kind, value, None, constant.digits)


def calculate(op: Arithmetic, left: Value, right: Value) -> Value:
    """The result of a calculation on two values of one kind.

    Raises:
        ZeroDivisionError: something is divided by zero.
        ValueError: rows of bytes of different lengths are masked.

    """
    if isinstance(left, bytes) and isinstance(right, bytes):
        return bytes(a & b for a, b in zip(left, right, strict=True))
    if isinstance(left, int | float) and isinstance(right, int | float):
        return _NUMERIC[op](left, right)
    raise ValueError("only numbers and rows of bytes can be calculated with")


def _mask(left: float, right: float) -> float:
    return int(left) & int(right)


def _divide(left: float, right: float) -> float:
    """Integers are divided towards zero, as in C."""
    if isinstance(left, float) or isinstance(right, float):
        return left / right
    quotient = abs(left) // abs(right)
    return quotient if (left < 0) == (right < 0) else -quotient


def _modulo(left: float, right: float) -> float:
    """The remainder has the sign of what is divided, as in C."""
    return left - right * _divide(left, right)


_NUMERIC: dict[Arithmetic, Callable[[float, float], float]] = {
    Arithmetic.AND: _mask,
    Arithmetic.ADD: lambda left, right: left + right,
    Arithmetic.SUBTRACT: lambda left, right: left - right,
    Arithmetic.MULTIPLY: lambda left, right: left * right,
    Arithmetic.DIVIDE: _divide,
    Arithmetic.MODULO: _modulo,
}
