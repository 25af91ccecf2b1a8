"""IPv4 fragments of UDP and TCP: which of them may complete a datagram, and of which protocols.

The frame that completes a datagram comes behind its first fragment, whose ports are known, or is
that fragment. All others carry nothing but data.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from wirelab.verify.columns.keys import reassembly_keys
from wirelab.verify.columns.protocols import IN_TCP, bits
from wirelab.verify.columns.transport import protocols_of_datagrams

if TYPE_CHECKING:
    from wirelab.verify.columns.layers import Stack

_TCP, _UDP, _NUMBER_OFFSET = 6, 17, 9
_DATA = bits(("data",))


class Fragments:
    """The first fragments that were seen so far."""

    def __init__(self) -> None:
        self._may_carry: dict[int, int] = {}

    def doubt(self, stack: Stack) -> None:
        """Takes in the next fragments, and doubts what those carry that may complete a datagram."""
        for layers, offset in stack.fragments:
            keys = reassembly_keys(stack, layers)
            protocol = stack.octets.number(layers.network + _NUMBER_OFFSET, 1)
            first = offset == 0
            carried = np.full(len(layers), np.uint64(IN_TCP | bits(("tcp",))))
            datagrams = first & (protocol == _UDP)
            carried[datagrams] = protocols_of_datagrams(stack, layers.where(datagrams))
            for key, may in zip(keys[first].tolist(), carried[first].tolist(), strict=True):
                self._may_carry[key] = self._may_carry.get(key, _DATA) | may
            known = [self._may_carry.get(key, 0) for key in keys.tolist()]
            doubted = np.array(known, np.uint64)
            stack.unknown[layers.row] |= doubted
            stack.context[layers.row] |= doubted
            stack.add("data", layers.where((doubted == 0) & (layers.start < layers.end)))
