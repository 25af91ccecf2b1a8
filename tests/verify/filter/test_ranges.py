"""The ranges of slices and layers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wirelab.verify.filter.ranges import chosen_layers, parse_ranges, print_ranges, take


@pytest.mark.parametrize(
    ("text", "octets"),
    [
        ("0", "a"),
        ("-1", "f"),
        ("1:3", "bcd"),
        ("1-3", "bcd"),
        (":2", "ab"),
        ("4:", "ef"),
        ("-3:2", "de"),
        ("-3--2", "de"),
        ("-2:", "ef"),
        ("0,2-3,5:", "acdf"),
        ("5:2", ""),
        ("6", ""),
        ("-7", ""),
        ("6:", ""),
        ("6,0", ""),
        ("0,6,1", "a"),
    ],
)
def test_ranges_take_bytes_up_to_the_first_that_is_too_long(text: str, octets: str) -> None:
    assert take(b"abcdef", parse_ranges(text)) == octets.encode()


@pytest.mark.parametrize(
    ("text", "layers"), [("1", [1]), ("2-9", [2, 3]), ("-1", [3]), ("0", []), ("-1,1", [1, 3])]
)
def test_layers_are_counted_from_one(text: str, layers: list[int]) -> None:
    assert chosen_layers(3, parse_ranges(text)) == layers


@given(st.lists(st.from_regex(r"-?[0-9]{1,2}(:[1-9])?|:[1-9]|[0-9]:", fullmatch=True), min_size=1))
def test_what_is_printed_reads_the_same(parts: list[str]) -> None:
    ranges = parse_ranges(",".join(parts))
    assert parse_ranges(print_ranges(ranges)) == ranges
