"""Dissecting single frames of a table, where no other frame has a share in what is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wirelab.verify.dissect import Dissection

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from wirelab.verify.columns.table import Table
    from wirelab.verify.packet import Packet


def dissected(table: Table, places: Sequence[int]) -> Iterator[Packet]:
    """The packets of some frames, in whose dissection only these frames had a share.

    Args:
        table: the capture.
        places: the places of the frames, counted from 0, in order.
    """
    time = table.columns.time
    dissection = Dissection(int(time[0]))
    for place in places:
        yield dissection.add(table[place], int(time[max(place - 1, 0)]))
