"""Verdicts in colour on a terminal, plain in a pipe or where NO_COLOR is set."""

import shutil
import sys

from wirelab.verify import Verdict, explanation
from wirelab.verify.explaining import Role

WIDEST = 140
"""Longer lines are hard to follow, however wide a terminal is."""
_PIPED = 100
"""Columns where there is no terminal."""
_STYLES = {
    Role.PLAIN: "",
    Role.GOOD: "green",
    Role.BAD: "bold red",
    Role.NAME: "bold",
    Role.FILTER: "cyan",
    Role.FAINT: "dim",
}


def width() -> int:
    """How many columns a verdict may take."""
    return min(shutil.get_terminal_size((_PIPED, 24)).columns, WIDEST)


def tell(verdict: Verdict, *, whole: bool = True) -> None:
    """Print a verdict; only its headline where the whole is not wanted."""
    from rich.console import Console  # noqa: PLC0415 - slow
    from rich.text import Text  # noqa: PLC0415

    console = Console(file=sys.stdout, highlight=False, markup=False, emoji=False, soft_wrap=True)
    lines = explanation(verdict, width())
    for line in lines if whole else lines[:1]:
        text = Text()
        for part in line:
            text.append(part.text, _STYLES[part.role])
        text.rstrip()
        console.print(text)
