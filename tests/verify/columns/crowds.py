"""Captures of all kinds of frames, whole and damaged, at several points."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from random import Random
from typing import TYPE_CHECKING

from frames import frames
from samples import SAMPLES
from samples.noise import Noise

from wirelab.verify.columns.table import Table
from wirelab.verify.frame import Frame, LinkType, Point

if TYPE_CHECKING:
    from collections.abc import Sequence

KINDS = (*SAMPLES, "noise")
_START = 1_700_000_000_000_000_000
_IP = b"\x08\0"
_LINKS: dict[int, bytes] = {
    LinkType.LINUX_SLL: b"\0\4\0\1\0\6\2\0\0\0\0\1\0\0\x08\0",
    LinkType.LINUX_SLL2: b"\x08\0\0\0\0\0\0\3\0\1\4\6\2\0\0\0\0\1\0\0",
    LinkType.NULL: b"\2\0\0\0",
    LinkType.LOOP: b"\0\0\0\2",
    LinkType.RAW: b"",
    LinkType.IPV4: b"",
}


@cache
def made(kind: str) -> tuple[Frame, ...]:
    """The frames of a sample."""
    if kind == "noise":
        return tuple(Noise(Random(7)).connections(5))
    return tuple(frames(SAMPLES[kind]()))


def numbered(some: Sequence[Frame]) -> list[Frame]:
    """The frames counted anew, at times that differ."""
    return [
        replace(frame, number=number, time=_START + 700_000 * number * number)
        for number, frame in enumerate(some, 1)
    ]


def table(some: Sequence[Frame]) -> Table:
    """A table of frames."""
    points = dict.fromkeys(frame.point for frame in some)
    found = Table.of(some, [Point(name) for name in points])
    assert found is not None
    return found


@dataclass(frozen=True)
class Crowd:
    """What a capture is made from."""

    kinds: tuple[str, ...]
    """The samples whose frames it has."""
    points: tuple[str, ...]
    """The points at which they are seen."""
    damage: float
    """The share of frames that are damaged."""
    seed: int
    """Where chance begins."""


def crowd(asked: Crowd) -> list[Frame]:
    """Frames of some samples, interleaved, some of them seen at several points, some damaged."""
    kinds, points, damage, random = asked.kinds, asked.points, asked.damage, Random(asked.seed)
    waiting = [list(made(kind)) for kind in kinds]
    chosen: list[Frame] = []
    while waiting:
        queue = random.choice(waiting)
        frame = queue.pop(0)
        waiting = [each for each in waiting if each]
        for point in random.sample(points, random.randint(1, len(points))):
            there = replace(frame, point=point)
            chosen.append(_damaged(there, random) if random.random() < damage else there)
    return numbered(chosen)


def _damaged(frame: Frame, random: Random) -> Frame:
    """The frame, cut or padded or changed or on another link."""
    data = frame.data
    match random.randrange(6):
        case 0:
            return replace(frame, data=data[: random.randrange(len(data) + 1)])
        case 1:
            cut = data[: random.randrange(len(data) + 1)]
            return replace(frame, data=cut, length=len(cut))
        case 2:
            longer = data + random.randbytes(random.randrange(1, 30))
            return replace(frame, data=longer, length=len(longer))
        case 3:
            return replace(frame, data=_flipped(data, random))
        case 4:
            tagged = data[:12] + b"\x81\0\0\7" + data[12:]
            return replace(frame, data=tagged, length=len(tagged))
        case _:
            return _moved(frame, random)


def _flipped(data: bytes, random: Random) -> bytes:
    """The bytes with some of the first ones changed, where headers are."""
    octets = bytearray(data)
    for _ in range(random.randint(1, 3)):
        if octets:
            at = random.randrange(min(len(octets), 80))
            octets[at] = random.choice(
                (0, 1, 17, 69, 21, 0xFF, octets[at] ^ 1, random.randrange(256))
            )
    return bytes(octets)


def _moved(frame: Frame, random: Random) -> Frame:
    """An IPv4 packet on another link, which the same point has as well."""
    if frame.data[12:14] != _IP or frame.linktype != LinkType.ETHERNET:
        return frame
    linktype = random.choice(list(_LINKS))
    data = _LINKS[linktype] + frame.data[14:]
    return replace(frame, data=data, length=len(data), linktype=linktype)
