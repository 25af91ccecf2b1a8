"""From text to tokens."""

from __future__ import annotations

import pytest

from wirelab.verify.errors import FilterError
from wirelab.verify.filter.lexer import Token, lexemes


def values(text: str) -> list[str]:
    return [each.value for each in lexemes(text)][:-1]


def kinds(text: str) -> list[Token]:
    return [each.token for each in lexemes(text)][:-1]


def test_words_and_symbols_are_told_apart_without_blanks() -> None:
    assert values("ip.src==10.0.0.1&&!tcp") == ["ip.src", "==", "10.0.0.1", "&&", "!", "tcp"]


def test_operators_in_letters_mean_the_same_as_their_symbols() -> None:
    assert values("a eq b and not c ne d or e") == values("a == b && ! c != d || e")
    assert values("a ~ b ~= c") == values("a matches b any_ne c")


@pytest.mark.parametrize(
    "word",
    ["ff:ff:ff:ff:ff:ff", "00-11-22", "fe80::1", "::", "::1/128", "10.0.0.0/8", ":ff", "1e-3"],
)
def test_addresses_and_bytes_are_one_word(word: str) -> None:
    assert kinds(word) == [Token.WORD]
    assert values(word) == [word]


def test_two_dots_end_a_word() -> None:
    assert values("{80..90}") == ["{", "80", "..", "90", "}"]


def test_layers_and_slices_keep_what_is_in_their_brackets() -> None:
    assert values("ip.src#2") == ["ip.src", "2"]
    assert values("ip.src#[1-2][0:2]") == ["ip.src", "1-2", "0:2"]
    assert kinds("ip.src#[1-2][0:2]") == [Token.WORD, Token.LAYER, Token.RANGES]


def test_escapes_in_strings_are_undone() -> None:
    assert values(r'"a\"b\\c\x41\102\n"') == ['a"b\\cAB\n']


def test_raw_strings_keep_their_backslashes() -> None:
    assert values(r'r"a\.b\""') == [r"a\.b\""]


def test_bytes_that_are_no_text_survive_in_a_string() -> None:
    assert values(r'"\xff"')[0].encode(errors="surrogateescape") == b"\xff"


def test_references_are_one_token() -> None:
    assert kinds("${who_has.eth.src}") == [Token.REFERENCE]
    assert values("${r1-eth1.ip}") == ["r1-eth1.ip"]


def test_columns_count_from_one() -> None:
    assert [each.column for each in lexemes("ip == 1")] == [1, 4, 7, 8]


@pytest.mark.parametrize(
    ("text", "column", "reason"),
    [
        ('ip == "x', 7, "final quote"),
        ("ip = 1", 4, "written =="),
        ("a | b", 3, "written ||"),
        ("ip[1", 3, "right bracket"),
        ("ip.src# 1", 7, "a layer is written"),
        ("$x", 1, "a reference is written"),
        ("a == 'xy'", 6, "exactly one character"),
        (r'a == "\q"', 6, "no escape sequence"),
        (r'a == "\777"', 6, "no escape sequence"),
        ("a ? b", 3, "unexpected"),
        ("ü", 1, "unexpected"),
    ],
)
def test_what_is_no_token_is_an_error_with_its_column(text: str, column: int, reason: str) -> None:
    with pytest.raises(FilterError, match=reason) as caught:
        list(lexemes(text))
    assert (caught.value.column, caught.value.text) == (column, text)
