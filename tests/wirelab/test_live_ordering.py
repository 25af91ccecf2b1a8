"""Frames of several points leave in the order of their times, none later than it must."""

from hypothesis import given
from hypothesis import strategies as st

from wirelab.emulator import Captured
from wirelab.live.ordering import Ordering


def _frame(time: int, point: str = "a") -> Captured:
    return Captured(time, point, b"", outgoing=False)


def _times(frames: object) -> list[int]:
    return [frame.time for frame in frames]  # type: ignore[attr-defined]


def test_a_frame_waits_for_an_earlier_one_that_is_read_later() -> None:
    ordering = Ordering(hold=10)
    ordering.take(_frame(1002), now=0)
    ordering.take(_frame(1001, "b"), now=5)
    assert list(ordering.leaving(now=9)) == []
    assert _times(ordering.leaving(now=10)) == [1001, 1002]
    assert ordering.due == 15  # as the second would by itself


def test_it_is_told_when_the_next_may_leave() -> None:
    ordering = Ordering(hold=10)
    assert ordering.due is None
    ordering.take(_frame(1), now=100)
    assert ordering.due == 110
    assert _times(ordering.leaving(now=110)) == [1]
    assert ordering.due is None


def test_without_hold_frames_leave_as_they_come() -> None:
    ordering = Ordering(hold=0)
    ordering.take(_frame(7), now=3)
    assert _times(ordering.leaving(now=3)) == [7]


def test_nothing_passes_a_point_that_is_behind() -> None:
    ordering = Ordering(hold=10)
    for time in (1, 5, 9):
        ordering.take(_frame(time), now=0)
    assert _times(ordering.leaving(now=100, unread=5)) == [1, 5]
    assert _times(ordering.leaving(now=100)) == [9]


def test_a_clock_that_is_set_back_holds_nothing_up() -> None:
    ordering = Ordering(hold=10)
    ordering.take(_frame(5_000), now=0)
    assert _times(ordering.leaving(now=10)) == [5_000]
    ordering.take(_frame(17), now=20)
    assert _times(ordering.leaving(now=30)) == [17]


def test_the_rest_leaves_at_the_end() -> None:
    ordering = Ordering(hold=10)
    for time in (3, 1, 2):
        ordering.take(_frame(time), now=0)
    assert _times(ordering.rest()) == [1, 2, 3]
    assert _times(ordering.rest()) == []


@given(
    st.lists(st.tuples(st.integers(0, 500), st.integers(0, 9), st.sampled_from("abc")), max_size=60)
)
def test_all_leave_in_order_when_none_comes_later_than_the_hold(
    frames: list[tuple[int, int, str]],
) -> None:
    """Each frame is read up to 9 ticks after it passed; the hold is 10."""
    ordering, left = Ordering(hold=10), list[int]()
    for passed, late, point in sorted(frames, key=lambda each: each[0] + each[1]):
        ordering.take(_frame(passed, point), now=passed + late)
        left += _times(ordering.leaving(now=passed + late))
    left += _times(ordering.rest())
    assert left == sorted(passed for passed, _late, _point in frames)
