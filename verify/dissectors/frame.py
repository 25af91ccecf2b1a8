"""What a capture says about a frame besides its bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wirelab.verify.dissectors.table import Table
from wirelab.verify.field import Kind

if TYPE_CHECKING:
    from wirelab.verify.dissectors.reading import Values
    from wirelab.verify.layer import Layer

_WITH_ETHERTYPE = frozenset({"eth", "vlan", "ieee8021ad", "sll"})
_STREAMED = frozenset({"dns", "http"})
"""Several messages of these in one segment are named once."""
_UNLISTED = frozenset({"_ws.malformed", "_ws.short"})


def _number(layer: Layer) -> Values:
    return (layer.packet.frame.number,)


def _length(layer: Layer) -> Values:
    return (layer.packet.frame.length,)


def _captured(layer: Layer) -> Values:
    return (len(layer.packet.frame.data),)


def _time(layer: Layer) -> Values:
    return (layer.packet.frame.time,)


def _since_first(layer: Layer) -> Values:
    return (layer.packet.frame.time - layer.packet.first,)


def _since_previous(layer: Layer) -> Values:
    return (layer.packet.frame.time - layer.packet.previous,)


def _point(layer: Layer) -> Values:
    point = layer.packet.frame.point
    return (point,) if point else ()


def _comment(layer: Layer) -> Values:
    comment = layer.packet.frame.comment
    return (comment,) if comment else ()


def _direction(layer: Layer) -> Values:
    outgoing = layer.packet.frame.outgoing
    return () if outgoing is None else (2 if outgoing else 1,)


def _protocols(layer: Layer) -> Values:
    names: list[str] = []
    for each in layer.packet.layers[1:]:
        if each.protocol in _UNLISTED or (each.protocol in _STREAMED and each.protocol in names):
            continue
        names.append(each.protocol)
        if each.protocol in _WITH_ETHERTYPE and each.notes.get("ethertype"):
            names.append("ethertype")
    return (":".join(names),)


_T = Table("frame", "Wireshark")
FIELDS = (
    _T.itself("The frame as captured: every packet has this layer."),
    _T.uint("frame.number", "The frame's place in the capture, counted from 1.", _number),
    _T.uint("frame.len", "Its length on the wire.", _length, unit="bytes"),
    _T.uint("frame.cap_len", "How much of it was captured.", _captured, unit="bytes"),
    _T.row(Kind.EPOCH, "frame.time_epoch", "When it was captured.", _time, unit="s"),
    _T.row(
        Kind.TIME,
        "frame.time_relative",
        "The time since the first frame of the capture.",
        _since_first,
        unit="s",
    ),
    _T.row(
        Kind.TIME,
        "frame.time_delta",
        "The time since the frame before it in the capture, at whatever point.",
        _since_previous,
        unit="s",
    ),
    _T.text(
        "frame.interface_name",
        "The capture point.",
        _point,
        source="draft-ietf-opsawg-pcapng, if_name",
        differs="Wireshark calls one without a name unknown.",
    ),
    _T.text(
        "frame.comment",
        "What somebody wrote beside the frame.",
        _comment,
        source="draft-ietf-opsawg-pcapng, opt_comment",
    ),
    _T.uint(
        "frame.packet_flags_direction",
        "Whether the point's interface received (1) or sent (2) the frame.",
        _direction,
        source="draft-ietf-opsawg-pcapng, epb_flags",
        digits=8,
    ),
    _T.text(
        "frame.protocols", "The protocols found, outermost first, joined by colons.", _protocols
    ),
)
