"""FTP's data connections: which conversations belong to a control connection.

Looked for is whatever might announce one: the texts of addresses and ports anywhere in what goes
over a control connection. One that announces nothing only makes that more is dissected together.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from wirelab.verify.columns.keys import conversation_keys, end_key, end_keys
from wirelab.verify.dissectors.ftp import announced_ends

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wirelab.verify.columns.layers import Layers, Stack
    from wirelab.verify.columns.octets import Words

CONTROL = 21
"""The port of control connections (RFC 959 8)."""
_TCP = 6


class Announced:
    """The data connections that may have been announced so far."""

    def __init__(self) -> None:
        self._ends: dict[int, set[int]] = {}

    def add(self, data: bytes, source: bytes, destination: bytes, key: int) -> None:
        """Takes in what went over a control connection.

        Args:
            data: the bytes of a segment.
            source: the address from which it came.
            destination: the address to which it went.
            key: the key of the connection.
        """
        for end in announced_ends(data, source):
            for other in (source, destination):
                self._ends.setdefault(end_key(end, other), set()).add(key)

    def edges(self, stack: Stack, layers: Layers) -> Iterator[tuple[int, int]]:
        """Which of the connections belong to which control connections, by their keys."""
        self._look_at(stack, layers)
        if not self._ends:
            return
        known = np.array(list(self._ends), np.uint64)
        keys = conversation_keys(stack, layers, _TCP)
        for ends in end_keys(stack, layers):
            found = np.isin(ends, known)
            pairs = zip(keys[found].tolist(), ends[found].tolist(), strict=True)
            for key, end in set(pairs):
                yield from ((key, control) for control in self._ends[end])

    def _look_at(self, stack: Stack, layers: Layers) -> None:
        if layers.quoted:
            return
        ports = stack.octets.number(layers.start, 4)
        control = layers.where((ports >> 16 == CONTROL) | (ports & 0xFFFF == CONTROL))
        keys: Words = conversation_keys(stack, control, _TCP)
        data = stack.octets.data
        columns = (control.start, control.end, control.network, keys)
        for start, end, network, key in zip(*(each.tolist() for each in columns), strict=True):
            self.add(bytes(data[start + 20 : end]), *_ends(bytes(data[network:start])), key)


def _ends(header: bytes) -> tuple[bytes, bytes]:
    """The addresses in an IP header."""
    if header[0] >> 4 == 6:
        return header[8:24], header[24:40]
    return header[12:16], header[16:20]
