"""The Internet checksum, and whether one in a packet is right.

Source: RFC 1071. A sum in ones' complement of 16-bit words is the big number that the words are,
modulo 65535, because 65536 leaves 1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wirelab.verify.dissectors.reading import Values
    from wirelab.verify.layer import Layer

_LONGEST = 0xFFFF
"""The length of a longer segment, as offloading leaves it, does not fit, but counts in the sum."""
BAD, GOOD, UNVERIFIED, ABSENT, ILLEGAL = 0, 1, 2, 3, 4
"""The values of Wireshark's checksum status fields."""

STATUS = "Whether the checksum is bad (0), good (1), unverified (2), absent (3) or illegal (4)."
"""The meaning of every checksum status field."""


def adds_up(data: bytes) -> bool:
    """Whether bytes that contain their own checksum sum to nothing."""
    if len(data) % 2:
        data += b"\0"
    return int.from_bytes(data, "big") % 0xFFFF == 0


def network_layer(layer: Layer) -> Layer:
    """The IP layer below a transport layer, or the frame where there is none."""
    below = layer.below
    while below.protocol not in ("ip", "ipv6", "frame"):
        below = below.below
    return below


def addresses(layer: Layer) -> tuple[bytes, bytes]:
    """Source and final destination of the packet that carries a transport layer."""
    network = network_layer(layer)
    data, at = network.data, network.start
    if network.protocol == "ip":
        return data[at + 12 : at + 16], data[at + 16 : at + 20]
    if network.protocol == "frame":
        return b"", b""
    final = network.notes.get("final destination")
    destination = final[0] if final else data[at + 24 : at + 40]
    assert isinstance(destination, bytes)
    return data[at + 8 : at + 24], destination


def pseudo_header(layer: Layer, protocol: int, length: int) -> bytes:
    """What a transport checksum covers besides the segment (RFC 9293 3.1, RFC 8200 8.1)."""
    source, destination = addresses(layer)
    size = 4 if len(source) == 16 or length > _LONGEST else 2
    middle = length.to_bytes(size, "big") + protocol.to_bytes(size, "big")
    return source + destination + middle


def transport_status(layer: Layer, protocol: int, length: int) -> Values:
    """The checksum status of a segment of `length` bytes from the layer's start on.

    A segment that was not captured, or not quoted, as a whole cannot be verified.
    """
    if layer.end < layer.start + length:
        return (UNVERIFIED,)
    segment = layer.data[layer.start : layer.start + length]
    return (GOOD if adds_up(pseudo_header(layer, protocol, length) + segment) else BAD,)
