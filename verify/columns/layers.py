"""The layers of many frames at once."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from wirelab.verify.columns.protocols import EVERYTHING, bits

if TYPE_CHECKING:
    from collections.abc import Iterable

    from wirelab.verify.columns.octets import Ints, Mask, Octets, Words


@dataclass(frozen=True, slots=True)
class Layers:
    """Layers of one protocol, at most one of each frame; all columns are equally long."""

    row: Ints
    """To which frame of the batch each belongs, counted from 0, in order."""
    start: Ints
    """The offset of its first byte in the capture."""
    end: Ints
    """The offset behind its last captured byte."""
    stop: Ints
    """The offset behind its last byte on the wire; above `end` where the capture cut it."""
    network: Ints
    """The offset of the IP header around it; of the frame where there is none."""
    quoted: bool = False
    """Whether they belong to packets that ICMP errors quote."""

    def where(self, mask: Mask) -> Layers:
        """Some of them."""
        if mask.all():
            return self
        start, end, stop = self.start[mask], self.end[mask], self.stop[mask]
        return Layers(self.row[mask], start, end, stop, self.network[mask], self.quoted)

    def behind(self, size: int | Ints) -> Layers:
        """What lies behind their headers."""
        return replace(self, start=self.start + size)

    def __len__(self) -> int:
        return len(self.row)


@dataclass(slots=True)
class Stack:
    """What is known about the layers of a batch of frames."""

    octets: Octets
    """The bytes of the capture."""
    size: int
    """How many frames they are."""
    found: dict[str, list[Layers]] = field(default_factory=dict)
    """The layers by protocol, outer ones first; not to be asked about frames that are unknown."""
    unknown: Words = field(default_factory=lambda: np.zeros(0, np.uint64))
    """For each frame the protocols of which it is not known for certain what layers it has."""
    fragments: list[tuple[Layers, Ints]] = field(default_factory=list)
    """The payloads of IPv4 fragments that carry UDP or TCP, and where in their datagrams they
    belong, in eights of bytes."""
    odd: Mask = field(default_factory=lambda: np.zeros(0, bool))
    """Frames about whose layers nothing is said."""
    context: Words = field(default_factory=lambda: np.zeros(0, np.uint64))
    """For each frame those of which other frames of the capture have a share in that."""

    def __post_init__(self) -> None:
        self.unknown = np.zeros(self.size, np.uint64)
        self.context = np.zeros(self.size, np.uint64)
        self.odd = np.zeros(self.size, bool)

    def add(self, name: str, layers: Layers) -> None:
        """Takes layers of a protocol in."""
        if len(layers):
            self.found.setdefault(name, []).append(layers)

    def doubt(self, rows: Ints, protocols: int, *, context: bool = False) -> None:
        """Takes back what is said about some protocols in some frames."""
        self.unknown[rows] |= np.uint64(protocols)
        if context:
            self.context[rows] |= np.uint64(protocols)

    def give_up(self, rows: Ints) -> None:
        """Takes back everything that is said about some frames."""
        self.doubt(rows, EVERYTHING, context=True)
        self.odd[rows] = True

    def is_unknown(self, protocols: Iterable[str]) -> Mask:
        """Which frames may have layers of one of the protocols that were not found."""
        mask: Mask = (self.unknown & np.uint64(bits(protocols))) != 0
        return mask

    def needs_context(self, protocols: Iterable[str]) -> Mask:
        """In which frames that depends on other frames."""
        mask: Mask = (self.context & np.uint64(bits(protocols))) != 0
        return mask

    def are_pieces(self) -> Mask:
        """Which frames are fragments, or may be."""
        mask = self.odd.copy()
        for layers, _ in self.fragments:
            mask[layers.row] = True
        return mask

    def may_have(self, protocol: str) -> Mask:
        """Which frames have a layer of the protocol, or may have one."""
        mask = self.is_unknown((protocol,)) if protocol != "frame" else np.ones(self.size, bool)
        for layers in self.found.get(protocol, ()):
            mask[layers.row] = True
        return mask
