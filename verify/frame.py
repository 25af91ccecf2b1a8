"""Frames and the points at which they were captured."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum


class LinkType(IntEnum):
    """The link types that can be dissected, by their number in a capture file.

    Source: the LINKTYPE_ list of tcpdump.org.
    """

    NULL = 0
    """BSD loopback: an address family in the byte order of the capturing host."""
    ETHERNET = 1
    """Ethernet, from the destination address to the payload; no frame check sequence."""
    RAW_12 = 12
    """IP without a link header, as DLT_RAW is numbered on most systems."""
    RAW = 101
    """IP without a link header, version 4 or 6."""
    LOOP = 108
    """OpenBSD loopback: an address family in network byte order."""
    LINUX_SLL = 113
    """Linux "cooked" capture, as from `tcpdump -i any`."""
    IPV4 = 228
    """IPv4 without a link header."""
    IPV6 = 229
    """IPv6 without a link header."""
    LINUX_SLL2 = 276
    """Linux "cooked" capture, version 2, with the interface in the header."""


@dataclass(frozen=True, slots=True)
class Point:
    """A place where frames are captured; an interface of a pcapng file."""

    name: str
    """The point's name, unique in a capture; "" where a file names none."""
    description: str = ""
    """Where the point is, for people: a node and an interface."""
    mtu: int | None = None
    """The largest network-layer packet that the link carries, in bytes; None where unknown."""
    linktype: int = LinkType.ETHERNET
    """The LINKTYPE_ number of what is captured there."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One captured frame."""

    number: int
    """Its place in the capture, counted from 1, as in Wireshark."""
    time: int
    """When it was captured, in nanoseconds since the epoch."""
    point: str
    """The name of the capture point; "" where the file names none."""
    data: bytes
    """The captured bytes, from the link header on."""
    length: int
    """Its length on the wire in bytes; more than `len(data)` when the capture cut it."""
    linktype: int = LinkType.ETHERNET
    """The LINKTYPE_ number that says how `data` starts."""
    outgoing: bool | None = None
    """Whether the point's interface sent it; None where the capture does not say."""
    comment: str = ""
    """What the file says beside the frame; "" for nothing."""
