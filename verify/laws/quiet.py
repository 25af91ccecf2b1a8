"""A capture of the lab has no long silences."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from wirelab.verify.violation import Violation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wirelab.verify.laws.scene import Scene

LONGEST = 30
"""Seconds; no client of the lab thinks, and no timer of a protocol in it is so long."""


def pauses(scene: Scene) -> Iterator[Violation]:
    """Something happens all the time, until nothing does any more."""
    for one, other in pairwise(scene.packets):
        pause = (other.frame.time - one.frame.time) / 1_000_000_000
        if pause > LONGEST:
            text = f"{pause:.1f} s after the frame before it"
            yield Violation("pause", other.frame.number, text)
