"""Putting datagrams together again from their fragments."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from wirelab.verify.coverage import Coverage

if TYPE_CHECKING:
    from wirelab.verify.layer import Layer

LONGEST = 65535
"""No datagram is longer, in bytes (RFC 791 3.2)."""


@dataclass(slots=True)
class Datagram:
    """The fragments of one datagram that have been seen so far."""

    pieces: list[tuple[int, bytes, Layer]] = field(default_factory=list)
    """Offset, payload and layer of each fragment, in the order they came."""
    length: int | None = None
    """The length of the whole payload in bytes; None until the last fragment is seen."""
    coverage: Coverage = field(default_factory=Coverage)
    """Which bytes of the payload were seen."""

    def add(self, offset: int, payload: bytes, layer: Layer, *, more: bool) -> None:
        """Takes in a fragment; `more` says whether others come behind it."""
        behind = offset + len(payload)
        self.pieces.append((offset, payload, layer))
        self.coverage.add(offset, behind)
        if not more and self.length is None:
            self.length = behind

    @property
    def is_whole(self) -> bool:
        """Whether no byte of it is missing."""
        return self.length is not None and self.coverage.reaches(self.length)

    def joined(self) -> bytes | None:
        """The payload when no byte of it is missing; where fragments overlap the earlier wins."""
        if not self.is_whole:
            return None
        whole = bytearray()
        for offset, payload, _ in sorted(self.pieces, key=lambda piece: piece[0]):
            if offset > len(whole):
                break
            whole += payload[len(whole) - offset :]
        return bytes(whole[: self.length])


class Reassembly:
    """The datagrams of which fragments have been seen, by what identifies them."""

    def __init__(self) -> None:
        self._pending: dict[bytes, Datagram] = {}

    def add(
        self, key: bytes, layer: Layer, offset: int, payload: bytes, *, more: bool
    ) -> Datagram | None:
        """Takes a fragment; the datagram when it is the one that completes it.

        Args:
            key: what the fragments of one datagram have in common (RFC 791 3.2, RFC 8200 4.5).
            layer: the layer that the fragment is.
            offset: where its payload belongs, in bytes.
            payload: its bytes.
            more: whether others come behind it.

        """
        if offset + len(payload) > LONGEST:
            return None
        datagram = self._pending.get(key)
        if datagram is None:
            datagram = self._pending[key] = Datagram()
        datagram.add(offset, payload, layer, more=more)
        return self._pending.pop(key) if datagram.is_whole else None


def note(datagram: Datagram, layer: Layer, prefix: str, inside: str) -> bytes:
    """Writes into all fragments' layers how they belong together; returns the whole payload.

    Args:
        datagram: a datagram that is complete.
        layer: the layer whose fragment completed it.
        prefix: the protocol whose fields these are, "ip".
        inside: the name of the field that says where the datagram is whole.

    """
    whole = datagram.joined() or b""
    number = layer.packet.frame.number
    pieces = sorted(datagram.pieces, key=lambda piece: piece[0])
    layer.note(f"{prefix}.fragment", *(piece[2].packet.frame.number for piece in pieces))
    layer.note(f"{prefix}.fragment.count", len(pieces))
    layer.note(f"{prefix}.reassembled.length", len(whole))
    layer.note(f"{prefix}.reassembled.data", whole)
    for _, _, other in pieces:
        if other is not layer:
            other.note(inside, number)
    return whole
