"""Sets of protocols as the bits of one number, so that a column can hold one for each frame."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wirelab.verify.dissectors.numbers import IP_PROTOCOLS, TCP_PORTS, UDP_PORTS
from wirelab.verify.fields import FIELDS

if TYPE_CHECKING:
    from collections.abc import Iterable

_NUMBERS = {name: n for n, name in enumerate(sorted({each.protocol for each in FIELDS.values()}))}
assert len(_NUMBERS) < 64


def bits(names: Iterable[str]) -> int:
    """The set of some protocols."""
    return sum(1 << _NUMBERS[name] for name in set(names))


WRONG = ("_ws.malformed", "_ws.short")
"""What is said about a packet whose layers end too soon."""
EVERYTHING = bits(_NUMBERS) & ~bits(("frame",))
"""All protocols of which a frame may have a layer or not."""
IN_UDP = bits((*UDP_PORTS.values(), "data", *WRONG))
"""What a UDP datagram may carry."""
IN_TCP = bits((*TCP_PORTS.values(), "data", *WRONG))
"""What a TCP segment may carry."""
TUNNELS = frozenset(
    number for number, name in IP_PROTOCOLS.items() if name in ("ip", "ipv6", "gre")
)
"""The protocol numbers of packets in packets."""
