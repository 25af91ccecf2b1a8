"""Checksums of many frames at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from wirelab.traffic.replay.rewrite.ones import MODULUS

if TYPE_CHECKING:
    from wirelab.traffic.replay.rewrite.packed import Ints
    from wirelab.traffic.replay.rewrite.plain import Octets


def update(octets: Octets, at: Ints, delta: Ints, *, of_udp: bool = False) -> None:
    """Update checksums (RFC 1624), as `ones.updated` does; UDP's 0 says that there is none."""
    old = octets.two[at]
    stays = delta % MODULUS == 0
    if of_udp:
        stays |= old == 0
    sums = ((MODULUS ^ old.astype(np.int64)) + delta) % MODULUS
    new = MODULUS ^ np.where(sums == 0, MODULUS, sums)
    if of_udp:
        new = np.where(new == 0, MODULUS, new)
    octets.two[at] = np.where(stays, old, new)


def compute(octets: Octets, at: Ints, covered: Ints, *, of_udp: bool = False) -> None:
    """Compute checksums, as `ones.complement` does; UDP's 0 says that there is none.

    Args:
        octets: the bytes in which they are.
        at: where they are.
        covered: the sums of all that they cover, themselves included.
        of_udp: whether 0 says that there is none.
    """
    old = octets.two[at]
    sums = covered - old
    folded = sums % MODULUS
    new = MODULUS ^ np.where((folded == 0) & (sums != 0), MODULUS, folded)
    if of_udp:
        new = np.where(old == 0, 0, np.where(new == 0, MODULUS, new))
    octets.two[at] = new


def header_sums(octets: Octets, at: Ints, size: int) -> Ints:
    """The sums of a few bytes, as many at each place; an even number."""
    found = np.zeros(len(at), np.int64)
    for offset in range(0, size, 2):
        found += octets.two[at + offset]
    return found


def sums(octets: Octets, start: Ints, length: Ints) -> Ints:
    """The sums of the bytes at some places; two at least at each."""
    found = np.zeros(len(start), np.int64)
    for odd in (0, 1):
        which = np.flatnonzero(start % 2 == odd)
        if not len(which):
            continue
        # What is summed is converted as a whole: no more of it than these frames.
        lowest, end = int(start[which].min()), int((start + length)[which].max()) + 2
        aligned = octets.one[lowest : lowest + (end - lowest) // 2 * 2].view("<u2")
        first = (start[which] - lowest) // 2
        bounds = np.stack([first, first + length[which] // 2], axis=1).ravel()
        found[which] = np.add.reduceat(aligned, bounds, dtype=np.int64)[::2]
    last = octets.one[start + length - 1]
    return found + np.where(length % 2 == 1, last, 0)
