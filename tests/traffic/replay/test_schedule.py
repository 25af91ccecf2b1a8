"""When frames are due."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wirelab.traffic.replay.errors import ReplayError
from wirelab.traffic.replay.schedule import (
    Schedule,
    megabits_a_second,
    packets_a_second,
    recorded,
)

SECOND = 1_000_000_000
EPOCH = 1_700_000_000 * SECOND

gaps = st.lists(st.integers(0, 3600 * SECOND), max_size=50)
sizes = st.lists(st.integers(14, 65535), min_size=1, max_size=50)
rates = st.floats(1e-3, 1e7)


def times(between: list[int]) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return EPOCH + np.cumsum([0, *between], dtype=np.int64)


def see_that_sound(made: Schedule) -> None:
    assert made.due[0] == 0
    assert (np.diff(made.due) >= 0).all()
    assert made.period >= made.due[-1]


@given(gaps)
def test_the_recorded_pace_has_the_gaps_of_the_capture_and_the_last_between_loops(
    between: list[int],
) -> None:
    made = recorded(times(between))
    see_that_sound(made)
    assert np.diff(made.due).tolist() == between
    assert made.period == sum(between) + (between[-1] if between else 0)


@given(gaps, st.floats(0.01, 100))
def test_a_speed_divides_every_time(between: list[int], speed: float) -> None:
    made = recorded(times(between), speed=speed)
    see_that_sound(made)
    plain = recorded(times(between))
    assert np.abs(made.due * speed - plain.due).max() <= speed
    assert abs(made.period * speed - plain.period) <= speed


@given(st.integers(1, 1000), rates)
def test_packets_a_second_are_even_over_the_ends_of_loops(count: int, pps: float) -> None:
    made = packets_a_second(count, pps)
    see_that_sound(made)
    two = np.concatenate([made.due, made.due + made.period, [2 * made.period]])
    assert np.abs(np.diff(two) - SECOND / pps).max() <= 2
    assert made.period == pytest.approx(count * SECOND / pps, abs=1)


@given(sizes, rates)
def test_each_frame_is_followed_by_the_time_that_its_bits_take(
    frames: list[int], mbps: float
) -> None:
    made = megabits_a_second(np.array(frames), mbps)
    see_that_sound(made)
    followed = np.diff([*made.due, made.period])
    assert np.abs(followed - np.array(frames) * 8000 / mbps).max() <= 2
    assert made.period == pytest.approx(sum(frames) * 8000 / mbps, abs=1)


def test_times_that_run_backwards_have_no_recorded_pace() -> None:
    with pytest.raises(ReplayError, match=r"^frame 12 was captured 0\.002 s before the frame"):
        recorded(times([5, -2_000_000, 7]), numbers=np.array([10, 11, 12, 13]))
    with pytest.raises(ReplayError, match=r"^frame 3 .*--pps, --mbps or --topspeed"):
        recorded(times([5, -2_000_000, 7]))


@pytest.mark.parametrize("value", [0.0, -1.0, float("nan"), float("inf")])
def test_a_pace_is_a_positive_number(value: float) -> None:
    for slip in (
        lambda: recorded(times([1]), speed=value),
        lambda: packets_a_second(2, value),
        lambda: megabits_a_second(np.array([60]), value),
    ):
        with pytest.raises(ReplayError, match="a number above 0"):
            slip()


def test_a_replay_that_nobody_lives_to_see_is_refused() -> None:
    for slip in (
        lambda: recorded(times([3600 * SECOND]), speed=1e-9),
        lambda: packets_a_second(2, 1e-300),
        lambda: megabits_a_second(np.array([60]), 1e-300),
    ):
        with pytest.raises(ReplayError, match="lifetime"):
            slip()


def test_an_empty_choice_has_an_empty_schedule() -> None:
    nothing = np.zeros(0, np.int64)
    for made in (recorded(nothing), packets_a_second(0, 10), megabits_a_second(nothing, 10)):
        assert (made.due.tolist(), made.period) == ([], 0)
