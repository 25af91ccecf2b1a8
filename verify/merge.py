"""Putting captures of several points together that were written by themselves."""

from __future__ import annotations

from dataclasses import replace
from itertools import accumulate
from typing import TYPE_CHECKING

from wirelab.verify.capture import Capture
from wirelab.verify.frame import Point

if TYPE_CHECKING:
    from collections.abc import Mapping


def merged(captures: Mapping[str, Capture]) -> Capture:
    """One capture of several points, its frames in the order of time and counted anew.

    The order of each capture's own frames is kept. Whether times of different captures can be
    compared is not known; judge the result with `shared_clock=False` unless one machine took all.

    Args:
        captures: a capture for each point, by the name that the point shall have; all of its
            frames count as captured there.
    """
    frames = [
        (time, replace(frame, point=point))
        for point, capture in captures.items()
        for time, frame in zip(_times(capture), capture.frames, strict=True)
    ]
    frames.sort(key=lambda each: each[0])
    counted = (replace(frame, number=n) for n, (_, frame) in enumerate(frames, 1))
    points = tuple(_point(name, capture) for name, capture in captures.items())
    secrets = tuple(each for capture in captures.values() for each in capture.secrets)
    return Capture(tuple(counted), points, secrets=secrets)


def _times(capture: Capture) -> list[int]:
    """The latest time so far for each frame, so that sorting by it keeps their order."""
    return list(accumulate((frame.time for frame in capture.frames), max))


def _point(name: str, capture: Capture) -> Point:
    """What a capture says about its point, under another name."""
    known = capture.points[0] if len(capture.points) == 1 else Point(name)
    return replace(known, name=name)
