"""One protocol layer of a packet: where its bytes are and what the capture knows about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wirelab.verify.field import Value
    from wirelab.verify.packet import Packet


class Layer:
    """A protocol's header and payload within a packet, which it joins as the topmost.

    The offsets are into `data`, which is the frame itself, or a datagram that was put together
    from several frames.
    """

    __slots__ = (
        "below",
        "data",
        "end",
        "memory",
        "notes",
        "packet",
        "protocol",
        "quoted",
        "start",
        "state",
        "stop",
    )

    def __init__(
        self, packet: Packet, protocol: str, data: bytes, start: int, end: int, stop: int
    ) -> None:
        layers = packet.layers
        self.packet = packet
        self.protocol = protocol
        self.data = data
        self.start = start
        """Offset of the layer's first byte."""
        self.end = end
        """Offset behind its last captured byte, payload included, padding not."""
        self.stop = stop
        """Offset behind its last byte on the wire; above `end` when the capture cut the frame."""
        self.below: Layer = layers[-1] if layers else self
        """The layer that carries this one; the frame is carried by itself."""
        self.quoted = packet.quoting
        """Whether the layer is part of a packet that an ICMP error quotes."""
        self.memory = packet.memory
        """What earlier frames of the packet's capture point told."""
        self.state: object = None
        """What the protocol's dissector knows about the layer, for the readers of its fields."""
        self.notes: dict[str, Sequence[Value]] = {}
        """Values that cannot be read from the layer's own bytes alone, by field name."""
        layers.append(self)

    def note(self, name: str, *values: Value) -> None:
        """Adds values to a field of this layer."""
        known = self.notes.get(name)
        if known is None:
            self.notes[name] = values
        elif isinstance(known, list):
            known.extend(values)
        else:
            self.notes[name] = [*known, *values]
