"""The IP datagram, or the fragment of one, that a frame carries or that an ICMP error quotes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wirelab.verify.layer import Layer
    from wirelab.verify.packet import Packet

TCP = 6
UDP = 17
_FRAGMENT = 44
_EXTENSIONS = frozenset({0, 43, 60})
"""Hop-by-hop options, routing and destination options (RFC 8200 section 4)."""


@dataclass(frozen=True, slots=True)
class Datagram:
    """What the IP header says, and what follows it."""

    version: int
    """4 or 6."""
    source: bytes
    """The address it comes from."""
    destination: bytes
    """The address it goes to."""
    protocol: int
    """The protocol number of the payload; in IPv6 behind all extension headers."""
    identification: int | None
    """The identification of its fragments; None for IPv6 without a fragment header."""
    hops: int
    """TTL or hop limit."""
    offset: int
    """Where the payload lies in that of the whole datagram, in bytes."""
    more: bool
    """Whether fragments follow."""
    header: int
    """Bytes in front of the payload, extension headers included."""
    payload: bytes
    """What follows the header, as far as it was captured."""

    @property
    def is_fragment(self) -> bool:
        """Whether it is only a part of a datagram."""
        return self.more or self.offset > 0

    @property
    def belongs_to(self) -> tuple[object, ...]:
        """What all fragments of one datagram have in common (RFC 791, RFC 8200 section 4.5)."""
        ends = (self.version, self.source, self.destination, self.identification)
        return (*ends, self.protocol) if self.version == 4 else ends


def carried(packet: Packet) -> Datagram | None:
    """The outermost datagram of a frame; None when it carries no IP, or half a header."""
    return _first(packet, quoted=False)


def quoted(packet: Packet) -> Datagram | None:
    """The datagram that an ICMP error quotes; None when the frame quotes none."""
    return _first(packet, quoted=True)


def _first(packet: Packet, *, quoted: bool) -> Datagram | None:
    for layer in packet.layers:
        if layer.protocol in ("ip", "ipv6") and layer.quoted == quoted:
            return _read(layer)
    return None


def _read(layer: Layer) -> Datagram | None:
    octets = layer.data[layer.start : layer.end]
    try:
        return _read4(octets) if layer.protocol == "ip" else _read6(octets)
    except IndexError:
        return None


def _read4(octets: bytes) -> Datagram:
    """RFC 791 section 3.1."""
    header = (octets[0] & 0x0F) * 4
    flags = _u16(octets, 6)
    payload = octets[header : max(_u16(octets, 2), header)]
    return Datagram(
        4,
        octets[12:16],
        octets[16:20],
        octets[9],
        _u16(octets, 4),
        octets[8],
        (flags & 0x1FFF) * 8,
        bool(flags & 0x2000),
        header,
        payload,
    )


def _read6(octets: bytes) -> Datagram:
    """RFC 8200 sections 3 and 4."""
    end = 40 + _u16(octets, 4)
    following, at = octets[6], 40
    identification, offset, more = None, 0, False
    while following in _EXTENSIONS or following == _FRAGMENT:
        if following == _FRAGMENT:
            word = _u16(octets, at + 2)
            offset, more = word & 0xFFF8, bool(word & 1)
            identification = int.from_bytes(octets[at + 4 : at + 8])
            length = 8
        else:
            length = (octets[at + 1] + 1) * 8
        following, at = octets[at], at + length
    source, destination, hops = octets[8:24], octets[24:40], octets[7]
    payload = octets[at:end]
    return Datagram(
        6, source, destination, following, identification, hops, offset, more, at, payload
    )


def _u16(octets: bytes, at: int) -> int:
    return octets[at] << 8 | octets[at + 1]
