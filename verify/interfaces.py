"""The interfaces of a pcapng file: what is said about them, and the points that they are."""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass, replace

from wirelab.verify.frame import Point

_END, _COMMENT, _NAME, _DESCRIPTION, _RESOLUTION, _OFFSET = 0, 1, 2, 3, 9, 14
_RECEIVED, _DROPPED = 4, 5
_SECOND = 1_000_000_000
Options = list[tuple[int, bytes]]
"""Codes and values."""

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
        self._known: dict[str, Point] = {}
        self._taken: set[str] = set()

    @property
    def known(self) -> list[Point]:
        """The points in the order in which they were first met."""
        return list(self._known.values())

    def __len__(self) -> int:
        return len(self._known)

    def begin(self) -> None:
        """Begins a section, in which every name can be used once more."""
        self._taken.clear()

    def add(self, interface: Interface, index: int) -> Interface:
        """Takes an interface in; another one of the same name in a section gets a number.

        Args:
            interface: its description.
            index: its number within its section, from 0.
        """
        name = interface.point.name
        while name in self._taken:
            name = f"{name}#{index}"
        self._taken.add(name)
        point = replace(interface.point, name=name)
        self._known.setdefault(name, point)
        return replace(interface, point=point)


class OverlongOptionError(ValueError):
    """An option says that it goes on behind the end of its block."""

    def __init__(self, size: int) -> None:
        super().__init__(f"an option of {size} bytes goes on behind the end of its block")


def options(order: str, body: bytes, at: int) -> Options:
    """The codes and values of a block's options from an offset on.

    Raises:
        OverlongOptionError: the block ends before an option does.
    """
    found = []
    while at + 4 <= len(body):
        code, size = struct.unpack_from(order + "HH", body, at)
        if code == _END:
            break
        if at + 4 + size > len(body):
            raise OverlongOptionError(size)
        found.append((code, body[at + 4 : at + 4 + size]))
        at += 4 + size + (-size & 3)
    return found


def text(value: bytes) -> str:
    """An option's text."""
    return value.rstrip(b"\0").decode("utf-8", "replace")


def describe(order: str, body: bytes, said: Options) -> Interface:
    """An interface from the body of its description block and the options in it."""
    linktype, snaplen = struct.unpack_from(order + "H2xI", body)
    name = description = ""
    mtu, resolution, offset = None, 1_000_000, 0
    for code, value in said:
        if code == _NAME:
            name = text(value)
        elif code == _DESCRIPTION:
            description = text(value)
        elif code == _COMMENT and (found := _MTU.fullmatch(text(value))):
            mtu = int(found[1])
        elif code == _RESOLUTION and len(value) == 1:
            base = 2 if value[0] & 0x80 else 10
            resolution = base ** (value[0] & 0x7F)
        elif code == _OFFSET and len(value) == 8:
            offset = struct.unpack(order + "q", value)[0]
    return Interface(Point(name, description, mtu, linktype), snaplen, resolution, offset)


def counts(order: str, said: Options) -> tuple[int | None, int | None]:
    """Frames received and dropped, from the options of a statistics block; None where not said."""
    numbers = {
        code: struct.unpack(order + "Q", value)[0] for code, value in said if len(value) == 8
    }
    return numbers.get(_RECEIVED), numbers.get(_DROPPED)
