"""The ladder of an expectation as text: what must be seen, row by row."""

import re
from collections.abc import Iterator
from itertools import groupby

import click

from wirelab.cli.window import wrapped
from wirelab.verify import Item, ladder
from wirelab.verify.ladders import LadderRow, RowKind

_NUMBER = re.compile(r"\d+")
_MOST_ALIKE = 6
_KEPT = "\0"  # stands for a space at which no line ends


def rungs(expectation: Item, columns: int) -> Iterator[str]:
    """Yield the rows of the ladder: a head, and below it the filter, to be pasted."""
    rows = ladder(expectation)
    shown = (row for row in rows if row.kind is not RowKind.CLOSED)
    for _, alike in groupby(shown, _shape):
        yield from _alike(list(alike), columns)
    if closed := dict.fromkeys(row.text for row in rows if row.kind is RowKind.CLOSED):
        yield from wrapped(f"and no other frame of {', '.join(closed)}", columns, "", "  ")


def _shape(row: LadderRow) -> tuple[object, ...]:
    """Return what rows have in common that differ in numbers only."""
    said = (_NUMBER.sub("0", text) for text in (row.name, row.text, row.note))
    return row.kind, row.depth, row.point, *said


def _alike(rows: list[LadderRow], columns: int) -> Iterator[str]:
    """Yield rows that differ in numbers only: of many the first two, and the last."""
    left_out = rows[2:-1] if len(rows) > _MOST_ALIKE else []
    for row in rows:
        if row not in left_out:
            yield from _rung(row, columns)
        elif row == left_out[0]:
            yield f"{'  ' * row.depth}… {len(left_out)} more like these"


def _rung(row: LadderRow, columns: int) -> Iterator[str]:
    indent = "  " * row.depth
    note = f"({row.note})" if row.note else ""
    allowed = "allowed: " if row.kind is RowKind.ALLOW else ""
    never = "never" if row.kind is RowKind.NEVER else ""
    head = " ".join(filter(None, (never, row.name, row.point and f"at {row.point}", note)))
    for line in wrapped(allowed + (head or row.text), columns, indent, indent + "  "):
        yield click.style(line, bold=True) if row.kind is RowKind.STEP else line
    if head and row.text:
        for line in filter_lines(row.text, columns, indent + "    "):
            yield click.style(line, fg="cyan")


def filter_lines(text: str, columns: int, indent: str) -> list[str]:
    """Break a filter before `&&`, so that pasted whole it is what it was; a sentence anywhere."""
    if "&&" not in text:
        return wrapped(text, columns, indent, indent + "  ")
    whole = text.replace(" ", _KEPT).replace(f"{_KEPT}&&{_KEPT}", f" &&{_KEPT}")
    lines = wrapped(whole, columns, indent, indent + "  ")
    return [line.replace(_KEPT, " ") for line in lines]
