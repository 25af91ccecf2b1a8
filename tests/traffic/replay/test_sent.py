"""How far gaps were from their targets."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from wirelab.traffic.replay.order import Order
from wirelab.traffic.replay.sent import Errors, errors_of

FRAMES = [bytes(60)] * 3
gaps = st.lists(st.integers(0, 10**9), min_size=1, max_size=200)


def ints(*values: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.array(values, np.int64)


@given(gaps, st.integers(0, 10**12))
def test_what_is_equally_late_has_no_errors(between: list[int], late: int) -> None:
    due = np.cumsum([0, *between], dtype=np.int64)
    assert Errors.of(due, due + late) == Errors(0, 0, 0, 0)


@given(gaps, st.integers(-1000, 1000))
def test_drift_is_what_every_gap_adds(between: list[int], more: int) -> None:
    due = np.cumsum([0, *between], dtype=np.int64)
    sent = due + np.arange(len(due)) * more
    found = Errors.of(due, sent)
    assert found.p50 == found.p99 == found.max == abs(more)
    some = max(1, len(due) // 100)
    assert found.drift == more * (len(due) - some)


def test_percentiles_are_of_the_gaps() -> None:
    due = np.arange(1001) * 1000
    sent = due.copy()
    sent[500:] += 70
    assert Errors.of(due, sent) == Errors(0, 0, 70, 70)
    sent[::2] += 20
    assert Errors.of(due, sent).p50 == 20


def test_loops_and_frames_that_were_not_sent_are_taken_into_account() -> None:
    order = Order.of_bytes(FRAMES, ints(0, 100, 300), 2, period=1000)
    times = ints(10_000, 0, 10_301, 11_003, 11_103)
    assert errors_of(order, 10_000, times, 5) == Errors(1, 2, 2, 3)
    assert errors_of(order, 10_000, times, 2) is None
    assert errors_of(Order.of_bytes(FRAMES), 0, times, 5) is None
