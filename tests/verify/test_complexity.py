"""What costs too much on purpose does not: dissection takes as long as its bytes, or frames, take.

Times are compared with each other, never with a clock: what takes the square of its size takes 64
times as long when it is eight times as large.
"""

from __future__ import annotations

import time
import tracemalloc
from typing import TYPE_CHECKING

import pytest
from fuzzing.bombs import MANY_FRAMES, ONE_FRAME, captured
from fuzzing.targets import read_all

from wirelab.verify.collector import paused
from wirelab.verify.dissect import dissect

if TYPE_CHECKING:
    from collections.abc import Callable

    from wirelab.verify.frame import Frame

_TIMES = 8
_SQUARE = _TIMES * _TIMES
_FEW, _SMALL = 1500, 8000


def _seconds(frames: list[Frame]) -> float:
    """The processor's time for dissecting frames and reading all of it, undisturbed."""
    best = float("inf")
    for _ in range(3):
        with paused():
            began = time.process_time()
            for packet in dissect(frames):
                read_all(packet)
            best = min(best, time.process_time() - began)
    return best


def _dissected_in(frames: list[Frame]) -> float:
    """The processor's time for dissection alone."""
    best = float("inf")
    for _ in range(3):
        with paused():
            began = time.process_time()
            dissect(frames)
            best = min(best, time.process_time() - began)
    return best


@pytest.mark.parametrize("bomb", MANY_FRAMES, ids=lambda bomb: bomb.__name__)
def test_many_frames_cost_what_each_of_them_costs(bomb: Callable[[int], list[bytes]]) -> None:
    few, many = captured(bomb(_FEW)), captured(bomb(_FEW * _TIMES))
    assert _dissected_in(many) < _dissected_in(few) * _SQUARE / 3


@pytest.mark.parametrize("bomb", ONE_FRAME, ids=lambda bomb: bomb.__name__)
def test_a_large_frame_costs_what_its_bytes_cost(bomb: Callable[[int], bytes]) -> None:
    small, large = captured([bomb(_SMALL)]), captured([bomb(_SMALL * _TIMES)])
    # What has a limit costs next to nothing; a thousandth of a second is nothing as well.
    assert _seconds(large) < max(_seconds(small), 0.001) * _SQUARE / 3


@pytest.mark.parametrize("bomb", ONE_FRAME, ids=lambda bomb: bomb.__name__)
def test_a_large_frame_takes_no_more_memory_than_so_many_times_its_size(
    bomb: Callable[[int], bytes],
) -> None:
    frames = captured([bomb(100_000)])
    tracemalloc.start()
    try:
        for packet in dissect(frames):
            read_all(packet)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 1200 * len(frames[0].data)
