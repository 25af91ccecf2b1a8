"""What came to an interface that sends: from the lab, or from other interfaces of the replay."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np

from wirelab.traffic.replay.arrival import Others

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from wirelab.emulator import Captured
    from wirelab.verify.columns.octets import Ints

_AT_ONCE = 1 << 12


@dataclass(frozen=True)
class Back:
    """What came back to an interface."""

    others: Others
    """What the lab sent, or made of what it was sent."""
    replayed: int
    """How many frames other interfaces of the replay sent, and nobody changed."""


def told_apart(came: Iterable[Captured], sent: Iterable[bytes], loops: int) -> Back:
    """Tell what the lab sent from what the replay sent.

    Each frame that was sent counts once, so an answer of the lab that is the same as a replayed one
    is still the lab's. Sixteen bytes are kept of each frame that was sent, whatever its size.

    Args:
        came: the frames that came to an interface.
        sent: those that other interfaces send in each loop.
        loops: how often they do.
    """
    keys = np.fromiter(map(hash, sent), np.int64)  # of 64 bits, keyed (PEP 456)
    known, counts = np.unique(keys, return_counts=True)
    left, others, replayed = counts * loops, Others(), 0
    for frames in _batches(came):
        for frame, place in zip(frames, _places(known, frames), strict=True):
            if place >= 0 and left[place]:
                left[place] -= 1
                replayed += 1
            else:
                others.add(frame)
    return Back(others, replayed)


def _places(known: Ints, frames: list[Captured]) -> list[int]:
    """Where each frame is among those that were sent; -1 where it is none of them."""
    keys = np.array([hash(frame.data) for frame in frames], np.int64)
    if not len(known):
        return [-1] * len(keys)
    at = np.minimum(np.searchsorted(known, keys), len(known) - 1)
    found: list[int] = np.where(known[at] == keys, at, -1).tolist()
    return found


def _batches(frames: Iterable[Captured]) -> Iterator[list[Captured]]:
    rest = iter(frames)
    while some := list(islice(rest, _AT_ONCE)):
        yield some
