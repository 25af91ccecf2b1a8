"""The ladder of an expectation as text: what must be seen, row by row."""

from collections.abc import Iterator

import click

from wirelab.cli.window import wrapped
from wirelab.verify import Item, ladder
from wirelab.verify.ladder import LadderRow, RowKind

_KEPT = "\0"  # stands for a space at which no line ends


def rungs(expectation: Item, columns: int) -> Iterator[str]:
    """Yield the rows of the ladder: a head, and below it the filter, to be pasted."""
    rows = ladder(expectation)
    for row in rows:
        if row.kind is not RowKind.CLOSED:
            yield from _rung(row, columns)
    if closed := [row.text for row in rows if row.kind is RowKind.CLOSED]:
        yield from wrapped(f"and no other frame of {', '.join(closed)}", columns, "", "  ")


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
