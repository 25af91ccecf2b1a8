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
_OFFER, _DECLINE, _ACK, _NAK, _RELEASE = 2, 4, 5, 6, 7
_SHORTEST = 300
"""Bytes of a BOOTP message at least."""
_OPTIONS = 240
_ETHERNET = b"\x01\x06"
_COOKIE = b"\x63\x82\x53\x63"
_SECOND = 1_000_000_000
_CLIENT_ID = 61
_BROADCAST_FLAG = b"\x80\0"
_SIZES = {1: 4, 28: 4, 50: 4, 51: 4, 53: 1, 54: 4, 57: 2, 58: 4, 59: 4}
"""The bytes of options that are always of one size (RFC 2132)."""
_SAME = ("subnet_mask", "router", "domain_name_server", "broadcast_address", "domain_name")
_SAID_TWICE = (*_SAME, "ip_address_lease_time")
"""Options whose values an offer and its ACK have in common."""
_TEXTS = ((44, 64), (108, 128))
"""Where a server's name and a file stand: offset and size (RFC 2131 section 2)."""


def dhcp(scene: Scene) -> Iterator[Violation]:
    """Fixed fields are as they must be, and a reply repeats what identifies its request."""
    asked: dict[tuple[object, ...], list[Layer]] = {}
    begun: dict[tuple[object, ...], Layer] = {}
    offered: dict[tuple[object, ...], list[Packet]] = {}
    for layer in scene.layers("dhcp"):
        packet = layer.packet
        if layer.end - layer.start < _SHORTEST:
            yield _violation(packet, f"a message of {layer.end - layer.start} bytes")
            continue
        about = packet.frame.point, _part(layer, 4, 4)
        found = [*_form(layer), *_times(packet), *_subnet(scene, packet)]
        if layer.data[layer.start] == _REPLY:
            found += _reply(layer, asked.get(about, []))
            found += _as_offered(packet, offered.setdefault(about, []))
        else:
            asked.setdefault(about, []).append(layer)
            first = begun.setdefault((about[0], _part(layer, 28, 6)), layer)
            found += _request(layer, first)
            found += [*_repeated(layer, asked[about]), *_seconds(layer, asked[about][0], first)]
        for text in found:
            yield _violation(packet, text)


def _violation(packet: Packet, text: str) -> Violation:
    return Violation("dhcp", packet.frame.number, text)


def _part(layer: Layer, offset: int, size: int) -> bytes:
    return layer.data[layer.start + offset : layer.start + offset + size]


def _form(layer: Layer) -> Iterator[str]:
    """The head of a message, and that each option is there once."""
    kind = layer.packet.values("dhcp.option.dhcp")
    answer = kind and kind[0] in (_OFFER, _ACK, _NAK)
    wanted = _REPLY if answer else _REQUEST
    if layer.data[layer.start] != wanted:
        yield f"dhcp.type is not {wanted}"
    if _part(layer, 1, 2) != _ETHERNET or any(_part(layer, 34, 10)):
        yield "the hardware address is not one of Ethernet"
    if not any(_part(layer, 24, 4)) and layer.data[layer.start + 3]:
        yield "it passed relays, and no relay names itself"
    if _part(layer, 10, 1)[0] & 0x7F or _part(layer, 11, 1)[0]:
        yield "reserved flags are set"
    if not answer or kind[0] == _NAK:
        if any(_part(layer, 44, 192)):
            yield "a server's name or a file, of which only who gives an address may tell"
    elif any(not _is_text(_part(layer, *room)) for room in _TEXTS):
        yield "a server's name or a file is no text with nothing but zeros behind"
    if _part(layer, 236, 4) != _COOKIE:
        yield "the magic cookie is missing"
    options = [kind for kind in layer.packet.values("dhcp.option.type") if kind]
    if len(options) != len(set(options)):
        yield "an option is there twice"
    yield from _sizes(layer.packet)
    body = layer.data[layer.start + _OPTIONS : layer.end]
    if not layer.packet.values("dhcp.option.end") or body.rstrip(b"\0")[-1:] != b"\xff":
        yield "behind the options is not their end, or more than zeros"


def _is_text(room: bytes) -> bool:
    """Whether it is a text that ends, and there is nothing behind its end."""
    text, end, rest = room.partition(b"\0")
    return bool(end) and text.isascii() and text.decode().isprintable() and not any(rest)


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
    """What a client says of itself, this time and the first time."""
    frame = layer.packet.frame
    if not any(_part(layer, 24, 4)) and _part(layer, 28, 6) != frame.data[6:12]:
        yield "the client's hardware address is not the station's"
    for address in layer.packet.values("dhcp.hw.mac_addr"):
        if address != _part(layer, 28, 6):
            yield "the client's identifier is another station's"
    if _identifier(layer.packet) != _identifier(first.packet):
        yield "the client identifies itself otherwise than before"
    names = {each.packet.values("dhcp.option.hostname") for each in (layer, first)} - {()}
    if len(names) > 1:
        yield "the client has another name than before"
    if _part(layer, 10, 2) != _part(first, 10, 2):
        yield "the client wishes for other answers than before"
    if any(_part(layer, 16, 8)):
        yield "a client gives an address or a server"
    if _part(layer, 12, 4) not in (bytes(4), *layer.packet.values("ip.src", 1)):
        yield "the client says that it has another address"


def _repeated(layer: Layer, requests: list[Layer]) -> Iterator[str]:
    """A message that is sent again in one transaction is the same again."""
    kind = layer.packet.values("dhcp.option.dhcp")
    same = next(each for each in requests if each.packet.values("dhcp.option.dhcp") == kind)
    if _options(layer.packet) != _options(same.packet):
        yield "the options are not those of the same message before"


def _seconds(layer: Layer, first: Layer, begun: Layer) -> Iterator[str]:
    """How long the client has been trying: since it asked so first, or since it asked at all.

    Which of the two is left to it; what gives an address back says nothing (RFC 2131 table 5).
    """
    packet, seconds = layer.packet, int.from_bytes(_part(layer, 8, 2), "big")
    if packet.values("dhcp.option.dhcp")[:1] in ((_DECLINE,), (_RELEASE,)) and not seconds:
        return
    times = (first.packet.frame.time, begun.packet.frame.time)
    since = [(packet.frame.time - time) / _SECOND for time in times]
    if not any(elapsed - 1 <= seconds <= elapsed + 1 for elapsed in since):
        yield f"{seconds} s since the client began, and really {since[0]:.1f}"


def _reply(layer: Layer, requests: list[Layer]) -> Iterator[str]:
    """What a server repeats of a request."""
    if not requests:
        yield "nobody asked for this"
        return
    latest, packet = requests[-1], layer.packet
    flags = {_part(latest, 10, 2), *([_BROADCAST_FLAG] if _is_nak(packet) else [])}
    if _part(layer, 10, 2) not in flags or _part(layer, 28, 6) != _part(latest, 28, 6):
        yield "flags or hardware address are not those of the request"
    # A relay leaves its address in what it gives to the client (RFC 1542 section 4.1.2).
    if _part(layer, 24, 4) not in (_part(latest, 24, 4), *packet.values("ip.src", 1)):
        yield "the relay is neither that of the request nor who sent this"
    if _part(layer, 8, 2) not in (b"\0\0", *(_part(each, 8, 2) for each in requests)):
        yield "the seconds are not those of the request"
    if _part(layer, 20, 4) not in (bytes(4), *packet.values("dhcp.option.dhcp_server_id")):
        yield "it sends the client to another server"
    if any(_part(layer, 12, 4)) and _part(layer, 12, 4) != _part(latest, 12, 4):
        yield "it repeats an address that the client did not say"
    yield from _delivery(layer)


def _delivery(layer: Layer) -> Iterator[str]:
    """How a reply goes to a client that has no address yet."""
    if layer.packet.values("ip.dst", 1) == (_part(layer, 24, 4),) or any(_part(layer, 12, 4)):
        return
    broadcast = bool(_part(layer, 10, 1)[0] & 0x80) or _is_nak(layer.packet)
    if layer.packet.frame.data[:6] != (BROADCAST if broadcast else _part(layer, 28, 6)):
        yield "it does not go to the station that its broadcast flag asks for"
    address = b"\xff" * 4 if broadcast else _part(layer, 16, 4)
    if layer.packet.values("ip.dst", 1) != (address,):
        yield "it does not go to the address that its broadcast flag asks for"


def _is_nak(packet: Packet) -> bool:
    return packet.values("dhcp.option.dhcp")[:1] == (_NAK,)


def _as_offered(packet: Packet, offers: list[Packet]) -> Iterator[str]:
    """An ACK gives what its server offered (RFC 2131 section 4.3.1)."""
    if _is_nak(packet):
        return
    server = packet.values("dhcp.option.dhcp_server_id")
    offer = next((o for o in offers if o.values("dhcp.option.dhcp_server_id") == server), None)
    if offer is None:
        if offers and packet.values("dhcp.option.dhcp")[:1] == (_ACK,):
            yield "dhcp.option.dhcp_server_id is of nobody who made an offer"
        offers.append(packet)
        return
    if packet.values("dhcp.option.type") != offer.values("dhcp.option.type"):
        yield "the options are not those of the offer"
    for field in ("dhcp.server", "dhcp.file", *(f"dhcp.option.{name}" for name in _SAID_TWICE)):
        if packet.values(field) != offer.values(field):
            yield f"{field} is not that of the offer"


def _times(packet: Packet) -> Iterator[str]:
    """Half-time comes before seven eighths, and that before the end (RFC 2131 section 4.4.5)."""
    names = ("renewal_time_value", "rebinding_time_value", "ip_address_lease_time")
    values = [packet.values(f"dhcp.option.{name}")[:1] for name in names]
    times = [as_int(value[0]) for value in values if value]
    if times != sorted(times):
        yield "renewal, rebinding and lease are not in order"


def _subnet(scene: Scene, packet: Packet) -> Iterator[str]:
    """Mask, broadcast address and router agree with the address that is given."""
    masks = packet.values("dhcp.option.subnet_mask")
    given = [
        address
        for field in ("dhcp.ip.your", "dhcp.ip.client")
        for address in packet.values(field)
        if any(as_bytes(address))
    ]
    if not masks or not given:
        return
    mask, address = (int.from_bytes(as_bytes(each[0]), "big") for each in (masks, given))
    rest = ~mask & 0xFFFFFFFF
    if rest & rest + 1:
        yield "the subnet mask has holes"
    for value in packet.values("dhcp.option.broadcast_address"):
        if int.from_bytes(as_bytes(value), "big") != address | rest:
            yield "the broadcast address is not that of the subnet"
    for value in packet.values("dhcp.option.router"):
        if as_bytes(value) not in scene.hosts:
            yield "the router is no host of the lab"
        if int.from_bytes(as_bytes(value), "big") & mask != address & mask:
            yield "the router is not in the subnet"
