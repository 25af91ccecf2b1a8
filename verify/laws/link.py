"""What a link carries: whole frames, and those of and for its own stations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wirelab.verify.field import as_bytes
from wirelab.verify.laws.scene import BROADCAST, packed_mac
from wirelab.verify.violation import Violation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wirelab.verify.datagram import Datagram
    from wirelab.verify.laws.scene import Scene
    from wirelab.verify.packet import Packet

_GROUP = 0x01
"""The bit of an Ethernet address that is set for groups (IEEE 802.3 3.2.3)."""


def whole(scene: Scene) -> Iterator[Violation]:
    """Every frame was captured to its end, and ends where its packet does."""
    for packet in scene.packets:
        frame = packet.frame
        if len(frame.data) != frame.length:
            text = f"{len(frame.data)} of {frame.length} bytes were captured"
            yield Violation("cut-frame", frame.number, text)
        if packet.values("eth.trailer") or packet.values("eth.padding"):
            text = "bytes behind the end of the packet; a link of the lab needs no padding"
            yield Violation("trailer", frame.number, text)


def stations(scene: Scene) -> Iterator[Violation]:
    """A packet's source and destination are, or lie behind, the stations of its frame."""
    for packet, datagram in scene.datagrams:
        for field, wanted in _stations(scene, packet, datagram):
            values = packet.values(field)
            if wanted and values and values[0] != wanted:
                text = f"{field} is {_text(values[0])} and should be {_text(wanted)}"
                yield Violation("station", packet.frame.number, text)
        if scene.ways.get(packet.frame.point) and datagram.source not in scene.hosts:
            text = "the packet's source is no address of the lab"
            yield Violation("stranger", packet.frame.number, text)


def _stations(
    scene: Scene, packet: Packet, datagram: Datagram
) -> Iterator[tuple[str, bytes | None]]:
    """The Ethernet addresses that the packet should have; None where they are not known."""
    point = packet.frame.point
    sender = scene.way(point, datagram.source)
    yield "eth.src", packed_mac(sender.mac) if sender else None
    if _is_given(packet, datagram):
        return  # the law `dhcp` knows to which station it goes
    receiver = scene.way(point, datagram.destination)
    yield "eth.dst", packed_mac(receiver.mac) if receiver else _group(datagram)


def _is_given(packet: Packet, datagram: Datagram) -> bool:
    """Whether it gives its receiver the address to which it goes, and which others may have."""
    return (datagram.destination,) == packet.values("dhcp.ip.your", 1) and not any(
        any(as_bytes(address)) for address in packet.values("dhcp.ip.client", 1)
    )


def _group(datagram: Datagram) -> bytes | None:
    """Where packets for groups go (RFC 1112 section 6.4, RFC 2464 section 7)."""
    destination = datagram.destination
    if destination == b"\xff" * 4:
        return BROADCAST
    if datagram.version == 4 and destination[0] & 0xF0 == 0xE0:
        return b"\x01\x00\x5e" + bytes([destination[1] & 0x7F]) + destination[2:]
    if datagram.version == 6 and destination[0] == 0xFF:
        return b"\x33\x33" + destination[12:]
    return None


def neighbours(scene: Scene) -> Iterator[Violation]:
    """Every frame is from and for a station of the lab, or for a group of them."""
    known = {packed_mac(text) for name, text in scene.made.names.items() if name.endswith(".mac")}
    for packet in scene.packets if known else ():
        source, destination = packet.values("eth.src"), packet.values("eth.dst")
        if source and source[0] not in known:
            yield Violation("station", packet.frame.number, "no station of the lab sent it")
        if destination and destination[0] not in known and not _is_group(destination[0]):
            yield Violation("station", packet.frame.number, "it is for no station of the lab")


def _is_group(address: object) -> bool:
    return isinstance(address, bytes) and bool(address[0] & _GROUP)


def _text(address: object) -> str:
    return address.hex(":") if isinstance(address, bytes) else str(address)
