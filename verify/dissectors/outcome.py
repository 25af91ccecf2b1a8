"""What a dissector hands on, and how one says that bytes are missing."""

from __future__ import annotations

from collections.abc import Callable

from wirelab.verify.layer import Layer

Next = tuple[str, bytes, int, int, int] | None
"""The protocol of the payload; the bytes it lies in; its first byte; the byte behind its last
captured one; the byte behind its last one on the wire. None when nothing follows."""

Dissector = Callable[[Layer], Next]
"""Reads a layer that was just found, and says what follows. It may make the layer shorter, leave
notes in it and in earlier ones, and remember things in its memory."""


def cut(layer: Layer) -> Next:
    """Ends a packet's dissection in a layer whose bytes run out.

    Like in Wireshark the packet is `_ws.short` when the capture cut the frame, and otherwise
    `_ws.malformed`. A quoted packet is neither: ICMP errors quote only as much as they like.
    """
    if layer.stop > layer.end:
        Layer(layer.packet, "_ws.short", layer.data, layer.end, layer.end, layer.end)
    elif not layer.quoted:
        Layer(layer.packet, "_ws.malformed", layer.data, layer.end, layer.end, layer.end)
    return None


def give_up(layer: Layer, size: int) -> Next:
    """Ends a packet's dissection at a header that contradicts itself.

    Args:
        layer: the layer of the header.
        size: how many bytes of it are still believed.
    """
    layer.end = layer.start + size
    return None
