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
    from wirelab.verify.columns.layers import Layers, Stack
    from wirelab.verify.columns.octets import Words

_UDP, _NUMBER_OFFSET = 17, 9
_DATA = bits(("data",))


class Fragments:
    """The first fragments that were seen so far."""

    def __init__(self) -> None:
        self._may_carry: dict[int, int] = {}

    def doubt(self, stack: Stack) -> None:
        """Takes in the next fragments, and doubts what those carry that may complete a datagram."""
        keyed = [
            (layers, at == 0, reassembly_keys(stack, layers)) for layers, at in stack.fragments
        ]
        for layers, first, keys in keyed:
            self._begin(stack, layers.where(first), keys[first])
        for layers, _, keys in keyed:
            doubted = np.array([self._may_carry.get(key, 0) for key in keys.tolist()], np.uint64)
            stack.unknown[layers.row] |= doubted
            stack.context[layers.row] |= doubted
            stack.add("data", layers.where((doubted == 0) & (layers.start < layers.end)))

    def _begin(self, stack: Stack, layers: Layers, keys: Words) -> None:
        """Takes in the fragments that begin datagrams."""
        protocol = stack.octets.number(layers.network + _NUMBER_OFFSET, 1)
        carried = np.full(len(layers), np.uint64(IN_TCP | bits(("tcp",))))
        datagrams = protocol == _UDP
        carried[datagrams] = protocols_of_datagrams(stack, layers.where(datagrams))
        for key, may in zip(keys.tolist(), carried.tolist(), strict=True):
            self._may_carry[key] = self._may_carry.get(key, _DATA) | may
