"""Mutants in which a transaction of another capture happens, with addresses of this one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from wirelab.verify.dissect import dissect
from wirelab.verify.mutate.mend import mended
from wirelab.verify.mutate.mutant import Mutant, in_time
from wirelab.verify.mutate.site import Sort
from wirelab.verify.mutate.sites import located
from wirelab.verify.operator import Operator

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from wirelab.verify.capture import Capture
    from wirelab.verify.frame import Frame
    from wirelab.verify.mutate.subject import Subject
    from wirelab.verify.packet import Packet

_APART = 1_000
"""Nanoseconds between the frames that are put in."""
_SIZES = (4, 6, 16)
"""The sizes of IPv4, Ethernet and IPv6 addresses."""


@dataclass(frozen=True)
class Donor:
    """A capture from which transactions are taken."""

    scenario: str
    """What it shows."""
    capture: Capture
    """The capture."""


def inserted(subject: Subject, donors: Iterable[Donor]) -> Iterator[Mutant]:
    """With what each donor saw at its first point, behind some frames of this capture.

    They are, at each point, the first and the last frame that matters.
    """
    for donor in donors:
        packets = _transaction(donor.capture)
        for point in {frame.point: None for frame in subject.matter}:
            here = [frame for frame in subject.matter if frame.point == point]
            guests = _at_home(packets, subject, point)
            for frame in dict.fromkeys((here[0], here[-1])):
                yield _mutant(subject, donor.scenario, frame, guests)


def _transaction(capture: Capture) -> list[Packet]:
    """The packets of the first point at which anything was seen."""
    point = capture.frames[0].point
    return dissect(frame for frame in capture.frames if frame.point == point)


def _mutant(
    subject: Subject, donor: str, frame: Frame, guests: list[tuple[Frame, bytes]]
) -> Mutant:
    placed = [
        replace(guest, time=frame.time + at * _APART, point=frame.point, data=data)
        for at, (guest, data) in enumerate(guests, start=1)
    ]
    at = subject.capture.frames.index(frame) + 1
    frames = subject.capture.frames
    spoilt = in_time((*frames[:at], *placed, *frames[at:]))
    step = subject.taken[frame.number]
    return Mutant(Operator.FOREIGN, frame.number, frame.point, step, spoilt, donor)


def _at_home(packets: list[Packet], subject: Subject, point: str) -> list[tuple[Frame, bytes]]:
    """The frames of a donor and their bytes with the addresses that are usual at a point."""
    own = [packet for packet in subject.packets.values() if packet.frame.point == point]
    moved = _renaming(_addresses(packets), _addresses(own))
    return [(packet.frame, mended(packet, _renamed(packet, moved))) for packet in packets]


def _renaming(theirs: list[bytes], ours: list[bytes]) -> dict[bytes, bytes]:
    """Our addresses for theirs, the first seen for the first seen, as far as there are any."""
    found: dict[bytes, bytes] = {}
    for size in _SIZES:
        sides = ([each for each in side if len(each) == size] for side in (theirs, ours))
        found.update(zip(*sides, strict=False))
    return found


def _addresses(packets: Iterable[Packet]) -> list[bytes]:
    """The addresses of hosts, in the order in which they were first seen."""
    fields = ("eth.src", "arp.src.proto_ipv4", "arp.dst.proto_ipv4", "ip.src", "ip.dst")
    found: dict[bytes, None] = {}
    for packet in packets:
        for field in (*fields, "ipv6.src", "ipv6.dst"):
            for value in packet.values(field):
                if isinstance(value, bytes) and any(value) and value[0] not in (0xFF, 0x33):
                    found[value] = None
    return list(found)


def _renamed(packet: Packet, moved: Mapping[bytes, bytes]) -> bytes:
    data = packet.frame.data
    for place in located(packet, {packet.frame.number: packet}):
        site = place.site
        if site.sort is Sort.OCTETS and site.size in _SIZES:
            other = moved.get(data[site.start : site.end])
            if other is not None:
                data = site.write(data, int.from_bytes(other, "big"))
    return data
