"""Mutants of which one frame has other bytes: fields altered, bits flipped."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from wirelab.verify.datagram import carried
from wirelab.verify.mutate.alter import alterations
from wirelab.verify.mutate.mend import fragment_mended, mended
from wirelab.verify.mutate.mutant import Mutant
from wirelab.verify.mutate.sites import Located, located
from wirelab.verify.operator import Operator

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wirelab.verify.frame import Frame
    from wirelab.verify.mutate.subject import Subject
    from wirelab.verify.packet import Packet

FLIPS = 4
"""How many bits of each frame are flipped, one at a time, with and without mending."""
_CHECKSUM = "checksum"
"""What a flipped bit belongs to when it is in no field: only checksums are in none."""


def sites_of(subject: Subject) -> list[Located]:
    """The sites of all frames that matter, each once, in the order of the capture."""
    found = [
        place
        for packet in subject.packets.values()
        for place in located(packet, subject.packets)
        if place.packet.frame.number in subject.taken
    ]
    return sorted(found, key=lambda each: (each.packet.frame.number, each.site.start))


def edited(subject: Subject) -> Iterator[Mutant]:
    """With each field of each frame that matters altered, checksums recomputed."""
    for place in sites_of(subject):
        site, frame = place.site, place.packet.frame
        random = subject.random("field", frame.number, site.field, site.start)
        for value in alterations(site, frame.data, random):
            altered = site.write(frame.data, value)
            mutant = _changed(subject, Operator.FIELD, place.packet, altered)
            before, after = site.texts(site.read(frame.data), value)
            yield replace(mutant, subject=site.field, before=before, after=after)


def flipped(subject: Subject) -> Iterator[Mutant]:
    """With single bits flipped, and nothing else."""
    yield from _flips(subject, Operator.FLIP)


def flipped_and_mended(subject: Subject) -> Iterator[Mutant]:
    """With single bits flipped, checksums recomputed."""
    yield from _flips(subject, Operator.FLIP_MENDED)


def _flips(subject: Subject, operator: Operator) -> Iterator[Mutant]:
    places = sites_of(subject)
    for frame in subject.matter:
        random = subject.random(operator, frame.number)
        here = [each for each in places if each.packet.frame is frame]
        size = 8 * len(frame.data)
        for bit in sorted(random.sample(range(size), min(FLIPS, size))):
            if operator is Operator.FLIP or _field(here, bit) != _CHECKSUM:
                yield _flip(subject, operator, frame, bit, _field(here, bit))


def _flip(subject: Subject, operator: Operator, frame: Frame, bit: int, field: str) -> Mutant:
    octets = bytearray(frame.data)
    octets[bit // 8] ^= 1 << bit % 8
    packet = subject.packets[frame.number]
    mutant = _changed(subject, operator, packet, bytes(octets))
    texts = f"0x{frame.data[bit // 8]:02x}", f"0x{octets[bit // 8]:02x}"
    return replace(mutant, subject=field, before=texts[0], after=f"{texts[1]} at byte {bit // 8}")


def _field(places: list[Located], bit: int) -> str:
    """The field to which a bit of a frame belongs; of several, the smallest."""
    at = bit // 8
    fitting = [
        place.site
        for place in places
        if place.site.start <= at < place.site.end
        and place.site.mask >> 8 * (place.site.end - 1 - at) >> bit % 8 & 1
    ]
    return min(fitting, key=lambda site: site.bits).field if fitting else _CHECKSUM


def _changed(subject: Subject, operator: Operator, packet: Packet, data: bytes) -> Mutant:
    """The mutant with other bytes in a frame, mended unless the operator says otherwise."""
    if operator is Operator.FLIP:
        changed = {packet.frame.number: data}
    elif (datagram := carried(packet)) and datagram.is_fragment:
        changed = fragment_mended(packet, data, subject.packets)
    else:
        changed = {packet.frame.number: mended(packet, data)}
    frames = tuple(
        replace(frame, data=changed[frame.number]) if frame.number in changed else frame
        for frame in subject.capture.frames
    )
    number = packet.frame.number
    return Mutant(operator, number, packet.frame.point, subject.taken[number], frames)
