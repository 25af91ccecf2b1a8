"""TFTP transfers, which make that datagrams are not what their ports say.

A request announces a transfer between the client's port and any port of the server. Which that
concerns is not worked out here: once there may have been a request, what datagrams carry is taken
for unknown between the two hosts, or, where the hosts are not known either, between all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from wirelab.verify.columns.hidden import may_ask_for_transfer
from wirelab.verify.columns.keys import pair_keys
from wirelab.verify.columns.local import dissected
from wirelab.verify.columns.protocols import IN_UDP
from wirelab.verify.columns.transport import TFTP

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wirelab.verify.columns.batch import Batch
    from wirelab.verify.columns.layers import Layers, Stack
    from wirelab.verify.columns.octets import Ints, Mask

_NUMBER_OFFSET, _UDP = 9, 17


class Transfers:
    """The transfers that may have been announced so far."""

    def __init__(self) -> None:
        self._pairs: set[int] = set()
        self.everywhere = False
        """Whether one may have been announced between any two hosts."""

    def doubt(self, batch: Batch) -> None:
        """Takes in the requests of the next frames, and doubts what datagrams carry."""
        self.look_at(batch)
        for layers in self.concerned(batch.stack):
            batch.stack.doubt(layers.row, IN_UDP, context=True)
        if self.everywhere or self._pairs:
            for layers, _ in batch.stack.fragments:
                batch.stack.doubt(layers.row, IN_UDP, context=True)

    def concerned(self, stack: Stack) -> Iterator[Layers]:
        """The datagrams whose content is not what their ports say, or may not be."""
        for layers in stack.found.get("udp", ()):
            if self.everywhere:
                yield layers
            elif self._pairs:
                keys = pair_keys(stack, layers)
                yield layers.where(np.isin(keys, np.array(list(self._pairs), np.uint64)))

    def look_at(self, batch: Batch) -> None:
        """Takes in the requests of the next frames."""
        stack = batch.stack
        for layers in stack.found.get("udp", ()):
            asking = _to_tftp(stack.octets.number(layers.start, 4))
            if asking.any():
                self._pairs.update(pair_keys(stack, layers.where(asking)).tolist())
        if not self.everywhere:
            self.everywhere = _in_fragment(stack) or _in_odd_frame(batch)


def _to_tftp(ports: Ints) -> Mask:
    mask: Mask = (ports >> 16 == TFTP) | (ports & 0xFFFF == TFTP)
    return mask


def _in_fragment(stack: Stack) -> bool:
    """Whether a datagram that comes in fragments may be a request."""
    for layers, offset in stack.fragments:
        protocol = stack.octets.number(layers.network + _NUMBER_OFFSET, 1)
        first = layers.where((offset == 0) & (protocol == _UDP))
        tiny = first.end - first.start < 4
        if (tiny | _to_tftp(stack.octets.number(first.start, 4))).any():
            return True
    return False


def _in_odd_frame(batch: Batch) -> bool:
    """Whether a frame of which the columns tell nothing may be a request."""
    places = (batch.first + batch.stack.odd.nonzero()[0]).tolist()
    return any(map(may_ask_for_transfer, dissected(batch.table, places)))
