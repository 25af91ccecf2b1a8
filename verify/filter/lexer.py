"""The lexer of the display filter language.

Source: Wireshark 4.0, wireshark-filter(4), and what tshark 4.0 accepts.
"""

from __future__ import annotations

import re
from enum import Enum, auto
from typing import TYPE_CHECKING, NamedTuple

from wirelab.verify.errors import FilterError

if TYPE_CHECKING:
    from collections.abc import Iterator


class Token(Enum):
    """The kinds of tokens."""

    WORD = auto()
    """A field, a function, a number, an address: what it is depends on where it stands."""
    STRING = auto()
    """A text in double quotes; the value is the text."""
    CHARACTER = auto()
    """A character in single quotes; the value is the character."""
    REFERENCE = auto()
    """`${name}`; the value is the name."""
    RANGES = auto()
    """`[…]`; the value is what stands between the brackets."""
    LAYER = auto()
    """`#n` or `#[…]`; the value is what follows the `#`, without brackets."""
    SYMBOL = auto()
    """An operator or a parenthesis; the value is its symbol, words translated."""
    END = auto()
    """Behind the last token."""


class Lexeme(NamedTuple):
    """One token with its place."""

    token: Token
    """Its kind."""
    value: str
    """What it says; see `Token`."""
    column: int
    """Where it starts in the text, counted from 1."""


WORDS = {
    "eq": "==",
    "any_eq": "==",
    "ne": "!=",
    "all_ne": "!=",
    "all_eq": "===",
    "any_ne": "!==",
    "~=": "!==",
    "lt": "<",
    "le": "<=",
    "gt": ">",
    "ge": ">=",
    "contains": "contains",
    "matches": "matches",
    "~": "matches",
    "and": "&&",
    "or": "||",
    "xor": "^^",
    "not": "!",
    "in": "in",
    "any": "any",
    "all": "all",
    "bitwise_and": "&",
}
"""Operators that are spelled in more than one way, with the spelling that the parser knows."""

_PATTERN = re.compile(
    r"""
    (?P<space>[ \t\r\n]+)
  | \$\{(?P<reference>[^{}]*)\}
  | \#(?P<layer>\d+|\[[^\]]*\])
  | \[(?P<ranges>[^\]]*)\]
  | (?P<raw>[rR]?)"(?P<string>(?:[^"\\]|\\.)*)"
  | '(?P<character>(?:[^'\\]|\\.)*)'
  | (?P<symbol>===|!==|==|!=|~=|<=|>=|&&|\|\||\^\^|\.\.|[()<>!~&{},+*/%-])
  | (?P<network>(?:\d+(?:\.\d+){3}|[\da-fA-F]*:[\da-fA-F:.]*)/\d+)
  | (?P<word>[\w:][\w:-]*(?:\.[\w:-]+)*)
    """,
    re.VERBOSE | re.DOTALL | re.ASCII,
)

_ESCAPE = re.compile(rb"\\([0-7]{1,3}|x[0-9a-fA-F]{1,2}|.)", re.DOTALL)

_NAMED = {
    b"a": b"\a",
    b"b": b"\b",
    b"f": b"\f",
    b"n": b"\n",
    b"r": b"\r",
    b"t": b"\t",
    b"v": b"\v",
    b"'": b"'",
    b'"': b'"',
    b"\\": b"\\",
}

_UNCLOSED = {
    '"': "the final quote of a string is missing",
    "'": "the final quote of a character is missing",
    "[": "the right bracket of a slice is missing",
    "$": "a reference is written ${name}",
    "#": "a layer is written #1 or #[1-2]",
    "=": "one = is no operator; equality is written ==",
    "|": "one | is no operator; or is written ||",
}


def lexemes(text: str) -> Iterator[Lexeme]:
    """The tokens of a filter, with an END behind them.

    Raises:
        FilterError: a character starts no token, or an escape sequence is unknown.

    """
    at = 0
    while at < len(text):
        found = _PATTERN.match(text, at)
        if found is None:
            reason = _UNCLOSED.get(text[at], f"{text[at]!r} was unexpected")
            raise FilterError(text, at + 1, reason)
        lexeme = _lexeme(text, found)
        if lexeme is not None:
            yield lexeme
        at = found.end()
    yield Lexeme(Token.END, "", len(text) + 1)


def _lexeme(text: str, found: re.Match[str]) -> Lexeme | None:
    column = found.start() + 1
    value = found[found.lastgroup or 0]
    match found.lastgroup:
        case "space":
            return None
        case "symbol":
            return Lexeme(Token.SYMBOL, WORDS.get(value, value), column)
        case "word" if value.endswith(":") and not value.endswith("::"):
            raise FilterError(text, found.end(), "':' was unexpected")
        case "word" if value in WORDS:
            return Lexeme(Token.SYMBOL, WORDS[value], column)
        case "string":
            plain = found["raw"] == ""
            return Lexeme(Token.STRING, unescaped(text, column, value) if plain else value, column)
        case "character":
            return Lexeme(Token.CHARACTER, _character(text, column, value), column)
        case "network":
            return Lexeme(Token.WORD, value, column)
        case "layer":
            return Lexeme(Token.LAYER, value.strip("[]"), column)
        case kind:
            return Lexeme(Token[str(kind).upper()], value, column)


def _character(text: str, column: int, value: str) -> str:
    character = unescaped(text, column, value)
    if len(character) != 1:
        raise FilterError(text, column, "single quotes hold exactly one character")
    return character


def unescaped(text: str, column: int, value: str) -> str:
    """A string with its escape sequences undone; bytes that are no UTF-8 become surrogates."""

    def undo(found: re.Match[bytes]) -> bytes:
        escape = found[1]
        if escape in _NAMED:
            return _NAMED[escape]
        digits, base = (escape[1:], 16) if escape[:1] == b"x" else (escape, 8)
        try:
            return bytes([int(digits, base)])
        except ValueError:
            sequence = found[0].decode(errors="replace")
            raise FilterError(text, column, f"{sequence} is no escape sequence") from None

    raw = value.encode(errors="surrogateescape")
    return _ESCAPE.sub(undo, raw).decode(errors="surrogateescape")
