"""Putting values in the place of references."""

from __future__ import annotations

from collections.abc import Callable

from wirelab.verify.filter.check import check
from wirelab.verify.filter.nodes import Constant, Literal, Operand, Reference, Test
from wirelab.verify.filter.printer import print_test
from wirelab.verify.filter.walk import replaced

Lookup = Callable[[Reference], Constant | Literal | None]
"""Gives the value of a reference; None where it is not known."""


def substituted(test: Test, lookup: Lookup) -> Test:
    """A checked tree whose references are replaced by their values, as far as they are known.

    Raises:
        FilterError: a value is of no kind that its place allows.

    """

    def replace(operand: Operand) -> Operand:
        if not isinstance(operand, Reference):
            return operand
        value = lookup(operand)
        return operand if value is None else value

    return check(replaced(test, replace), print_test(test))
