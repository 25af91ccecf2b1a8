"""Dividing a capture into parts of which none has a share in the dissection of another.

Every part holds whole conversations: all their frames at all points, the ICMP errors that quote
them, the fragments that carry them, the control connections that announced them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from wirelab.verify.collector import paused
from wirelab.verify.columns.announced import CONTROL, Announced
from wirelab.verify.columns.batch import batches
from wirelab.verify.columns.hidden import ECHO, Hidden, keys_of, may_ask_for_transfer
from wirelab.verify.columns.keys import (
    ALL,
    ALONE,
    ARP,
    conversation_key,
    conversation_keys,
    pair_keys,
)
from wirelab.verify.columns.transfers import Transfers
from wirelab.verify.columns.unions import Unions
from wirelab.verify.dissectors.streams import sender_and_receiver

if TYPE_CHECKING:
    from wirelab.verify.columns.batch import Batch
    from wirelab.verify.columns.octets import Words
    from wirelab.verify.columns.table import Table
    from wirelab.verify.packet import Packet

_TCP, _UDP = 6, 17
_ECHOES = {"icmp": (0, 8), "icmpv6": (128, 129)}
_TRANSFER = 8


def divided(table: Table) -> Words:
    """For each frame the key of its part; ALONE for one that nothing has a share in."""
    return _Division(table).keys()


class _Division:
    """The division of one capture."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._keys = np.full(len(table), ALONE, np.uint64)
        self._unions = Unions()
        self._hidden = Hidden(table)
        self._announced = Announced()
        self._transfers = Transfers()
        self._undivided = False

    def keys(self) -> Words:
        with paused():
            for batch in batches(self._table):
                self._plain(batch)
                self._unseen(batch)
                self._announce(batch)
                self._transfer(batch)
        if self._undivided:
            return np.full(len(self._table), ALL, np.uint64)
        return self._unions.represented(self._keys)

    def _plain(self, batch: Batch) -> None:
        """The frames whose keys the columns tell; the key of a quoted packet is the error's."""
        mine, stack = self._keys[batch.first : batch.behind], batch.stack
        for layers in stack.found.get("arp", ()):
            mine[layers.row] = ARP
        for name, kinds in _ECHOES.items():
            for layers in stack.found.get(name, ()):
                first = stack.octets.number(layers.start, 1)
                echoes = layers.where(np.isin(first, kinds))
                if not layers.quoted:
                    mine[echoes.row] = pair_keys(stack, echoes, ECHO[name])
        for name, protocol in (("tcp", _TCP), ("udp", _UDP)):
            for layers in stack.found.get(name, ()):
                mine[layers.row] = conversation_keys(stack, layers, protocol)

    def _unseen(self, batch: Batch) -> None:
        """The frames that must be dissected to find their keys."""
        for place, packet in self._hidden.add(self._hidden.places(batch)):
            first, *others = keys_of(packet)
            self._keys[place] = first
            for other in others:
                self._unions.join(first, other)
            self._controls(packet)
            self._undivided |= ALL in (first, *others) or may_ask_for_transfer(packet)

    def _controls(self, packet: Packet) -> None:
        """What a hidden frame says on a control connection of FTP."""
        port = CONTROL.to_bytes(2, "big")
        for layer in packet.layers:
            if layer.protocol == "tcp" and layer.end - layer.start >= 20:
                ends = sender_and_receiver(layer)
                if port in (ends[0][-2:], ends[1][-2:]):
                    data, key = layer.data[layer.start + 20 : layer.end], conversation_key(*ends, 6)
                    self._announced.add(data, ends[0][:-2], ends[1][:-2], key)

    def _announce(self, batch: Batch) -> None:
        for layers in batch.stack.found.get("tcp", ()):
            for key, control in self._announced.edges(batch.stack, layers):
                self._unions.join(key, control)

    def _transfer(self, batch: Batch) -> None:
        """Joins what a TFTP transfer may have a share in."""
        self._transfers.look_at(batch)
        for layers in self._transfers.concerned(batch.stack):
            keys = conversation_keys(batch.stack, layers, _UDP)
            pairs = pair_keys(batch.stack, layers, _TRANSFER)
            for key, pair in set(zip(keys.tolist(), pairs.tolist(), strict=True)):
                self._unions.join(key, pair)
        self._undivided |= self._transfers.everywhere
