"""Conversations between two ports, and the numbers that Wireshark gives them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from wirelab.verify.dissectors.checksum import addresses

if TYPE_CHECKING:
    from wirelab.verify.layer import Layer

Ends = tuple[bytes, bytes]
"""The two ends of a conversation, each address and port, the smaller one first."""


def ends(layer: Layer) -> Ends:
    """The ends of the conversation that a UDP or TCP layer belongs to."""
    source, destination = sender_and_receiver(layer)
    return (source, destination) if source <= destination else (destination, source)


def sender_and_receiver(layer: Layer) -> Ends:
    """The end that sends a UDP or TCP layer, and the one that it is for."""
    source, destination = addresses(layer)
    at, data = layer.start, layer.data
    return source + data[at : at + 2], destination + data[at + 2 : at + 4]


@dataclass(slots=True)
class Numbering:
    """Gives numbers to things in the order in which they are first seen."""

    numbers: dict[object, int] = field(default_factory=dict)
    """The number of each thing, from 0."""

    def of(self, thing: object) -> int:
        """The number of a thing."""
        return self.numbers.setdefault(thing, len(self.numbers))


@dataclass(slots=True)
class Announcement:
    """What an earlier packet said about a conversation to come."""

    protocol: str
    """The protocol that the conversation will speak."""
    method: str
    """How it was announced: a command of the announcing protocol."""
    layer: Layer
    """The layer that announced it."""
    port: bytes | None = None
    """The port at the end of which only the address is known; None for any."""
    command: tuple[str, int] | None = None
    """The command that the conversation serves, and its frame, once it is known."""


class Announced(dict[tuple[bytes, bytes], Announcement]):
    """Conversations to come, by the end that is known and the address of the other one."""

    def find(self, layer: Layer) -> Announcement | None:
        """The announcement of the conversation that a UDP or TCP layer belongs to."""
        source, destination = sender_and_receiver(layer)
        for known, other in ((source, destination), (destination, source)):
            found = self.get((known, other[:-2]))
            if found and found.port in (None, other[-2:]):
                return found
        return None


class AnnouncedUdp(Announced):
    """Announced conversations over UDP."""


class AnnouncedTcp(Announced):
    """Announced conversations over TCP."""
