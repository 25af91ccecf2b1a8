"""Where in their layers the fields are that columns are made of."""

from __future__ import annotations

from wirelab.verify.dissectors.places import PLACES, Check, Place
from wirelab.verify.fields import FIELDS

_WHOLE_HEAD = (Check(0, 4),)
_ETHERNET_IPV4 = (Check(0, 6, frozenset({0x000108000604})),)

_FURTHER: dict[str, tuple[Place, ...]] = {
    "dns.id": (Place(0, 2, checks=_WHOLE_HEAD),),
    "dns.count.queries": (Place(4, 2),),
    "dns.count.answers": (Place(6, 2),),
    "dns.count.auth_rr": (Place(8, 2),),
    "dns.count.add_rr": (Place(10, 2),),
}
"""Fields that dissection notes, though they are always at one place."""

PLAIN_ARP: dict[str, tuple[Place, ...]] = {
    "arp.src.hw_mac": (Place(8, 6, is_raw=True, checks=_ETHERNET_IPV4),),
    "arp.src.proto_ipv4": (Place(14, 4, is_raw=True, checks=_ETHERNET_IPV4),),
    "arp.dst.hw_mac": (Place(18, 6, is_raw=True, checks=_ETHERNET_IPV4),),
    "arp.dst.proto_ipv4": (Place(24, 4, is_raw=True, checks=_ETHERNET_IPV4),),
}
"""Fields that are at one place in messages about Ethernet and IPv4; others may have them too."""


def places_of(name: str) -> tuple[Place, ...]:
    """The places of a field's values in each of its layers; () when they differ."""
    return PLAIN_ARP.get(name) or _FURTHER.get(name) or PLACES.get(FIELDS[name].read, ())


def is_plain_only(name: str) -> bool:
    """Whether the places of a field hold only for ordinary layers of its protocol."""
    return name in PLAIN_ARP


def plain(name: str) -> tuple[Check, ...]:
    """What makes a layer an ordinary one."""
    return PLAIN_ARP[name][0].checks
