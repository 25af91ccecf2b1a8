"""Ethernet, and the 802.1Q tag."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wirelab.verify.dissectors.numbers import ETHERTYPES
from wirelab.verify.dissectors.outcome import Next, cut
from wirelab.verify.dissectors.places import Check, checked
from wirelab.verify.dissectors.reading import bits, both, flag, raw, u8, u16, where
from wirelab.verify.dissectors.table import Table

if TYPE_CHECKING:
    from wirelab.verify.dissectors.reading import Values
    from wirelab.verify.layer import Layer

_LONGEST_LENGTH = 1500
_LOWEST_TYPE = 1536
_SHORTEST_FRAME = 60
_SPANNING_TREE = b"\x42\x42"


def dissect(layer: Layer) -> Next:
    """Ethernet II, or 802.3 with a length in place of the type."""
    data, start = layer.data, layer.start
    if layer.end - start < 14:
        return cut(layer)
    return carried(layer, data[start + 12] << 8 | data[start + 13], 14)


def dissect_vlan(layer: Layer) -> Next:
    """One 802.1Q tag: its control information and the type of what it tags."""
    data, start = layer.data, layer.start
    if layer.end - start < 4:
        return cut(layer)
    return carried(layer, data[start + 2] << 8 | data[start + 3], 4)


def dissect_llc(layer: Layer) -> Next:
    """The logical link control of an 802.3 frame; behind it only spanning trees are known."""
    data, start = layer.data, layer.start
    if layer.end - start < 3:
        return cut(layer)
    if data[start : start + 2] == _SPANNING_TREE:
        return "stp", data, start + 3, layer.end, layer.stop
    return None


def carried(layer: Layer, ethertype: int, size: int) -> Next:
    """What follows a header of `size` bytes that ends in a type or a length."""
    at = layer.start + size
    if ethertype >= _LOWEST_TYPE:
        layer.notes["ethertype"] = (True,)
        return ETHERTYPES.get(ethertype, "data"), layer.data, at, layer.end, layer.stop
    if ethertype > _LONGEST_LENGTH:
        return "data", layer.data, at, layer.end, layer.stop
    stop = min(layer.stop, at + ethertype)
    return "llc", layer.data, at, min(layer.end, stop), stop


def _trailer(layer: Layer) -> bytes:
    """What is behind the payload: the padding of a short frame, or something more."""
    layers = layer.packet.layers
    above = layers[layers.index(layer) + 1 :]
    inner = next((each for each in above if each.protocol != "vlan"), None)
    if inner is None or inner.data is not layer.data or inner.protocol in {"data", "_ws.short"}:
        return b""
    return layer.data[inner.stop : layer.end]


def _pad(layer: Layer, trailer: bytes) -> bytes:
    """The part of a trailer that only fills the frame up: zeros before its 60th byte."""
    missing = max(layer.start + _SHORTEST_FRAME - (layer.stop - len(trailer)), 0)
    padding = trailer[:missing]
    return b"" if any(padding) else padding


def _padding(layer: Layer) -> Values:
    padding = _pad(layer, _trailer(layer))
    return (padding,) if padding else ()


def _beyond(layer: Layer) -> Values:
    trailer = _trailer(layer)
    beyond = trailer[len(_pad(layer, trailer)) :]
    return (beyond,) if beyond else ()


def _has_length(layer: Layer) -> bool:
    return u16(12)(layer) <= (_LONGEST_LENGTH,)


def _has_type(layer: Layer) -> bool:
    return u16(12)(layer) >= (_LOWEST_TYPE,)


checked(_has_length, Check(12, 2, range(_LONGEST_LENGTH + 1)))
checked(_has_type, Check(12, 2, range(_LOWEST_TYPE, 1 << 16)))
_E = Table("eth", "IEEE 802.3-2022 3.2")
_L = Table("llc", "IEEE 802.2")
_S = Table("ieee8021ad", "IEEE 802.1Q-2022 9.5")
_Q = Table("vlan", "IEEE 802.1Q-2022 9.6")
FIELDS = (
    _E.itself("Ethernet: the link that frames the packets of a LAN.", header=14),
    _E.ether("eth.dst", "The address of the station or group that the frame is for.", raw(0, 6)),
    _E.ether("eth.src", "The address of the station that sent the frame.", raw(6, 6)),
    _E.ether("eth.addr", "Either address.", both(raw(0, 6), raw(6, 6))),
    _E.boolean(
        "eth.dst.ig", "Whether the frame is for a group, not one station.", flag(0, 0x01 << 40, 6)
    ),
    _E.boolean(
        "eth.dst.lg", "Whether the destination was assigned locally.", flag(0, 0x02 << 40, 6)
    ),
    _E.boolean(
        "eth.src.ig", "Whether the source is a group, which it must not be.", flag(6, 0x01 << 40, 6)
    ),
    _E.boolean("eth.src.lg", "Whether the source was assigned locally.", flag(6, 0x02 << 40, 6)),
    _E.uint(
        "eth.type", "What the frame carries: 0x0800 is IPv4.", where(_has_type, u16(12)), digits=4
    ),
    _E.uint(
        "eth.len",
        "The length of an 802.3 frame's payload.",
        where(_has_length, u16(12)),
        unit="bytes",
    ),
    _E.octets("eth.padding", "Zeros that fill a short frame up to 60 bytes.", _padding),
    _E.octets(
        "eth.trailer",
        "Bytes behind the payload that are no padding.",
        _beyond,
        differs="Wireshark takes the last four for a frame check sequence where there are more.",
    ),
    _S.itself("A provider's 802.1ad tag around another one.", header=4),
    _S.uint("ieee8021ad.id", "The provider's virtual LAN.", bits(0, 0x0FFF, 2)),
    _L.itself("Logical link control, in an 802.3 frame that has a length and no type."),
    _L.uint("llc.dsap", "The service access point that the frame is for.", u8(0), digits=2),
    _L.uint("llc.ssap", "The service access point that sent it.", u8(1), digits=2),
    _Q.itself("An 802.1Q tag, which says to which virtual LAN a frame belongs.", header=4),
    _Q.uint("vlan.priority", "The priority code point.", bits(0, 0xE0)),
    _Q.boolean("vlan.dei", "Whether the frame may be dropped first.", flag(0, 0x10)),
    _Q.uint("vlan.id", "The virtual LAN.", bits(0, 0x0FFF, 2)),
    _Q.uint("vlan.etype", "What the tagged frame carries.", u16(2), digits=4),
)
