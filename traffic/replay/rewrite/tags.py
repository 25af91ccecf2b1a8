"""VLAN tags of many frames at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from wirelab.traffic.replay.rewrite.link import TAGS
from wirelab.traffic.replay.rewrite.packed import Packed
from wirelab.traffic.replay.rewrite.plain import Octets
from wirelab.traffic.replay.rewrite.rewriting import Tagging

if TYPE_CHECKING:
    from wirelab.traffic.replay.rewrite.packed import Ints
    from wirelab.traffic.replay.rewrite.rewriting import Vlan


def retagged(packed: Packed, vlan: Vlan) -> Packed:
    """Frames with their outermost tag added, removed or changed; in their own bytes.

    To be added, a tag needs four bytes of nobody in front of each frame.
    """
    octets, start, size = Octets(packed.octets), packed.start.copy(), packed.size.copy()
    if vlan.tagging is Tagging.ADD:
        places = np.flatnonzero(size >= 14)
        _macs_moved(octets, start[places], -4)
        start[places] -= 4
        size[places] += 4
        octets.two[start[places] + 12] = 0x0081
        _number(octets, start[places] + 14, np.full(len(places), vlan.priority << 13 | vlan.number))
        return Packed(packed.octets, start, size)
    is_tagged = (size >= 18) & np.isin(octets.big(start + 12), TAGS)
    if vlan.old is not None:
        is_tagged &= octets.big(start + 14) & 0xFFF == vlan.old
    places = np.flatnonzero(is_tagged)
    if vlan.tagging is Tagging.REMOVE:
        _macs_moved(octets, start[places], 4)
        start[places] += 4
        size[places] -= 4
    else:
        at = start[places] + 14
        _number(octets, at, octets.big(at) & 0xF000 | vlan.number)
    return Packed(packed.octets, start, size)


def _macs_moved(octets: Octets, start: Ints, by: int) -> None:
    first, second = octets.eight[start], octets.four[start + 8]
    octets.eight[start + by], octets.four[start + 8 + by] = first, second


def _number(octets: Octets, at: Ints, number: Ints) -> None:
    octets.two[at] = number.astype(np.uint16).byteswap()
