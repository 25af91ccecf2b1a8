"""Comparing columns of values with constants."""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING

import numpy as np

from wirelab.verify.columns.values import Unsupported, constant, words_of
from wirelab.verify.filter.nodes import Between, Constant, Op, Operand

if TYPE_CHECKING:
    from collections.abc import Callable

    from wirelab.verify.columns.octets import Mask, Words
    from wirelab.verify.columns.values import Values

_LARGEST = 1 << 62
_NUMERIC: dict[Op, Callable[..., Mask]] = {
    Op.EQ: operator.eq,
    Op.NE: operator.ne,
    Op.LT: operator.lt,
    Op.LE: operator.le,
    Op.GT: operator.gt,
    Op.GE: operator.ge,
}


def nonzero(found: Values) -> Mask:
    """Which values are not zero."""
    if found.numbers is not None:
        return np.not_equal(found.numbers, 0)
    mask = np.zeros(len(found.row), bool)
    for word in found.words:
        mask |= word != 0
    return mask


def compared(op: Op, found: Values, wanted: Constant) -> Mask:
    """Which values are as a comparison with a constant wants them.

    Raises:
        Unsupported: the comparison is not one of numbers, or of rows of bytes of one size.
    """
    order = _NUMERIC.get(op)
    if order is None:
        raise Unsupported
    if found.numbers is None:
        return _rows(op, found, wanted)
    if not isinstance(wanted.value, int) or not -_LARGEST < wanted.value < _LARGEST:
        raise Unsupported
    return order(found.numbers, int(wanted.value))


def _rows(op: Op, found: Values, wanted: Constant) -> Mask:
    row, words = wanted.value, found.words
    if not isinstance(row, bytes) or len(row) != found.size:
        raise Unsupported
    if wanted.prefix is not None:
        mask = ((1 << wanted.prefix) - 1) << (len(row) * 8 - wanted.prefix)
        masks = mask.to_bytes(len(row), "big")
        row = (int.from_bytes(row, "big") & mask).to_bytes(len(row), "big")
        words = tuple(w & np.uint64(m) for w, m in zip(words, words_of(masks), strict=True))
    return _ordered(op, words, words_of(row))


def _ordered(op: Op, words: tuple[Words, ...], wanted: tuple[int, ...]) -> Mask:
    """Rows of bytes order by their first word that differs."""
    equal = np.ones(len(words[0]), bool)
    less = np.zeros(len(words[0]), bool)
    for word, value in zip(words, wanted, strict=True):
        less |= equal & (word < np.uint64(value))
        equal &= word == np.uint64(value)
    match op:
        case Op.EQ:
            return equal
        case Op.NE:
            return ~equal
        case Op.LT:
            return less
        case Op.LE:
            return less | equal
        case Op.GT:
            return ~(less | equal)
        case _:
            return ~less


def among(found: Values, elements: tuple[Operand | Between, ...]) -> Mask:
    """Which values are in a set of constants.

    Raises:
        Unsupported: the set has something else in it.
    """
    mask = np.zeros(len(found.row), bool)
    for each in elements:
        if isinstance(each, Between):
            low = compared(Op.GE, found, constant(each.low))
            mask |= low & compared(Op.LE, found, constant(each.high))
        else:
            mask |= compared(Op.EQ, found, constant(each))
    return mask
