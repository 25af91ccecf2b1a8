"""Whether the frames that were sent arrived at the other end of their link, whole and in order.

What else arrives there comes from the sending node's own kernel: the frames that were sent are a
part of what arrived, in their order, and the rest is told apart and counted.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from wirelab.emulator.recorded import Recorded
from wirelab.traffic.replay.segments import Large
from wirelab.verify.dissect import dissect
from wirelab.verify.frame import Frame
from wirelab.verify.summary import summarized

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from wirelab.emulator import Captured

Wanted = bytes | Large
"""A frame that was sent: as it has to arrive, or in pieces."""

_MOST_NAMED = 10_000
"""So many frames that nobody asked for are dissected to be named; others are only counted."""


@dataclass(frozen=True)
class Arrival:
    """What arrived at the far end of a link."""

    expected: int
    """Frames that were sent."""
    arrived: int
    """How many of them arrived, in whatever order."""
    first_missing: int | None
    """Which of them did not, the first, counted from 0; None when all did."""
    in_order: bool
    """Whether those that arrived did so in the order in which they were sent."""
    others: tuple[Captured, ...]
    """Frames that came besides, as many as are kept to be named."""
    other_count: int
    """How many these are."""

    @property
    def problem(self) -> str:
        """What is wrong; "" when everything arrived in order."""
        if self.first_missing is not None:
            return f"{self.expected - self.arrived} of {self.expected} frames did not arrive"
        return "" if self.in_order else "the frames arrived in another order"


class Others:
    """Frames that nobody asked for: all are counted, the first are kept to be named."""

    def __init__(self) -> None:
        self.kept: list[Captured] = []
        self.count = 0

    def add(self, frame: Captured) -> None:
        """Count one."""
        self.count += 1
        if len(self.kept) < _MOST_NAMED:
            self.kept.append(frame)


def compared(
    expected: Callable[[], Iterator[Wanted]], arrived: Callable[[], Iterable[Captured]]
) -> Arrival:
    """Compare what arrived with what was sent.

    Args:
        expected: gives what was sent, from the start each time it is called.
        arrived: gives what came, likewise.
    """
    rest, found, others = expected(), 0, Others()
    wanted = next(rest, None)
    for frame in arrived():
        if isinstance(wanted, Large):
            good = wanted.takes(frame.data)
            done = good and wanted.whole
        else:
            good = done = frame.data == wanted
        if done:
            found += 1
            wanted = next(rest, None)
        elif not good:
            others.add(frame)
    if wanted is None:
        return Arrival(found, found, None, True, tuple(others.kept), others.count)
    return _incomplete(expected, arrived)


def _incomplete(
    expected: Callable[[], Iterator[Wanted]], arrived: Callable[[], Iterable[Captured]]
) -> Arrival:
    """Find out what is missing, or else that only the order is another.

    A frame that arrives in pieces counts as missing here: in which order they came is unknown.
    """
    there = Counter(hash(frame.data) for frame in arrived())
    found, number, first, others = 0, -1, None, Others()
    mine: Counter[int] = Counter()
    for number, data in enumerate(expected()):
        key = 0 if isinstance(data, Large) else hash(data)
        if not isinstance(data, Large) and there[key] > mine[key]:
            mine[key] += 1
            found += 1
        elif first is None:
            first = number
    for frame in arrived():
        key = hash(frame.data)
        if mine[key]:
            mine[key] -= 1
        else:
            others.add(frame)
    return Arrival(number + 1, found, first, False, tuple(others.kept), others.count)


def arriving(captured: Sequence[Captured], point: str) -> Iterable[Captured]:
    """Return the frames that came to a capture point, without those that its own node sent."""
    if isinstance(captured, Recorded):
        return captured.at(point, outgoing=False)
    return (frame for frame in captured if frame.point == point and not frame.outgoing)


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
