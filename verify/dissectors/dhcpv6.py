"""DHCPv6: messages of clients and servers, and of the relays between them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wirelab.verify.dissectors.cursor import Cursor
from wirelab.verify.dissectors.dhcpv6_options import describe
from wirelab.verify.dissectors.outcome import Next, cut
from wirelab.verify.dissectors.reading import number, raw, u8, where
from wirelab.verify.dissectors.table import Table

if TYPE_CHECKING:
    from wirelab.verify.layer import Layer

_FIXED, _RELAYED = 4, 34
_RELAYS = frozenset({12, 13})


def dissect(layer: Layer) -> Next:
    """A message; what a relay encloses in one of its own stays an option's value."""
    fixed = _RELAYED if _is_relayed(layer) else _FIXED
    if layer.end - layer.start < fixed:
        return cut(layer)
    describe(layer, Cursor(layer.data, layer.start + fixed, layer.end))
    return None


def _is_relayed(layer: Layer) -> bool:
    return layer.start < layer.end and layer.data[layer.start] in _RELAYS


def _is_direct(layer: Layer) -> bool:
    return not _is_relayed(layer)


_D = Table("dhcpv6", "RFC 8415 8")
_R = "RFC 8415 9"
FIELDS = (
    _D.itself("The Dynamic Host Configuration Protocol for IPv6."),
    _D.uint(
        "dhcpv6.msgtype",
        "1 solicit, 2 advertise, 3 request, 5 renew, 6 rebind, 7 reply, 8 release, 11 information"
        " request, 12 and 13 of relays.",
        u8(0),
        source="RFC 8415 7.3",
    ),
    _D.uint(
        "dhcpv6.xid",
        "What question and answer have in common.",
        where(_is_direct, number(1, 3)),
        digits=6,
    ),
    _D.uint(
        "dhcpv6.hopcount",
        "How many relays passed the message on.",
        where(_is_relayed, u8(1)),
        source=_R,
    ),
    _D.ipv6(
        "dhcpv6.linkaddr", "The link of the client.", where(_is_relayed, raw(2, 16)), source=_R
    ),
    _D.ipv6(
        "dhcpv6.peeraddr",
        "The client, or the relay before.",
        where(_is_relayed, raw(18, 16)),
        source=_R,
    ),
)
