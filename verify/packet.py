"""A dissected frame: its protocol layers, and the values of its fields."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wirelab.verify.fields import lookup

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wirelab.verify.dissectors.memory import Memory
    from wirelab.verify.field import Field, Value
    from wirelab.verify.frame import Frame
    from wirelab.verify.layer import Layer


_STREAMED = frozenset({"dns", "http", "tls"})
"""Protocols of which one segment may carry several messages; to Wireshark they are one layer."""


def numbered(layers: Sequence[Layer]) -> list[list[Layer]]:
    """The layers of one protocol as a layer operator counts them, the outermost first."""
    found: list[list[Layer]] = []
    for each in layers:
        if found and each.protocol in _STREAMED and each.below is found[-1][-1]:
            found[-1].append(each)
        else:
            found.append([each])
    return found


class Packet:
    """One dissected frame.

    Dissection finds the layers; a field's values are read from their layer when asked for.
    """

    __slots__ = ("first", "frame", "layers", "memory", "previous", "quoting")

    def __init__(self, frame: Frame, memory: Memory, first: int, previous: int) -> None:
        self.frame = frame
        self.memory = memory
        """What earlier frames of the same capture point told."""
        self.layers: list[Layer] = []
        """The protocol layers, outermost first; the first is the pseudo-layer "frame"."""
        self.first = first
        """When the capture's first frame was captured, in nanoseconds since the epoch."""
        self.previous = previous
        """When the frame before this one was captured, likewise."""
        self.quoting = False
        """Whether the layers that are being added belong to a packet that an ICMP error quotes."""

    @property
    def protocols(self) -> tuple[str, ...]:
        """The names of the protocols, outermost first, "frame" left out."""
        return tuple([layer.protocol for layer in self.layers[1:]])

    def has(self, protocol: str) -> bool:
        """Whether a layer of this protocol is in the frame, quoted packets included."""
        return any(layer.protocol == protocol for layer in self.layers)

    def values(self, field: str, layer: int | None = None) -> tuple[Value, ...]:
        """The values of a field, in the order of the layers that have it; () when there are none.

        Args:
            field: its name; for a protocol the values are the bytes of its layers.
            layer: take only the n-th layer of the field's protocol, counted from 1 as in
                Wireshark's `ip.src#2`; None takes all of them.

        Raises:
            FilterError: no such field is known.

        """
        return self.read(lookup(field), layer)

    def read(self, field: Field, layer: int | None = None) -> tuple[Value, ...]:
        """The values of a field that was looked up before; otherwise like `values`."""
        protocol = field.protocol
        found = [each for each in self.layers if each.protocol == protocol]
        if layer is not None:
            several = numbered(found)
            found = several[layer - 1] if 0 < layer <= len(several) else []
        if len(found) == 1:
            return field.read(found[0])
        return tuple([value for each in found for value in field.read(each)])

    def __repr__(self) -> str:
        return f"<Packet {self.frame.number} {':'.join(self.protocols)}>"
