"""Names in filters: which words are fields, and what was probably meant when none is."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from wirelab.verify.errors import FilterError
from wirelab.verify.fields import FIELDS

if TYPE_CHECKING:
    from wirelab.verify.filter.lexer import Lexeme


def is_field(word: str) -> bool:
    """Whether a word is the name of a field or a protocol."""
    return word in FIELDS


def nearest(word: str) -> str:
    """A hint for a word that is no field: "; did you mean ip.src?", or nothing."""
    near = get_close_matches(word, FIELDS, n=3)
    return f"; did you mean {' or '.join(near)}?" if near else ""


def check_name(text: str, lexeme: Lexeme) -> None:
    """Makes sure that a word is a field.

    Raises:
        FilterError: it is none; the nearest names are suggested.

    """
    if not is_field(lexeme.value):
        reason = f"no field is called {lexeme.value!r}{nearest(lexeme.value)}"
        raise FilterError(text, lexeme.column, reason)
