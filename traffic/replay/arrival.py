"""Whether the frames that were sent arrived at the other end of their link, whole and in order.

What else arrives there comes from the sending node's own kernel: the frames that were sent are a
part of what arrived, in their order, and the rest is told apart and counted.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from wirelab.verify.dissect import dissect
from wirelab.verify.frame import Frame
from wirelab.verify.summary import summarized

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from wirelab.emulator import Captured

_MOST_NAMED = 10_000
"""So many frames that nobody asked for are dissected to name them; those beyond are only counted."""


@dataclass(frozen=True)
class Arrival:
    """What arrived at the far end of a link."""

    expected: int
    """Frames that were sent."""
    arrived: int
    """How many of them arrived, in whatever order."""
    first_missing: int | None
    """Which of them did not, the first; None when all did."""
    in_order: bool
    """Whether those that arrived did so in the order in which they were sent."""
    others: tuple[Captured, ...]
    """Frames that came besides, as many as are kept to be named."""
    other_count: int
    """How many these are."""

    @property
    def problems(self) -> tuple[str, ...]:
        """What is wrong: nothing when everything arrived in order."""
        if self.first_missing is not None:
            return (f"{self.expected - self.arrived} of {self.expected} frames did not arrive",)
        return () if self.in_order else ("the frames arrived in another order",)


def compared(
    expected: Callable[[], Iterator[bytes]], arrived: Callable[[], Iterable[Captured]]
) -> Arrival:
    """Compare what arrived with what was sent.

    Args:
        expected: gives what was sent, from the start each time it is called.
        arrived: gives what came, likewise.
    """
    rest, found, others, other_count = expected(), 0, [], 0
    wanted = next(rest, None)
    for frame in arrived():
        if wanted is not None and frame.data == wanted:
            found += 1
            wanted = next(rest, None)
        else:
            other_count += 1
            if len(others) < _MOST_NAMED:
                others.append(frame)
    if wanted is None:
        return Arrival(found, found, None, True, tuple(others), other_count)
    return _incomplete(expected, arrived)


def _incomplete(
    expected: Callable[[], Iterator[bytes]], arrived: Callable[[], Iterable[Captured]]
) -> Arrival:
    """Find out what is missing, or else that only the order is another."""
    there = Counter(hash(frame.data) for frame in arrived())
    total, found, first = 0, 0, None
    mine: Counter[int] = Counter()
    for number, data in enumerate(expected()):
        total += 1
        key = hash(data)
        if there[key] > mine[key]:
            mine[key] += 1
            found += 1
        elif first is None:
            first = number
    others = []
    other_count = 0
    for frame in arrived():
        key = hash(frame.data)
        if mine[key]:
            mine[key] -= 1
        else:
            other_count += 1
            if len(others) < _MOST_NAMED:
                others.append(frame)
    return Arrival(total, found, first, False, tuple(others), other_count)


def named(frames: Iterable[Captured], count: int) -> dict[str, int]:
    """Return how many frames there are of each protocol, the most first.

    Args:
        frames: frames.
        count: how many they are, with those that are not given.
    """
    first = list(islice(frames, _MOST_NAMED))
    made = [
        Frame(number, each.time, "", each.data, len(each.data))
        for number, each in enumerate(first, 1)
    ]
    kinds = Counter(summarized(packet).protocol for packet in dissect(made))
    told = dict(kinds.most_common())
    return told | ({"not looked at": count - len(first)} if count > len(first) else {})
