"""How wide the window is, and text broken to fit it."""

import shutil
import sys
import textwrap

WIDEST = 120
"""Longer lines are hard to follow, however wide a window is."""
_NARROWEST = 40
_ASSUMED = 100
"""Columns where nothing tells."""


def width() -> int:
    """Return how many columns text may take."""
    found = shutil.get_terminal_size((_ASSUMED, 24)).columns
    return max(min(found, WIDEST), _NARROWEST)


def is_window() -> bool:
    """Say whether a person reads what is printed; a program would rather have whole lines."""
    return sys.stdout.isatty()


def wrapped(text: str, columns: int, first: str = "", rest: str = "") -> list[str]:
    """Break text between words; `first` goes before the first line, `rest` before the others."""
    return textwrap.wrap(
        text, columns, initial_indent=first, subsequent_indent=rest,
        break_long_words=False, break_on_hyphens=False,
    )  # fmt: skip
