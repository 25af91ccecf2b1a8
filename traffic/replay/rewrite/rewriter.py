"""Rewriting: frames in, frames out."""

from __future__ import annotations

from collections import Counter
from functools import cached_property
from typing import TYPE_CHECKING

from wirelab.traffic.replay.rewrite.editing import Editing, LyingError
from wirelab.traffic.replay.rewrite.link import ethernet, retagged
from wirelab.traffic.replay.rewrite.mapping import Maps
from wirelab.traffic.replay.rewrite.shifts import Shifts

if TYPE_CHECKING:
    from wirelab.traffic.replay.rewrite.bulk import Bulk
    from wirelab.traffic.replay.rewrite.packed import Packed
    from wirelab.traffic.replay.rewrite.rewriting import Rewriting


class Rewriter:
    """Rewrites Ethernet frames: those of one capture point, in their order.

    The order matters where texts in TCP change their length: what follows in the connection is
    numbered anew.
    """

    def __init__(self, rewriting: Rewriting) -> None:
        self.rewriting = rewriting
        """What is rewritten."""
        self.maps = Maps(rewriting)
        """Which address becomes which."""
        self.unchanged: Counter[str] = Counter()
        """How often something was left as it is since it is cut or says what cannot be, by the
        protocol in which that was seen; what stands around it is rewritten."""
        self._shifts = Shifts()

    def frame(self, data: bytes) -> bytes:
        """Rewrite one frame, from its Ethernet header on; any bytes will do."""
        vlan = self.rewriting.vlan
        new = self.untagged(data)
        return retagged(new, vlan) if vlan else new

    def frames(self, packed: Packed) -> Packed:
        """Rewrite many frames, as `frame` does one after the other, but much faster.

        Returns:
            As many frames in the same order, in bytes of their own.
        """
        return self._bulk.rewritten(packed)

    def untagged(self, data: bytes) -> bytes:
        """Rewrite one frame in everything but its VLAN tags."""
        editing = Editing(data, self.rewriting, self.maps, self._shifts)
        try:
            ethernet(editing)
        except LyingError:
            editing.left.append("eth")
        editing.settle()
        self.unchanged.update(editing.left)
        return bytes(editing.octets)

    @cached_property
    def _bulk(self) -> Bulk:
        from wirelab.traffic.replay.rewrite.bulk import Bulk  # noqa: PLC0415 - NumPy takes 0.1 s

        return Bulk(self)


def rewriter(rewriting: Rewriting) -> Rewriter:
    """Return what rewrites the frames of one capture point."""
    return Rewriter(rewriting)
