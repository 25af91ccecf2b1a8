"""Which frames are plain: all their fields are at fixed places, and nothing in them is cut."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from wirelab.traffic.replay.rewrite.link import TAGS
from wirelab.traffic.replay.rewrite.network import ICMP, ICMPV6, TCP, UDP

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from wirelab.traffic.replay.rewrite.packed import Ints

    Mask = NDArray[np.bool_]

CHECKSUM_AT = {TCP: 16, UDP: 6, ICMP: 2, ICMPV6: 2}
"""How far from its beginning a message has its checksum."""
LATER = 256
"""Stands for the protocol of fragments that do not start with its header."""
_ARP_OF_IPV4 = int.from_bytes(bytes.fromhex("0800 06 04"), "little")
"""What ARP says of being about IPv4, and of MACs of six bytes."""
_MOST_TAGS = 2
_LEAST = {TCP: 20, UDP: 8, ICMP: 8, ICMPV6: 8}
_ECHOES = {ICMP: (0, 8), ICMPV6: (128, 129)}


class Octets:
    """Bytes that numbers are read from and written to at many places at once.

    Numbers are little-endian: sums of checksums do not care (RFC 1071 2(B)), and the machine is.
    """

    def __init__(self, octets: NDArray[np.uint8]) -> None:
        self.one = octets
        """The bytes."""
        self.two: NDArray[np.uint16] = _overlapping(octets, 2)
        """Every two of them as a number."""
        self.four: NDArray[np.uint32] = _overlapping(octets, 4)
        """Every four."""
        self.eight: NDArray[np.uint64] = _overlapping(octets, 8)
        """Every eight."""

    def big(self, at: Ints) -> Ints:
        """The numbers of two bytes in network byte order at some places."""
        return self.two[at].byteswap().astype(np.int64)


def _overlapping(octets: NDArray[np.uint8], size: int) -> Any:
    shape = (len(octets) - size + 1,)
    return np.ndarray(shape, f"<u{size}", octets.data, 0, (1,))


@dataclass(frozen=True, slots=True)
class Plain:
    """Frames with an IP header of the ordinary size and a whole packet behind it."""

    places: Ints
    """Which of the frames that were looked at."""
    frame: Ints
    """Where they start."""
    network: Ints
    """Where their IP header starts."""
    transport: Ints
    """Where what it carries starts."""
    length: Ints
    """How long that is."""
    protocol: Ints
    """Which protocol that is."""

    def these(self, which: Mask) -> Plain:
        """Some of them."""
        return Plain(
            self.places[which],
            self.frame[which],
            self.network[which],
            self.transport[which],
            self.length[which],
            self.protocol[which],
        )

    def carries(self, octets: Octets, protocol: int, special: Mask | None) -> Mask:
        """Which of them carry something of a protocol that has nothing to be looked into.

        Args:
            octets: the bytes in which they are.
            protocol: TCP, UDP, ICMP, ICMPv6, or `LATER`.
            special: the ports, bytes swapped, that are looked into.
        """
        at, length = self.transport, self.length
        found: Mask = self.protocol == protocol
        if protocol == LATER:
            return found
        found &= length >= _LEAST[protocol]
        if special is not None:
            found &= ~(special[octets.two[at]] | special[octets.two[at + 2]])
        if protocol == TCP:
            header = (octets.one[at + 12] >> 4).astype(np.int64) * 4
            found &= (header >= 20) & (header <= length)
        elif protocol == UDP:
            told = octets.big(at + 4)
            found &= (told >= 8) & (told <= length)
        else:
            found &= np.isin(octets.one[at], _ECHOES[protocol])
        return found


def behind_tags(octets: Octets, start: Ints, size: Ints) -> tuple[Ints, Ints]:
    """The EtherTypes of frames behind their VLAN tags, and where what they carry starts.

    The EtherType is 0 for a frame that is cut, and that of a tag where there are many.
    """
    at = start + 14
    kind = np.where(size >= 14, octets.big(start + 12), 0)
    for _ in range(_MOST_TAGS):
        is_tagged = np.isin(kind, TAGS)
        if not is_tagged.any():
            break
        at = np.where(is_tagged, at + 4, at)
        is_there = at <= start + size
        kind = np.where(is_tagged, np.where(is_there, octets.big(at - 2), 0), kind)
        at = np.where(is_there, at, start)
    return kind, at


def plain4(octets: Octets, frame: Ints, network: Ints, end: Ints) -> Plain:
    """The plain ones among frames with IPv4: no options, no first fragment, not cut."""
    one = octets.one
    room, length = end - network, octets.big(network + 2)
    found = (room >= 20) & (one[network] == 0x45) & (length >= 20) & (length <= room)
    fragment = octets.big(network + 6) & 0x3FFF
    is_later = fragment & 0x1FFF != 0
    found &= (fragment == 0) | is_later
    protocol = np.where(is_later, LATER, one[network + 9])
    every = np.arange(len(frame))
    return Plain(every, frame, network, network + 20, length - 20, protocol).these(found)


def plain6(octets: Octets, frame: Ints, network: Ints, end: Ints) -> Plain:
    """The plain ones among frames with IPv6: nothing between the header and what it carries."""
    one = octets.one
    room, length = end - network - 40, octets.big(network + 4)
    found = (room >= 0) & (one[network] >> 4 == 6) & (length > 0) & (length <= room)
    protocol, every = one[network + 6].astype(np.int64), np.arange(len(frame))
    return Plain(every, frame, network, network + 40, length, protocol).these(found)


def plain_arp(octets: Octets, network: Ints, end: Ints) -> Mask:
    """Which frames with ARP are whole, and about IPv4 over Ethernet."""
    hardware = octets.big(network)
    found: Mask = (end - network >= 28) & ((hardware == 1) | (hardware == 6))
    found &= octets.four[network + 2] == _ARP_OF_IPV4
    return found
