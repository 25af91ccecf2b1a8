"""What a dissector hands on, and how one says that bytes are missing."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from wirelab.verify.layer import Layer

if TYPE_CHECKING:
    from wirelab.verify.dissectors.memory import Memory
    from wirelab.verify.packet import Packet

Next = tuple[str, bytes, int, int, int] | None
"""The protocol of the payload; the bytes it lies in; its first byte; the byte behind its last
captured one; the byte behind its last one on the wire. None when nothing follows."""

Dissector = Callable[["Memory", "Packet", bytes, int, int, int], Next]
"""Adds its layer to a packet and says what follows; the arguments behind the packet are those of
`Next`."""


def cut(layer: Layer) -> None:
    """Ends a packet's dissection in a layer whose bytes run out.

    Like in Wireshark the packet is `_ws.short` when the capture cut the frame, and otherwise
    `_ws.malformed`. A quoted packet is neither: ICMP errors quote only as much as they like.
    """
    if layer.stop > layer.end:
        Layer(layer.packet, "_ws.short", layer.data, layer.end, layer.end, layer.end)
    elif not layer.quoted:
        Layer(layer.packet, "_ws.malformed", layer.data, layer.end, layer.end, layer.end)
