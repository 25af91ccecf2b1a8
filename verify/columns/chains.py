"""Where the records of a file start, without looking at one after the other.

Each record says where the next one starts, so that they form a chain. From guessed starts all over
the file many chains are followed at once. A guess counts only where the chain before it lands
exactly on it; as the first start is certain, so is then every other one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from wirelab.verify.columns.ahead import ahead

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from wirelab.verify.columns.octets import Ints, Mask

Following = Callable[["Ints"], "Ints"]
"""For the starts of records, where the next ones start; -1 for what is no ordinary record."""

_TOGETHER = 1 << 11
"""So many chains are followed together."""


def chained(first: int, end: int, guesses: Iterable[int], following: Following) -> Ints | None:
    """The starts of all records, in order.

    Args:
        first: where the first record starts.
        end: the byte behind the last one.
        guesses: places at which records may start; wrong ones only cost time.
        following: follows the chain.

    Returns:
        None where a record is not ordinary, or the last one does not end at the end.
    """
    starts = np.array(sorted({first, *(each for each in guesses if first < each < end)}), np.int64)
    landed = np.empty_like(starts)
    visited: list[_Step] = []
    for group, ends, steps in ahead(_follower(starts, end, following), _groups(len(starts))):
        landed[group] = ends
        visited += steps
    places = {int(start): number for number, start in enumerate(starts)}
    true = np.zeros(len(starts), bool)
    by_hand: list[int] = []
    at = first
    while 0 <= at < end:
        number = places.get(at)
        if number is not None:
            true[number] = True
            at = int(landed[number])
        else:
            by_hand.append(at)
            at = int(following(np.array([at], np.int64))[0])
    if at != end:
        return None
    return _in_order(visited, true, by_hand)


@dataclass(frozen=True, slots=True)
class _Step:
    """The places where some chains are after so many records."""

    number: int
    chain: Ints
    at: Ints


def _in_order(visited: list[_Step], true: Mask, by_hand: list[int]) -> Ints:
    """The places that the true chains visited: chain after chain, step after step."""
    steps = np.zeros(len(true) + 1, np.int64)
    for step in visited:
        steps[step.chain + 1] += true[step.chain]
    first = np.cumsum(steps)
    places = np.empty(first[-1], np.int64)
    for step in visited:
        kept = true[step.chain]
        places[first[step.chain[kept]] + step.number] = step.at[kept]
    return np.sort(np.append(places, by_hand)).astype(np.int64) if by_hand else places


def _groups(chains: int) -> Iterator[slice]:
    """The chains, so many at once that the file's pages that they are in stay at hand."""
    for first in range(0, chains, _TOGETHER):
        yield slice(first, min(first + _TOGETHER, chains))


def _follower(
    starts: Ints, end: int, following: Following
) -> Callable[[slice], tuple[slice, Ints, list[_Step]]]:
    """Make what follows a group of chains, each as far as the start of the next.

    It returns the group, where each of its chains landed, and the steps.
    """
    limits = np.append(starts[1:], end)

    def follow(group: slice) -> tuple[slice, Ints, list[_Step]]:
        landed, chain = starts[group].copy(), np.arange(group.start, group.stop)
        at = landed.copy()
        steps: list[_Step] = []
        while len(chain):
            steps.append(_Step(len(steps), chain, at))
            after = following(at)
            landed[chain - group.start] = after
            on = (after > at) & (after < limits[chain])
            chain, at = chain[on], after[on]
        return group, landed, steps

    return follow
