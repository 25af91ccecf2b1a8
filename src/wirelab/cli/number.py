"""Numbers on the command line."""

from math import isfinite
from typing import Any

import click


class Number(click.IntRange):
    """A number within a range; click would call a word in its place `not a valid integer range`."""

    name = "number"


class Finite(click.FloatRange):
    """A number with decimals within a range, but neither `inf` nor `nan`."""

    name = "number"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """Return it."""
        found = super().convert(value, param, ctx)
        if not isfinite(found):
            self.fail(f"{value} is not a finite number", param, ctx)
        return float(found)
