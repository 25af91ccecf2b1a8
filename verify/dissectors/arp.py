"""ARP: which hardware address belongs to a protocol address."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wirelab.verify.dissectors.outcome import Next, cut
from wirelab.verify.dissectors.reading import present, u8, u16
from wirelab.verify.dissectors.table import Table
from wirelab.verify.field import SECOND

if TYPE_CHECKING:
    from wirelab.verify.dissectors.reading import Values
    from wirelab.verify.field import Reader
    from wirelab.verify.layer import Layer

_REQUEST, _REPLY = 1, 2
_ETHERNET_LIKE = frozenset({1, 6})
_IPV4 = 0x0800
_NO_HARDWARE = bytes(6)
_BROADCAST = b"\xff" * 6
_NO_ADDRESS = bytes(4)
_UNSIGNED = 1 << 32
"""Where time goes backwards Wireshark's unsigned number of seconds wraps."""


class Neighbours(dict[bytes, tuple[bytes, int, int]]):
    """Which hardware address last claimed an IPv4 address, in which frame and when."""


def dissect(layer: Layer) -> Next:
    """An ARP message, for any kind of hardware and protocol."""
    data, start, end, stop = layer.data, layer.start, layer.end, layer.stop
    if end - start < 8:
        return cut(layer)
    length = 8 + 2 * (data[start + 4] + data[start + 5])
    layer.stop = min(stop, start + length)
    layer.end = min(end, layer.stop)
    if layer.end - start < length:
        return cut(layer)
    if _is_plain(layer):
        _remember(layer.memory.of(Neighbours), layer)
    return None


def _remember(neighbours: Neighbours, layer: Layer) -> None:
    """Notes who claims an address: the sender, and in a reply the target as well."""
    conflict = _claim(neighbours, layer, *_sender(layer))
    if not conflict and _opcode(layer) == _REPLY:
        _claim(neighbours, layer, *_target(layer))


def _claim(neighbours: Neighbours, layer: Layer, hardware: bytes, address: bytes) -> bool:
    """Notes one claim; whether another station claimed the address before."""
    if address == _NO_ADDRESS or hardware in (_NO_HARDWARE, _BROADCAST):
        return False
    frame = layer.packet.frame
    owner, number, time = neighbours.get(address, (hardware, 0, 0))
    if owner == hardware:
        neighbours[address] = (hardware, frame.number, frame.time)
        return False
    layer.note("arp.duplicate-address-detected", True)
    layer.note("arp.duplicate-address-frame", number)
    seconds = (frame.time // SECOND - time // SECOND) % _UNSIGNED
    layer.note("arp.seconds-since-duplicate-address-frame", seconds)
    return True


def _opcode(layer: Layer) -> int:
    return layer.data[layer.start + 7] | layer.data[layer.start + 6] << 8


def _is_plain(layer: Layer) -> bool:
    """Whether this is a whole message about Ethernet and IPv4 addresses."""
    head = layer.data[layer.start : layer.start + 6]
    return head == b"\x00\x01\x08\x00\x06\x04" and layer.end - layer.start >= 28


def _sender(layer: Layer) -> tuple[bytes, bytes]:
    at = layer.start + 8
    return layer.data[at : at + 6], layer.data[at + 6 : at + 10]


def _target(layer: Layer) -> tuple[bytes, bytes]:
    at = layer.start + 18
    return layer.data[at : at + 6], layer.data[at + 6 : at + 10]


def _is_gratuitous(layer: Layer) -> bool:
    return (
        _is_plain(layer)
        and _opcode(layer) in (_REQUEST, _REPLY)
        and _sender(layer)[1] == _target(layer)[1]
    )


def _is_probe(layer: Layer) -> bool:
    if not _is_plain(layer) or _opcode(layer) != _REQUEST or _is_gratuitous(layer):
        return False
    return _sender(layer)[1] == _NO_ADDRESS and _target(layer)[0] == _NO_HARDWARE


def _is_announcement(layer: Layer) -> bool:
    return (
        _is_gratuitous(layer) and _opcode(layer) == _REQUEST and _target(layer)[0] == _NO_HARDWARE
    )


def _hardware(index: int, *, ethernet: bool) -> Reader:
    """The sender's (0) or target's (1) hardware address, where it is or is not an Ethernet one."""

    def read(layer: Layer) -> Values:
        kind, size, hop = _sizes(layer)
        at = layer.start + 8 + index * hop
        if at + size > layer.end or not size or ethernet != (kind in _ETHERNET_LIKE and size == 6):
            return ()
        return (layer.data[at : at + size],)

    return read


def _protocol(index: int, *, ipv4: bool) -> Reader:
    """The sender's (0) or target's (1) protocol address, where it is or is not an IPv4 one."""

    def read(layer: Layer) -> Values:
        _, hardware, hop = _sizes(layer)
        size = hop - hardware
        at = layer.start + 8 + hardware + index * hop
        is_ipv4 = u16(2)(layer) == (_IPV4,) and size == 4
        if at + size > layer.end or not size or ipv4 != is_ipv4:
            return ()
        return (layer.data[at : at + size],)

    return read


def _sizes(layer: Layer) -> tuple[int, int, int]:
    """The hardware type, the hardware address's size, and the size of both addresses together."""
    if layer.end - layer.start < 8:
        return 0, 0, 0
    data, at = layer.data, layer.start
    return data[at] << 8 | data[at + 1], data[at + 4], data[at + 4] + data[at + 5]


_A = Table("arp", "RFC 826")
_CONFLICT = "RFC 5227 1.1"
FIELDS = (
    _A.itself(
        "The Address Resolution Protocol: which hardware address has a protocol address?",
        differs="Wireshark counts the padding of the frame in.",
    ),
    _A.uint("arp.hw.type", "The kind of hardware; 1 is Ethernet.", u16(0)),
    _A.uint("arp.proto.type", "The kind of protocol, as an Ethernet type.", u16(2), digits=4),
    _A.uint("arp.hw.size", "The length of a hardware address.", u8(4), unit="bytes"),
    _A.uint("arp.proto.size", "The length of a protocol address.", u8(5), unit="bytes"),
    _A.uint("arp.opcode", "1 asks who has the target address, 2 answers.", u16(6)),
    _A.ether("arp.src.hw_mac", "The sender's Ethernet address.", _hardware(0, ethernet=True)),
    _A.octets("arp.src.hw", "The sender's other hardware address.", _hardware(0, ethernet=False)),
    _A.ipv4("arp.src.proto_ipv4", "The sender's IPv4 address.", _protocol(0, ipv4=True)),
    _A.octets("arp.src.proto", "The sender's other protocol address.", _protocol(0, ipv4=False)),
    _A.ether(
        "arp.dst.hw_mac",
        "The target's Ethernet address; zero in a request, which asks for it.",
        _hardware(1, ethernet=True),
    ),
    _A.octets("arp.dst.hw", "The target's other hardware address.", _hardware(1, ethernet=False)),
    _A.ipv4("arp.dst.proto_ipv4", "The IPv4 address asked for.", _protocol(1, ipv4=True)),
    _A.octets("arp.dst.proto", "The target's other protocol address.", _protocol(1, ipv4=False)),
    _A.boolean(
        "arp.isgratuitous",
        "Nobody asked: the sender's and the target's IPv4 addresses are the same.",
        present(_is_gratuitous),
        source="RFC 5227 1.2",
    ),
    _A.boolean(
        "arp.isprobe",
        "A request from no address: does anybody use the target address?",
        present(_is_probe),
        source=_CONFLICT,
    ),
    _A.boolean(
        "arp.isannouncement",
        "A gratuitous request with a zero target hardware address: the sender now uses it.",
        present(_is_announcement),
        source=_CONFLICT,
    ),
    _A.mark(
        "arp.duplicate-address-detected",
        "Another hardware address claimed the same IPv4 address earlier at this point.",
        source="RFC 5227 2.4",
    ),
    _A.frame(
        "arp.duplicate-address-frame",
        "The frame in which the other station last claimed the address.",
        source="Wireshark",
    ),
    _A.uint(
        "arp.seconds-since-duplicate-address-frame",
        "How long ago that was, between whole seconds.",
        source="Wireshark",
        unit="s",
    ),
)
