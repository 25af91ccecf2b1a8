"""Numbers on the command line."""

import click


class Number(click.IntRange):
    """A number within a range; click would call a word in its place `not a valid integer range`."""

    name = "number"
