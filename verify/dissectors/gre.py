"""GRE: packets in packets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wirelab.verify.dissectors.numbers import ETHERTYPES
from wirelab.verify.dissectors.outcome import Next, cut
from wirelab.verify.dissectors.reading import u16
from wirelab.verify.dissectors.table import Table

if TYPE_CHECKING:
    from wirelab.verify.layer import Layer

_HEADER = 4
_OPTIONAL = (0x8000, 0x2000, 0x1000)
"""The flags that say that a checksum, a key or a sequence number follows, of 4 bytes each."""


def dissect(layer: Layer) -> Next:
    """A GRE header of version 0; others are not looked behind."""
    data, start = layer.data, layer.start
    if layer.end - start < _HEADER:
        return cut(layer)
    flags = data[start] << 8 | data[start + 1]
    if flags & 0x4007:
        return None
    size = _HEADER + 4 * sum(bool(flags & flag) for flag in _OPTIONAL)
    kind = data[start + 2] << 8 | data[start + 3]
    return ETHERTYPES.get(kind, "data"), data, start + size, layer.end, layer.stop


_G = Table("gre", "RFC 2784 2")
FIELDS = (
    _G.itself("Generic Routing Encapsulation."),
    _G.uint("gre.proto", "What is carried, as an Ethernet type.", u16(2), digits=4),
)
