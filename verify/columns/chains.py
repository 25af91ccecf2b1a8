"""Where the records of a file start, without looking at one after the other.

Each record says where the next one starts, so that they form a chain. From guessed starts all over
the file many chains are followed at once. A guess counts only where the chain before it lands
exactly on it; as the first start is certain, so is then every other one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    from wirelab.verify.columns.octets import Ints, Mask

Following = Callable[["Ints"], "Ints"]
"""For the starts of records, where the next ones start; -1 for what is no ordinary record."""


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
    starts = np.unique(np.array([first, *(each for each in guesses if first < each < end)]))
    starts = starts.astype(np.int64)
    visited, landed = _followed(starts, end, following)
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


def _in_order(visited: list[tuple[Ints, Ints]], true: Mask, by_hand: list[int]) -> Ints:
    """The places that the true chains visited: chain after chain, step after step."""
    steps = np.zeros(len(true) + 1, np.int64)
    for chain, _ in visited:
        steps[chain + 1] += true[chain]
    first = np.cumsum(steps)
    places = np.empty(first[-1], np.int64)
    for step, (chain, at) in enumerate(visited):
        kept = true[chain]
        places[first[chain[kept]] + step] = at[kept]
    return np.sort(np.append(places, by_hand)).astype(np.int64) if by_hand else places


def _followed(starts: Ints, end: int, following: Following) -> tuple[list[tuple[Ints, Ints]], Ints]:
    """Follows the chains, each as far as the start of the next.

    Returns:
        The chains and places visited in each step, and where each chain landed.
    """
    limits = np.append(starts[1:], end)
    landed = starts.copy()
    chain, at = np.arange(len(starts)), starts
    visited = []
    while len(chain):
        visited.append((chain, at))
        after = following(at)
        landed[chain] = after
        on = (after > at) & (after < limits[chain])
        chain, at = chain[on], after[on]
    return visited, landed
