"""Frames of which the columns do not tell to which conversation they belong.

They are dissected one after the other, in order, so that fragments are put together; that tells
their addresses and ports. What TCP and what lies above make of them is not asked here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from wirelab.verify.columns.keys import (
    ALL,
    ALONE,
    ARP,
    conversation_key,
    fragment_key,
    pair_key,
)
from wirelab.verify.columns.protocols import TUNNELS
from wirelab.verify.columns.transport import TFTP
from wirelab.verify.dissect import Dissection
from wirelab.verify.dissectors.checksum import addresses, network_layer
from wirelab.verify.dissectors.streams import sender_and_receiver

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from wirelab.verify.columns.batch import Batch
    from wirelab.verify.columns.table import Table
    from wirelab.verify.layer import Layer
    from wirelab.verify.packet import Packet

_NUMBERS = {"tcp": 6, "udp": 17}
_ECHOES = {"icmp": (0, 8), "icmpv6": (128, 129)}
ECHO = {"icmp": 1, "icmpv6": 58}
"""The protocol numbers of echoes."""
_UDP = 17
_PORT = TFTP.to_bytes(2, "big")


@dataclass
class Hidden:
    """The dissection of such frames, which goes on from batch to batch."""

    table: Table
    """The capture."""
    dissection: Dissection = field(default_factory=Dissection)
    """What is known of fragments so far."""

    @staticmethod
    def places(batch: Batch) -> list[int]:
        """The places of such frames in a batch."""
        found: list[int] = (batch.first + batch.stack.are_pieces().nonzero()[0]).tolist()
        return found

    def add(self, places: Sequence[int]) -> Iterator[tuple[int, Packet]]:
        """The packets of the next such frames."""
        for place in places:
            yield place, self.dissection.add(self.table[place])


def keys_of(packet: Packet) -> set[int]:
    """The keys of all conversations in which a packet has a share."""
    found = set()
    for layer in packet.layers:
        if layer.protocol == "arp":
            found.add(ARP)
        elif layer.protocol in _NUMBERS and layer.end - layer.start >= 4:
            ends = sender_and_receiver(layer)
            found.add(conversation_key(*ends, _NUMBERS[layer.protocol]) if ends[0][:-2] else ALL)
        elif layer.protocol in _ECHOES and not layer.quoted:
            found |= _echo(layer)
        elif key := piece_of(layer):
            found.add(fragment_key(key))
    return found or {ALONE}


def _echo(layer: Layer) -> set[int]:
    kinds = layer.data[layer.start : min(layer.start + 1, layer.end)]
    if not kinds or kinds[0] not in _ECHOES[layer.protocol]:
        return set()
    pair = addresses(layer)
    return {pair_key(*pair, ECHO[layer.protocol]) if pair[0] else ALL}


def piece_of(layer: Layer) -> bytes | None:
    """What the fragments that belong together with this one have in common; None for others."""
    data, at = layer.data, layer.start
    if layer.quoted or layer.protocol not in ("ip", "ipv6.fraghdr"):
        return None
    if layer.protocol == "ip":
        if layer.end - at < 20 or not int.from_bytes(data[at + 6 : at + 8], "big") & 0x3FFF:
            return None
        return data[at + 4 : at + 6] + data[at + 9 : at + 10] + data[at + 12 : at + 20]
    network = network_layer(layer)
    if layer.end - at < 8 or network.protocol != "ipv6":
        return None
    return network.data[network.start + 8 : network.start + 40] + data[at + 4 : at + 8]


def may_ask_for_transfer(packet: Packet) -> bool:
    """Whether a packet is, or is a part of, a request that announces a TFTP transfer."""
    for layer in packet.layers:
        if layer.quoted:
            return False
        if layer.protocol == "udp" and _PORT in (_head(layer)[:2], _head(layer)[2:]):
            return True
        if piece_of(layer) and _may_begin_request(layer, packet):
            return True
    return False


def _head(layer: Layer) -> bytes:
    return layer.data[layer.start : min(layer.start + 4, layer.end)]


def _may_begin_request(layer: Layer, packet: Packet) -> bool:
    at = layer.start + (9 if layer.protocol == "ip" else 0)
    number = layer.data[at]
    if number != _UDP:
        return number in TUNNELS or (layer.protocol == "ipv6.fraghdr" and number in (0, 43, 44, 60))
    head = _head(packet.layers[-1])
    return len(head) < 4 or _PORT in (head[:2], head[2:])
