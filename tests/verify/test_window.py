"""Spans of time."""

from __future__ import annotations

import pytest

from wirelab.verify.window import duration, duration_text, window


@pytest.mark.parametrize(
    ("text", "nanoseconds"),
    [
        ("3s", 3_000_000_000),
        ("1.5 s", 1_500_000_000),
        ("20ms", 20_000_000),
        ("5us", 5_000),
        ("5 µs", 5_000),
        ("7ns", 7),
        ("2min", 120_000_000_000),
        ("0.25ms", 250_000),
    ],
)
def test_a_time_has_a_unit(text: str, nanoseconds: int) -> None:
    assert duration(text) == nanoseconds


def test_a_window_includes_both_ends() -> None:
    found = window("0.9s..1.1s")
    assert 900_000_000 in found
    assert 1_100_000_000 in found
    assert 899_999_999 not in found
    assert 1_100_000_001 not in found


def test_a_window_with_one_end_begins_at_nothing() -> None:
    assert 0 in window("1s")
    assert -1 not in window("1s")


@pytest.mark.parametrize(
    ("nanoseconds", "text"),
    [(0, "0 ns"), (999, "999 ns"), (1_000, "1 µs"), (1_234_567, "1.235 ms"), (-2 * 10**9, "-2 s")],
)
def test_a_time_is_told_in_the_unit_that_fits(nanoseconds: int, text: str) -> None:
    assert duration_text(nanoseconds) == text


def test_a_window_is_told_as_it_is_written() -> None:
    assert str(window("1s")) == "within 1 s"
    assert str(window("0.9s..1.1s")) == "900 ms..1.1 s"
