"""ARP says of every host what is so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wirelab.verify.laws.scene import BROADCAST, packed_mac
from wirelab.verify.violation import Violation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wirelab.verify.laws.scene import Scene
    from wirelab.verify.layer import Layer

_HEAD = b"\x00\x01\x08\x00\x06\x04"
"""Ethernet and IPv4, and the lengths of their addresses (RFC 826)."""
_REQUEST, _REPLY = 1, 2
_NOTHING = (bytes(6), BROADCAST)
"""What a request has in place of the address for which it asks; the latter from arping."""


def arp(scene: Scene) -> Iterator[Violation]:
    """A message is about Ethernet and IPv4, from who sends it; hosts claim only what is theirs.

    An answer comes after a question for that address from who gets it.
    """
    asked: set[tuple[object, ...]] = set()
    for layer in scene.layers("arp"):
        for text in (*_wrong(scene, layer), *_unasked(layer, asked)):
            yield Violation("arp", layer.packet.frame.number, text)


def _wrong(scene: Scene, layer: Layer) -> Iterator[str]:
    message, frame = layer.data[layer.start : layer.end], layer.data[: layer.start]
    if message[:6] != _HEAD or len(message) != 28:
        yield "the message is not about Ethernet and IPv4"
        return
    opcode, hardware, address = message[7], message[8:14], message[14:18]
    target, wanted = message[18:24], message[24:28]
    if message[6] or opcode not in (_REQUEST, _REPLY):
        yield f"the opcode is {int.from_bytes(message[6:8], 'big')}"
    if frame[6:12] != hardware:
        yield "the sender speaks for another station"
    way = scene.way(layer.packet.frame.point, address)
    if way is not None and packed_mac(way.mac) != hardware:
        yield "the sender's IP address is another station's"
    if opcode == _REPLY and address != wanted and target != frame[:6]:
        yield "the answer is not for the station to which it goes"
    if opcode == _REQUEST and target not in _NOTHING:
        yield "the question has the answer in it"


def _unasked(layer: Layer, asked: set[tuple[object, ...]]) -> Iterator[str]:
    """Note a question, or look for that of an answer; an announcement needs none."""
    message, point = layer.data[layer.start : layer.end], layer.packet.frame.point
    if len(message) != 28 or message[14:18] == message[24:28]:
        return
    if message[7] == _REQUEST:
        asked.add((point, message[8:14], message[24:28]))
    elif message[7] == _REPLY and (point, message[18:24], message[14:18]) not in asked:
        yield "an answer for which nobody asked"
