"""Protocols whose presence is all that is known here, and bytes that no protocol claims."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wirelab.verify.dissectors.reading import rest
from wirelab.verify.dissectors.table import Table
from wirelab.verify.field import Kind

if TYPE_CHECKING:
    from wirelab.verify.dissectors.outcome import Dissector, Next
    from wirelab.verify.dissectors.reading import Values
    from wirelab.verify.layer import Layer

_KNOWN = (
    ("esp", "An encrypted IP payload.", "RFC 4303"),
    ("igmp", "The Internet Group Management Protocol.", "RFC 3376"),
    ("lldp", "The Link Layer Discovery Protocol.", "IEEE 802.1AB"),
    ("llmnr", "Link-Local Multicast Name Resolution.", "RFC 4795"),
    ("mdns", "Multicast DNS.", "RFC 6762"),
    ("ntp", "The Network Time Protocol.", "RFC 5905"),
    ("sctp", "The Stream Control Transmission Protocol.", "RFC 9260"),
    ("snmp", "The Simple Network Management Protocol.", "RFC 3411"),
    ("ssdp", "The Simple Service Discovery Protocol.", "UPnP Device Architecture 2.0, 1"),
    ("stp", "The Spanning Tree Protocol.", "IEEE 802.1D"),
)
_BY_NUMBER = "It is known by its number alone; its content is not looked at."


def dissect(_: Layer) -> Next:
    """A protocol whose presence is all that is said."""
    return None


DISSECTORS: dict[str, Dissector] = dict.fromkeys(
    ("data", *[name for name, _, _ in _KNOWN]), dissect
)


def _length(layer: Layer) -> Values:
    return (layer.end - layer.start,)


_D = Table("data", "Wireshark")
_UNKNOWN = "Also the payload of a protocol that Wireshark knows and this registry does not."
_NO_BYTES = "Wireshark's has no bytes."
FIELDS = (
    _D.itself("A payload that no protocol claims.", differs=_UNKNOWN),
    _D.octets("data.data", "The bytes of the payload.", rest(0), differs=_UNKNOWN),
    _D.row(Kind.INT, "data.len", "Its captured length.", _length, unit="bytes", differs=_UNKNOWN),
    Table("_ws.malformed", "Wireshark").itself(
        "A layer's bytes end before the layer does: dissection stopped there.",
        differs=_NO_BYTES,
    ),
    Table("_ws.short", "Wireshark").itself(
        "The capture cut the frame before a layer's end: dissection stopped there.",
        differs=_NO_BYTES,
    ),
    *[Table(name, source).itself(text, differs=_BY_NUMBER) for name, text, source in _KNOWN],
)
