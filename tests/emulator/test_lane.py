"""One direction of a wire: what leaves it, in which order, when."""

import random

from hypothesis import given
from hypothesis import strategies as some

from wirelab.emulator.lane import ROOM, Lane, Tally
from wirelab.emulator.quality import Quality


def lane(quality: Quality, seed: int = 0) -> Lane:
    return Lane(quality, random.Random(seed))


def test_a_frame_leaves_when_the_delay_is_over() -> None:
    way = lane(Quality(delay=100))
    way.take(b"frame", 1000)
    assert way.due == 1100
    assert list(way.leaving(1099)) == []
    assert list(way.leaving(1100)) == [b"frame"]
    assert way.due is None


def test_a_frame_waits_until_the_one_before_it_is_sent() -> None:
    way = lane(Quality(delay=5, rate=8_000_000_000))  # a byte in a nanosecond
    for arrived in (1000, 1000, 5000):
        way.take(bytes(100), arrived)
    leaving = []
    while way.due:
        leaving.append(way.due)
        assert len(list(way.leaving(way.due))) == 1
    assert leaving == [1105, 1205, 5105]


def test_the_seed_decides_which_frames_are_lost() -> None:
    def arrived(seed: int) -> list[bytes]:
        way = lane(Quality(loss=30), seed)
        for number in range(200):
            way.take(bytes([number]), number)
        kept = list(way.leaving(200))
        assert way.tally == Tally(carried=len(kept), lost=200 - len(kept))
        return kept

    assert arrived(1) == arrived(1) != arrived(2)
    assert 100 < len(arrived(1)) < 180


def test_there_is_room_for_so_many_frames() -> None:
    way = lane(Quality(delay=10))
    for number in range(ROOM + 3):
        way.take(b"", number)
    assert (len(list(way.leaving(10**9))), way.tally.overflowed) == (ROOM, 3)


@given(
    some.lists(some.tuples(some.integers(0, 2000), some.binary(max_size=50)), max_size=50),
    some.builds(Quality, some.integers(0, 5000), some.floats(0, 100), some.integers(0, 10**9)),
)
def test_frames_leave_once_and_in_order_and_never_early(
    frames: list[tuple[int, bytes]], quality: Quality
) -> None:
    way, now, came, left = lane(quality), 0, [], []
    for pause, data in frames:
        now += pause
        frame = len(came).to_bytes(2, "big") + data
        came.append((now, frame))
        way.take(frame, now)
    while way.due is not None:
        due = way.due
        left += [(due, frame) for frame in way.leaving(due)]
    numbers = [int.from_bytes(frame[:2], "big") for _, frame in left]
    assert numbers == sorted(set(numbers))
    for due, frame in left:
        arrived, as_it_was = came[int.from_bytes(frame[:2], "big")]
        assert frame == as_it_was
        assert due >= arrived + quality.delay
    assert way.tally.carried + way.tally.lost == len(came)
