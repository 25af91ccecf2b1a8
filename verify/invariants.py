"""What holds for every capture of a lab, whatever the scenario is.

The names of the violations are stable, so that a scenario can excuse one that it is about.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wirelab.verify.dissectors.checksum import BAD, ILLEGAL
from wirelab.verify.fields import FIELDS
from wirelab.verify.violation import Violation

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from wirelab.verify.layer import Layer
    from wirelab.verify.packet import Packet

_STATUS_FIELDS = {
    "ip": "ip.checksum.status",
    "icmp": "icmp.checksum.status",
    "icmpv6": "icmpv6.checksum.status",
    "udp": "udp.checksum.status",
    "tcp": "tcp.checksum.status",
}
_LINKS = frozenset({"frame", "eth", "vlan", "ieee8021ad", "sll", "null", "raw"})
_IPV6_HEADER = 40
_SHORTEST = {"ip": 20, "ipv6": 40, "udp": 8, "tcp": 20}
"""The lengths of headers without options, in bytes."""
_JOINED = frozenset(
    {"ip.reassembled_in", "ip.fragment.count", "ipv6.reassembled.in", "ipv6.fragment.count"}
)


NAMES = (
    *[f"{protocol}-checksum" for protocol in _STATUS_FIELDS],
    "ip-length",
    "ipv6-length",
    "udp-length",
    "tcp-length",
    "malformed",
    "mtu",
    "incomplete-datagram",
    "time",
)
"""All names of violations."""


def check(packets: Iterable[Packet], mtus: Mapping[str, int]) -> tuple[Violation, ...]:
    """Looks for violations in a dissected capture; the result is in the order of the frames.

    Args:
        packets: the dissected frames of the capture, all of them.
        mtus: the MTU of the link at each capture point, in bytes; at others it is not checked.

    What an ICMP error quotes is not checked: it may be cut, and the packet itself was.
    """
    packets = list(packets)
    found = [*_unordered(packets), *_incomplete(packets)]
    for packet in packets:
        found.extend(_of_packet(packet, mtus.get(packet.frame.point)))
    return tuple(sorted(found, key=lambda violation: violation.frame))


def _of_packet(packet: Packet, mtu: int | None) -> Iterator[Violation]:
    """The violations that one packet shows by itself."""
    for layer in packet.layers:
        if layer.quoted:
            break
        yield from _checksum(layer)
        yield from _length(layer)
    if mtu is not None:
        yield from _too_big(packet, mtu)


def _checksum(layer: Layer) -> Iterator[Violation]:
    field = _STATUS_FIELDS.get(layer.protocol)
    if field and FIELDS[field].read(layer) in ((BAD,), (ILLEGAL,)):
        text = f"the {layer.protocol} checksum is wrong"
        yield _violation(layer, f"{layer.protocol}-checksum", text)


def _length(layer: Layer) -> Iterator[Violation]:
    """Lengths in headers that do not agree with what is there."""
    if len(layer.data) - layer.start < _SHORTEST.get(layer.protocol, 0):
        return
    room = _room(layer)
    if layer.protocol == "ip":
        header, said = (layer.data[layer.start] & 15) * 4, _word(layer, 2)
        if not 20 <= header <= said <= room:
            text = f"header length {header} and length {said} in {room} bytes"
            yield _violation(layer, "ip-length", text)
    elif layer.protocol == "ipv6" and _IPV6_HEADER + _word(layer, 4) > room:
        text = f"payload length {_word(layer, 4)} in {room - _IPV6_HEADER} bytes"
        yield _violation(layer, "ipv6-length", text)
    elif layer.protocol == "udp" and _word(layer, 4) != room:
        yield _violation(layer, "udp-length", f"length {_word(layer, 4)} in {room} bytes")
    elif layer.protocol == "tcp":
        header = (layer.data[layer.start + 12] >> 4) * 4
        if not 20 <= header <= room:
            yield _violation(layer, "tcp-length", f"header length {header} in {room} bytes")
    elif layer.protocol == "_ws.malformed":
        yield _violation(layer, "malformed", f"{layer.below.protocol} ends before its end")


def _room(layer: Layer) -> int:
    """How many bytes on the wire the layer below has for a layer."""
    below = layer.below
    stop = below.stop if below.data is layer.data else len(layer.data)
    return stop - layer.start


def _word(layer: Layer, offset: int) -> int:
    at = layer.start + offset
    return int.from_bytes(layer.data[at : at + 2], "big")


def _too_big(packet: Packet, mtu: int) -> Iterator[Violation]:
    """A frame that carries more than its link should."""
    carried = next((each for each in packet.layers if each.protocol not in _LINKS), None)
    if carried is None:
        return
    size = packet.frame.length - carried.start
    if size > mtu:
        text = f"{size} bytes at {packet.frame.point}, whose MTU is {mtu}"
        yield _violation(carried, "mtu", text)


def _unordered(packets: list[Packet]) -> Iterator[Violation]:
    """Frames of a point that were captured before the one in front of them."""
    latest: dict[str, int] = {}
    for packet in packets:
        frame = packet.frame
        before = latest.get(frame.point, frame.time)
        if frame.time < before:
            text = f"captured {before - frame.time} ns before its predecessor at the same point"
            yield Violation("time", frame.number, text)
        latest[frame.point] = max(before, frame.time)


def _incomplete(packets: list[Packet]) -> Iterator[Violation]:
    """Datagrams of which a fragment is missing at a point; shown by their first fragment there."""
    shown: set[tuple[str, bytes]] = set()
    for packet in packets:
        for layer in packet.layers:
            key = _fragment_key(layer)
            if key is None or (packet.frame.point, key) in shown:
                continue
            shown.add((packet.frame.point, key))
            yield _violation(layer, "incomplete-datagram", "a fragment of its datagram is missing")


def _fragment_key(layer: Layer) -> bytes | None:
    """What a fragment that was not put together has in common with the others of its datagram."""
    if layer.quoted or layer.protocol not in ("ip", "ipv6.fraghdr"):
        return None
    data, at, network = layer.data, layer.start, layer
    if layer.protocol == "ip":
        if layer.end - at < 20 or not _word(layer, 6) & 0x3FFF:
            return None
        key = data[at + 4 : at + 6] + data[at + 9 : at + 10] + data[at + 12 : at + 20]
    else:
        while network.protocol != "ipv6":
            network = network.below
        if layer.end - at < 8 or not _word(layer, 2) & 0xFFF9:
            return None
        key = data[network.start + 8 : network.start + 40] + data[at + 4 : at + 8]
    return None if _JOINED & network.notes.keys() else key


def _violation(layer: Layer, name: str, text: str) -> Violation:
    return Violation(name, layer.packet.frame.number, text)
