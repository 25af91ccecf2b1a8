"""DHCP messages are of the form that their type asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wirelab.verify.field import as_int
from wirelab.verify.violation import Violation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wirelab.verify.laws.scene import Scene
    from wirelab.verify.packet import Packet

_REQUEST, _REPLY = 1, 2
_FROM_SERVER = frozenset({2, 5, 6})
_HEAD = (("dhcp.hw.type", 1), ("dhcp.hw.len", 6), ("dhcp.flags.reserved", 0))
_LEASES = frozenset({2, 5})
_NO_ADDRESS = bytes(4)


def dhcp(scene: Scene) -> Iterator[Violation]:
    """Fixed fields have their fixed values, empty ones are empty, and replies have a request."""
    asked: set[tuple[object, ...]] = set()
    for layer in scene.layers("dhcp"):
        packet = layer.packet
        for text in (*_form(packet), *_times(packet), *_addresses(packet)):
            yield Violation("dhcp", packet.frame.number, text)
        about = packet.values("dhcp.id"), packet.values("dhcp.hw.mac_addr")[:1]
        if packet.values("dhcp.type") == (_REQUEST,):
            asked.add(about)
        elif about not in asked:
            yield Violation("dhcp", packet.frame.number, "nobody asked for this")


def _form(packet: Packet) -> Iterator[str]:
    for name, wanted in _HEAD:
        if packet.values(name)[:1] != (wanted,):
            yield f"{name} is not {wanted}"
    kinds = packet.values("dhcp.option.dhcp")
    wanted = _REPLY if kinds and kinds[0] in _FROM_SERVER else _REQUEST
    if packet.values("dhcp.type") != (wanted,):
        yield f"dhcp.type is not {wanted}"
    if packet.values("dhcp.cookie") != (b"\x63\x82\x53\x63",):
        yield "the magic cookie is missing"
    for name in ("dhcp.hw.addr_padding", "dhcp.server", "dhcp.file"):
        if any(_has_content(value) for value in packet.values(name)):
            yield f"{name} is not empty"
    if not packet.values("dhcp.option.end"):
        yield "the options have no end"


def _has_content(value: object) -> bool:
    return any(value) if isinstance(value, bytes) else bool(value)


def _times(packet: Packet) -> Iterator[str]:
    """Half-time comes before seven eighths, and that before the end (RFC 2131 section 4.4.5)."""
    names = ("renewal_time_value", "rebinding_time_value", "ip_address_lease_time")
    values = [packet.values(f"dhcp.option.{name}")[:1] for name in names]
    times = [as_int(value[0]) for value in values if value]
    if times != sorted(times):
        yield "renewal, rebinding and lease are not in order"


def _addresses(packet: Packet) -> Iterator[str]:
    """Only a lease has an address of yours; only a client that has one says so."""
    kinds = packet.values("dhcp.option.dhcp")
    your, client = packet.values("dhcp.ip.your"), packet.values("dhcp.ip.client")
    leased = bool(kinds) and kinds[0] in _LEASES
    if your and (your[0] != _NO_ADDRESS) != leased and kinds[:1] != (5,):
        yield "an address is given, or missing"
    source = packet.values("ip.src", 1)
    if kinds[:1] in ((1,), (3,)) and client and client[0] not in (_NO_ADDRESS, *source):
        yield "the client says that it has another address"
