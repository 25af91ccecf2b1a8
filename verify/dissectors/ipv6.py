"""IPv6: the header, its extension headers, and fragments put together again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wirelab.verify.dissectors.checksum import network_layer
from wirelab.verify.dissectors.numbers import IP_PROTOCOLS
from wirelab.verify.dissectors.outcome import Next, cut
from wirelab.verify.reassembly import Reassembly, note

if TYPE_CHECKING:
    from wirelab.verify.layer import Layer

_HEADER = 40
_FRAGMENT_HEADER = 8
_HOP_BY_HOP, _ROUTING, _FRAGMENT, _DESTINATION = 0, 43, 44, 60
_FINAL_IN_ROUTING = frozenset({0, 2})
_EXTENSIONS = {
    _HOP_BY_HOP: "ipv6.hopopts",
    _ROUTING: "ipv6.routing",
    _FRAGMENT: "ipv6.fraghdr",
    _DESTINATION: "ipv6.dstopts",
}


class Ipv6Reassembly(Reassembly):
    """The IPv6 packets that wait for fragments."""


def dissect(layer: Layer) -> Next:
    """An IPv6 packet, up to its first extension header or what it carries."""
    data, start, end, stop = layer.data, layer.start, layer.end, layer.stop
    if end - start < _HEADER:
        return cut(layer)
    length = data[start + 4] << 8 | data[start + 5]
    if length and start + _HEADER + length < stop:
        layer.stop = stop = start + _HEADER + length
        layer.end = end = min(end, stop)
    return _following(layer, data[start + 6], start + _HEADER)


def _following(layer: Layer, header: int, at: int) -> Next:
    """What a next header number announces."""
    name = _EXTENSIONS.get(header) or IP_PROTOCOLS.get(header, "data")
    return name, layer.data, at, layer.end, layer.stop


def dissect_extension(layer: Layer) -> Next:
    """An extension header that says in eights of bytes how long it is (RFC 8200 4.2)."""
    data, start, end = layer.data, layer.start, layer.end
    size = (data[start + 1] + 1) * 8 if end - start >= 2 else 8
    if end - start < size:
        return cut(layer)
    if layer.protocol == "ipv6.routing":
        _note_final(layer, size)
    return _following(layer, data[start], start + size)


def _note_final(layer: Layer, size: int) -> None:
    """Notes the final destination of a packet on its way, which checksums cover (RFC 8200 8.1)."""
    network = network_layer(layer)
    data, at = layer.data, layer.start
    if data[at + 2] in _FINAL_IN_ROUTING and data[at + 3] and size >= 24:
        network.note("final destination", data[at + size - 16 : at + size])


def dissect_fragment(layer: Layer) -> Next:
    """A fragment; what it carries shows in the frame that completes the packet."""
    data, start, end, stop = layer.data, layer.start, layer.end, layer.stop
    if end - start < _FRAGMENT_HEADER:
        return cut(layer)
    word = data[start + 2] << 8 | data[start + 3]
    offset, more = word & 0xFFF8, bool(word & 1)
    payload, network = start + _FRAGMENT_HEADER, network_layer(layer)
    if not offset and not more:
        return _following(layer, data[start], payload)
    if end == stop and not layer.quoted:
        key = network.data[network.start + 8 : network.start + 40] + data[start + 4 : start + 8]
        whole = layer.memory.of(Ipv6Reassembly).add(
            key, network, offset, data[payload:end], more=more
        )
        if whole:
            joined = note(whole, network, "ipv6", "ipv6.reassembled.in")
            name = _EXTENSIONS.get(data[start]) or IP_PROTOCOLS.get(data[start], "data")
            return name, joined, 0, len(joined), len(joined)
    return "data", data, payload, end, stop
