"""Mutants that leave every frame as it is: other times, places, numbers."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

from wirelab.verify.mutate.mutant import Mutant, in_time
from wirelab.verify.operator import Operator

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wirelab.verify.frame import Frame
    from wirelab.verify.mutate.subject import Subject

LATE = 60_000_000_000
"""By how much a frame is delayed, in nanoseconds: a minute, more than any lab's timer."""
_SOON = 1_000
"""How long after a frame its duplicate comes, in nanoseconds."""


def dropped(subject: Subject) -> Iterator[Mutant]:
    """Without each frame that matters."""
    frames = subject.capture.frames
    for at, frame in _places(subject):
        yield _mutant(subject, Operator.DROP, frame, (*frames[:at], *frames[at + 1 :]))


def duplicated(subject: Subject) -> Iterator[Mutant]:
    """With each frame that matters twice, a microsecond apart."""
    frames = subject.capture.frames
    for at, frame in _places(subject):
        again = replace(frame, time=frame.time + _SOON)
        spoilt = in_time((*frames[: at + 1], again, *frames[at + 1 :]))
        yield _mutant(subject, Operator.DUPLICATE, frame, spoilt)


def swapped(subject: Subject) -> Iterator[Mutant]:
    """With each two neighbours at a point that matter in each other's place."""
    for point in {frame.point: None for frame in subject.matter}:
        there = [(at, frame) for at, frame in enumerate(subject.capture.frames)]
        there = [(at, frame) for at, frame in there if frame.point == point]
        for (one, first), (other, second) in pairwise(there):
            if first.number in subject.taken and second.number in subject.taken:
                yield _swap(subject, one, other)


def _swap(subject: Subject, one: int, other: int) -> Mutant:
    frames = list(subject.capture.frames)
    first, second = frames[one], frames[other]
    frames[one] = replace(second, time=first.time)
    frames[other] = replace(first, time=second.time)
    mutant = _mutant(subject, Operator.SWAP, first, tuple(frames))
    return replace(mutant, other=subject.taken[second.number])


def delayed(subject: Subject) -> Iterator[Mutant]:
    """With each frame that matters late, and with each but the first and all after it late."""
    frames = subject.capture.frames
    first = True
    for at, frame in _places(subject):
        alone = (*frames[:at], _late(frame), *frames[at + 1 :])
        yield _mutant(subject, Operator.DELAY, frame, in_time(alone), "it alone")
        rest = (*frames[:at], *map(_late, frames[at:]))
        if not first and at + 1 < len(frames):
            yield _mutant(subject, Operator.DELAY, frame, rest, "with all after it")
        first = False


def _late(frame: Frame) -> Frame:
    return replace(frame, time=frame.time + LATE)


def moved(subject: Subject) -> Iterator[Mutant]:
    """With each frame that matters at each other point."""
    frames = subject.capture.frames
    names = [point.name for point in subject.capture.points]
    for at, frame in _places(subject):
        for name in names:
            if name != frame.point:
                spoilt = (*frames[:at], replace(frame, point=name), *frames[at + 1 :])
                yield _mutant(subject, Operator.MOVE, frame, spoilt, f"to {name}")


def _places(subject: Subject) -> Iterator[tuple[int, Frame]]:
    for at, frame in enumerate(subject.capture.frames):
        if frame.number in subject.taken:
            yield at, frame


def _mutant(
    subject: Subject, operator: Operator, frame: Frame, frames: tuple[Frame, ...], what: str = ""
) -> Mutant:
    step = subject.taken[frame.number]
    return Mutant(operator, frame.number, frame.point, step, frames, what)
