"""The interfaces of a pcapng file: what is said about them, and the points that they are."""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from wirelab.verify.frame import Point

if TYPE_CHECKING:
    from collections.abc import Iterator

_END, _COMMENT, _NAME, _DESCRIPTION, _RESOLUTION, _OFFSET = 0, 1, 2, 3, 9, 14
_RECEIVED, _DROPPED = 4, 5
_SECOND = 1_000_000_000
_MTU = re.compile(r"MTU (\d{1,9})")


@dataclass(frozen=True, slots=True)
class Interface:
    """An interface description."""

    point: Point
    """The capture point that it is."""
    snaplen: int
    """How much of a frame was captured at most, in bytes; 0 for no limit."""
    resolution: int
    """How many units of its timestamps make a second."""
    offset: int
    """What is added to its timestamps, in seconds."""

    def nanoseconds(self, ticks: int) -> int:
        """A timestamp of the interface in nanoseconds since the epoch."""
        return ticks * _SECOND // self.resolution + self.offset * _SECOND


class Points:
    """The points of a file; an interface that comes again in another section is the same one."""

    def __init__(self) -> None:
        self.known: list[Point] = []
        """The points in the order in which they were first met."""

    def add(self, interface: Interface, index: int) -> Interface:
        """Takes an interface in; another one of the same name in a section gets a number.

        Args:
            interface: its description.
            index: its number within its section, from 0.
        """
        taken = {point.name for point in self.known[:index]}
        point = interface.point
        if point.name in taken:
            point = replace(point, name=f"{point.name}#{index}")
        if all(point.name != known.name for known in self.known):
            self.known.append(point)
        return replace(interface, point=point)


def options(order: str, body: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    """The codes and values of a block's options from an offset on; it ends where they are cut."""
    while at + 4 <= len(body):
        code, size = struct.unpack_from(order + "HH", body, at)
        if code == _END or at + 4 + size > len(body):
            return
        yield code, body[at + 4 : at + 4 + size]
        at += 4 + size + (-size & 3)


def text(value: bytes) -> str:
    """An option's text."""
    return value.rstrip(b"\0").decode("utf-8", "replace")


def describe(order: str, body: bytes) -> Interface:
    """An interface from the body of its description block, which has 8 bytes at least."""
    linktype, snaplen = struct.unpack_from(order + "H2xI", body)
    name = description = ""
    mtu, resolution, offset = None, 1_000_000, 0
    for code, value in options(order, body, 8):
        if code == _NAME:
            name = text(value)
        elif code == _DESCRIPTION:
            description = text(value)
        elif code == _COMMENT and (said := _MTU.fullmatch(text(value))):
            mtu = int(said[1])
        elif code == _RESOLUTION and value:
            base = 2 if value[0] & 0x80 else 10
            resolution = base ** (value[0] & 0x7F)
        elif code == _OFFSET and len(value) == 8:
            offset = struct.unpack(order + "q", value)[0]
    return Interface(Point(name, description, mtu, linktype), snaplen, resolution, offset)


def counts(order: str, body: bytes) -> tuple[int | None, int | None]:
    """Frames received and dropped, from the body of a statistics block; None where not said."""
    said = {
        code: struct.unpack(order + "Q", value)[0]
        for code, value in options(order, body, 12)
        if len(value) == 8
    }
    return said.get(_RECEIVED), said.get(_DROPPED)
