"""Checksums made right again after a frame was altered.

Where a header lies is taken from the frame as it was; whatever was altered, what was a checksum
before is one again afterwards.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wirelab.verify.datagram import carried

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wirelab.verify.layer import Layer
    from wirelab.verify.packet import Packet

_AT = {"icmp": 2, "icmpv6": 2, "udp": 6, "tcp": 16}
_PROTOCOL = {"icmpv6": 58, "udp": 17, "tcp": 6}
_IP_CHECKSUM = 10


def mended(packet: Packet, data: bytes) -> bytes:
    """A frame whose checksums are right.

    Args:
        packet: the frame as it was.
        data: its bytes as they are now; as many, or fewer at the end.
    """
    octets = bytearray(data)
    for layer in reversed(packet.layers):
        if layer.data is packet.frame.data and layer.end <= len(packet.frame.data):
            _mend(layer, octets)
    return bytes(octets)


def _mend(layer: Layer, octets: bytearray) -> None:
    start, end = layer.start, min(layer.end, len(octets))
    if layer.protocol == "ip":
        header_end = start + (layer.data[start] & 15) * 4
        _place(octets, start + _IP_CHECKSUM, bytes(octets[start:header_end]), _IP_CHECKSUM)
    elif layer.protocol in _AT and not layer.quoted and not _only_a_part(layer):
        pseudo = _pseudo_header(layer, octets, end - start) if layer.protocol != "icmp" else b""
        at = start + _AT[layer.protocol]
        covered = pseudo + bytes(octets[start:end])
        _place(octets, at, covered, len(pseudo) + _AT[layer.protocol], layer.protocol == "udp")


def _only_a_part(layer: Layer) -> bool:
    """Whether the layer is in one fragment and goes on in others."""
    datagram = carried(layer.packet)
    return datagram is not None and datagram.is_fragment


def _pseudo_header(layer: Layer, octets: bytearray, length: int) -> bytes:
    below = layer.below
    while below.protocol not in ("ip", "ipv6"):
        below = below.below
    at, protocol = below.start, _PROTOCOL[layer.protocol]
    if below.protocol == "ip":
        return (
            bytes(octets[at + 12 : at + 20])
            + protocol.to_bytes(2, "big")
            + length.to_bytes(2, "big")
        )
    return bytes(octets[at + 8 : at + 40]) + length.to_bytes(4, "big") + protocol.to_bytes(4, "big")


def _place(
    octets: bytearray, at: int, covered: bytes, inside: int, never_zero: bool = False
) -> None:
    """Puts the checksum of `covered`, in which it is at `inside`, where it belongs."""
    if at + 2 > len(octets):
        return
    total = checksum(covered[:inside] + b"\0\0" + covered[inside + 2 :])
    octets[at : at + 2] = (total or (0xFFFF if never_zero else 0)).to_bytes(2, "big")


def checksum(data: bytes) -> int:
    """The Internet checksum (RFC 1071)."""
    if len(data) % 2:
        data += b"\0"
    total = int.from_bytes(data, "big") % 0xFFFF
    # A sum of zero is written as either of its two representations; stacks write this one.
    return 0xFFFF ^ (total or 0xFFFF) if any(data) else 0xFFFF


def fragment_mended(packet: Packet, data: bytes, packets: Mapping[int, Packet]) -> dict[int, bytes]:
    """The frames that change, by their numbers, when a fragment's payload does.

    They are its own, and the datagram's first fragment, in which the message's checksum is.

    Args:
        packet: the fragment as it was.
        data: its bytes as they are now, as many as before.
        packets: all packets of the capture, by the number of their frames.
    """
    changed = {packet.frame.number: mended(packet, data)}
    first = _first_fragment(packet, packets)
    at = None if first is None else _checksum_of_message(first)
    if first is None or at is None:
        return changed
    octets = bytearray(changed.get(first.frame.number, first.frame.data))
    if bytes(data[at : at + 2]) != packet.frame.data[at : at + 2] and first is packet:
        return changed  # it is the checksum itself that was altered
    sum_ = int.from_bytes(octets[at : at + 2], "big")
    sum_ = _updated(sum_, _payload(packet, packet.frame.data), _payload(packet, data))
    octets[at : at + 2] = sum_.to_bytes(2, "big")
    return {**changed, first.frame.number: bytes(octets)}


def _first_fragment(packet: Packet, packets: Mapping[int, Packet]) -> Packet | None:
    datagram = carried(packet)
    for other in packets.values():
        found = carried(other) if other.frame.point == packet.frame.point else None
        if found is None or datagram is None or found.offset != 0:
            continue
        if found.is_fragment and found.belongs_to == datagram.belongs_to:
            return other
    return None


def _checksum_of_message(first: Packet) -> int | None:
    """Where in its frame the first fragment has the checksum of what the datagram carries."""
    datagram = carried(first)
    layer = next(each for each in first.layers if each.protocol in ("ip", "ipv6"))
    offsets = {1: 2, 58: 2, 17: 6, 6: 16}
    if datagram is None or datagram.protocol not in offsets:
        return None
    return layer.start + datagram.header + offsets[datagram.protocol]


def _payload(packet: Packet, data: bytes) -> bytes:
    datagram = carried(packet)
    layer = next(each for each in packet.layers if each.protocol in ("ip", "ipv6"))
    start = layer.start + (datagram.header if datagram else 0)
    return data[start : layer.end]


def _updated(sum_: int, before: bytes, after: bytes) -> int:
    """A checksum when bytes that it covers change, which start at an even offset (RFC 1624)."""
    old, new = (int.from_bytes(part + b"\0" * (len(part) % 2), "big") for part in (before, after))
    total = (~sum_ & 0xFFFF) + 0xFFFF - old % 0xFFFF + new % 0xFFFF
    total = total % 0xFFFF
    return 0xFFFF ^ (total or 0xFFFF)
