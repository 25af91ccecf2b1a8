"""A mutant: a capture with one thing in it that is not as it was."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from wirelab.verify.capture import Capture
    from wirelab.verify.frame import Frame
    from wirelab.verify.operator import Operator


@dataclass(frozen=True, slots=True)
class Mutant:
    """A capture that an expectation should reject, and how it came about."""

    operator: Operator
    """What was done."""
    frame: int
    """The number of the frame to which it was done, in the capture as it was."""
    point: str
    """The capture point of that frame."""
    step: str
    """The step that took the frame; "" for none."""
    frames: tuple[Frame, ...] = field(repr=False)
    """The frames of the mutant, in order; their numbers are still the old ones."""
    subject: str = ""
    """The field that was altered, or what else was done, in a word or two."""
    before: str = ""
    """The field's value before."""
    after: str = ""
    """Its value now."""
    other: str = ""
    """The step of a second frame that was touched; "" for none."""

    def capture(self, original: Capture) -> Capture:
        """The mutant as a capture."""
        numbered = tuple(
            frame if frame.number == number else replace(frame, number=number)
            for number, frame in enumerate(self.frames, start=1)
        )
        return replace(original, frames=numbered)


def in_time(frames: Iterable[Frame]) -> tuple[Frame, ...]:
    """The frames in the order of their times; those of one time as they stood."""
    return tuple(sorted(frames, key=lambda frame: frame.time))


def without_change(original: Capture, frames: tuple[Frame, ...]) -> bool:
    """Whether frames are those of the capture after all."""
    before = [_content(frame) for frame in original.frames]
    return before == [_content(frame) for frame in frames]


def _content(frame: Frame) -> tuple[object, ...]:
    return (frame.time, frame.point, frame.data, frame.length, frame.outgoing)
