"""DHCP messages are of the form that their type asks for, and answers are about what was asked.

Sources: RFC 2131 section 2 and tables 3 and 5, RFC 1542 section 2.1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wirelab.verify.field import as_bytes, as_int
from wirelab.verify.laws.scene import BROADCAST
from wirelab.verify.violation import Violation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wirelab.verify.laws.scene import Scene
    from wirelab.verify.layer import Layer
    from wirelab.verify.packet import Packet

_REQUEST, _REPLY = 1, 2
_OFFER, _ACK, _NAK = 2, 5, 6
_SHORTEST = 300
"""Bytes of a BOOTP message at least."""
_OPTIONS = 240
_ETHERNET = b"\x01\x06"
_COOKIE = b"\x63\x82\x53\x63"
_SECOND = 1_000_000_000
_CLIENT_ID = 61
_SIZES = {1: 4, 28: 4, 50: 4, 51: 4, 53: 1, 54: 4, 57: 2, 58: 4, 59: 4}
"""The bytes of options that are always of one size (RFC 2132)."""
_SAME = ("subnet_mask", "router", "domain_name_server", "broadcast_address", "domain_name")
_SAID_TWICE = (*_SAME, "dhcp_server_id", "ip_address_lease_time")
"""Options whose values an offer and its ACK have in common."""


def dhcp(scene: Scene) -> Iterator[Violation]:
    """Fixed fields are as they must be, and a reply repeats what identifies its request."""
    asked: dict[tuple[object, ...], list[Layer]] = {}
    offered: dict[tuple[object, ...], Packet] = {}
    for layer in scene.layers("dhcp"):
        packet = layer.packet
        if layer.end - layer.start < _SHORTEST:
            yield _violation(packet, f"a message of {layer.end - layer.start} bytes")
            continue
        about = packet.frame.point, _part(layer, 4, 4)
        found = [*_form(layer), *_times(packet), *_subnet(scene, packet)]
        if layer.data[layer.start] == _REPLY:
            found += _reply(layer, asked.get(about, []))
            found += _as_offered(packet, offered.setdefault(about, packet))
        else:
            asked.setdefault(about, []).append(layer)
            found += _request(layer, asked[about][0])
        for text in found:
            yield _violation(packet, text)


def _violation(packet: Packet, text: str) -> Violation:
    return Violation("dhcp", packet.frame.number, text)


def _part(layer: Layer, offset: int, size: int) -> bytes:
    return layer.data[layer.start + offset : layer.start + offset + size]


def _form(layer: Layer) -> Iterator[str]:
    """The head of a message, and that each option is there once."""
    kind = layer.packet.values("dhcp.option.dhcp")
    wanted = _REPLY if kind and kind[0] in (_OFFER, _ACK, _NAK) else _REQUEST
    if layer.data[layer.start] != wanted:
        yield f"dhcp.type is not {wanted}"
    if _part(layer, 1, 2) != _ETHERNET or any(_part(layer, 34, 10)):
        yield "the hardware address is not one of Ethernet"
    if not any(_part(layer, 24, 4)) and layer.data[layer.start + 3]:
        yield "it passed relays, and no relay names itself"
    if _part(layer, 10, 1)[0] & 0x7F or _part(layer, 11, 1)[0]:
        yield "reserved flags are set"
    if any(_part(layer, 44, 192)):
        yield "a server's name or a file, which nobody has"
    if _part(layer, 236, 4) != _COOKIE:
        yield "the magic cookie is missing"
    options = [kind for kind in layer.packet.values("dhcp.option.type") if kind]
    if len(options) != len(set(options)):
        yield "an option is there twice"
    yield from _sizes(layer.packet)
    body = layer.data[layer.start + _OPTIONS : layer.end]
    if not layer.packet.values("dhcp.option.end") or body.rstrip(b"\0")[-1:] != b"\xff":
        yield "behind the options is not their end, or more than zeros"


def _sizes(packet: Packet) -> Iterator[str]:
    """The options whose values are of one size have that size."""
    for kind, value in _options(packet):
        size = _SIZES.get(kind, len(value))
        if size != len(value):
            yield f"option {kind} has {len(value)} bytes"


def _options(packet: Packet) -> list[tuple[int, bytes]]:
    """The code and the value of each option; what has code 0 has no value."""
    codes = [as_int(kind) for kind in packet.values("dhcp.option.type") if kind]
    return list(zip(codes, map(as_bytes, packet.values("dhcp.option.value")), strict=False))


def _identifier(packet: Packet) -> list[bytes]:
    """The client's identifier, as it is in the message."""
    return [value for kind, value in _options(packet) if kind == _CLIENT_ID]


def _request(layer: Layer, first: Layer) -> Iterator[str]:
    """What a client says of itself."""
    frame = layer.packet.frame
    if not any(_part(layer, 24, 4)) and _part(layer, 28, 6) != frame.data[6:12]:
        yield "the client's hardware address is not the station's"
    for address in layer.packet.values("dhcp.hw.mac_addr"):
        if address != _part(layer, 28, 6):
            yield "the client's identifier is another station's"
    if _identifier(layer.packet) != _identifier(first.packet):
        yield "the client identifies itself otherwise than before"
    if any(_part(layer, 16, 8)):
        yield "a client gives an address or a server"
    if _part(layer, 12, 4) not in (bytes(4), *layer.packet.values("ip.src", 1)):
        yield "the client says that it has another address"
    seconds = int.from_bytes(_part(layer, 8, 2), "big")
    elapsed = (frame.time - first.packet.frame.time) / _SECOND
    if not elapsed - 1 <= seconds <= elapsed + 1:
        yield f"{seconds} s since the client began, and really {elapsed:.1f}"


def _reply(layer: Layer, requests: list[Layer]) -> Iterator[str]:
    """What a server repeats of a request."""
    if not requests:
        yield "nobody asked for this"
        return
    latest, packet = requests[-1], layer.packet
    if _part(layer, 10, 2) != _part(latest, 10, 2) or _part(layer, 24, 10) != _part(latest, 24, 10):
        yield "flags, relay or hardware address are not those of the request"
    if _part(layer, 8, 2) not in (b"\0\0", *(_part(each, 8, 2) for each in requests)):
        yield "the seconds are not those of the request"
    if _part(layer, 20, 4) not in (bytes(4), *packet.values("dhcp.option.dhcp_server_id")):
        yield "it sends the client to another server"
    if any(_part(layer, 12, 4)) and _part(layer, 12, 4) != _part(latest, 12, 4):
        yield "it repeats an address that the client did not say"
    yield from _delivery(layer)


def _delivery(layer: Layer) -> Iterator[str]:
    """How a reply goes to a client without a relay."""
    if any(_part(layer, 24, 4)) or any(_part(layer, 12, 4)):
        return
    broadcast = bool(_part(layer, 10, 1)[0] & 0x80)
    if layer.packet.frame.data[:6] != (BROADCAST if broadcast else _part(layer, 28, 6)):
        yield "it does not go to the station that its broadcast flag asks for"
    address = b"\xff" * 4 if broadcast else _part(layer, 16, 4)
    if layer.packet.values("ip.dst", 1) != (address,):
        yield "it does not go to the address that its broadcast flag asks for"


def _as_offered(packet: Packet, offer: Packet) -> Iterator[str]:
    """An ACK gives what was offered (RFC 2131 section 4.3.1)."""
    if packet.values("dhcp.option.dhcp")[:1] == (_NAK,):
        return
    if packet.values("dhcp.option.type") != offer.values("dhcp.option.type"):
        yield "the options are not those of the offer"
    for name in _SAID_TWICE:
        if packet.values(f"dhcp.option.{name}") != offer.values(f"dhcp.option.{name}"):
            yield f"dhcp.option.{name} is not that of the offer"


def _times(packet: Packet) -> Iterator[str]:
    """Half-time comes before seven eighths, and that before the end (RFC 2131 section 4.4.5)."""
    names = ("renewal_time_value", "rebinding_time_value", "ip_address_lease_time")
    values = [packet.values(f"dhcp.option.{name}")[:1] for name in names]
    times = [as_int(value[0]) for value in values if value]
    if times != sorted(times):
        yield "renewal, rebinding and lease are not in order"


def _subnet(scene: Scene, packet: Packet) -> Iterator[str]:
    """Mask, broadcast address and router agree with the address that is given."""
    masks, yours = packet.values("dhcp.option.subnet_mask"), packet.values("dhcp.ip.your")
    if not masks or not yours:
        return
    mask, address = (int.from_bytes(as_bytes(each[0]), "big") for each in (masks, yours))
    rest = ~mask & 0xFFFFFFFF
    if rest & rest + 1:
        yield "the subnet mask has holes"
    for value in packet.values("dhcp.option.broadcast_address"):
        if int.from_bytes(as_bytes(value), "big") != address | rest:
            yield "the broadcast address is not that of the subnet"
    for value in packet.values("dhcp.option.router"):
        if scene.way(packet.frame.point, as_bytes(value)) is None:
            yield "the router is no host of the lab"
        if int.from_bytes(as_bytes(value), "big") & mask != address & mask:
            yield "the router is not in the subnet"
