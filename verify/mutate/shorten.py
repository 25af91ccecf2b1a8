"""Mutants of which one frame is shorter than it was."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from wirelab.verify.mutate.mend import mended
from wirelab.verify.mutate.mutant import Mutant
from wirelab.verify.operator import Operator

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wirelab.verify.frame import Frame
    from wirelab.verify.layer import Layer
    from wirelab.verify.mutate.subject import Subject
    from wirelab.verify.packet import Packet

_LENGTHS = {"ip": (2, 0), "ipv6": (4, 40), "udp": (4, 0)}
"""Where a header has its length, and how many bytes in front of the payload do not count."""
_HEADERS = {"eth": 14, "ip": 20, "ipv6": 40, "udp": 8, "tcp": 20, "icmp": 8, "icmpv6": 8}
"""How many bytes a datagram keeps when it is cut."""


def truncated(subject: Subject) -> Iterator[Mutant]:
    """With each frame that matters cut: by the capture, and by its sender."""
    for frame in subject.matter:
        size = len(frame.data)
        for kept in sorted({size - 1, size // 2}):
            yield _mutant(subject, frame, replace(frame, data=frame.data[:kept]), "captured", kept)
        packet = subject.packets[frame.number]
        payload = size - _headers(packet)
        for less in sorted({1, payload // 2, payload} - {0}) if payload > 0 else ():
            data = _shorter(packet, less)
            shorter = replace(frame, data=data, length=len(data))
            yield _mutant(subject, frame, shorter, "sent", len(data))


def _mutant(subject: Subject, frame: Frame, shorter: Frame, what: str, kept: int) -> Mutant:
    frames = subject.capture.frames
    at = next(place for place, each in enumerate(frames) if each is frame)
    spoilt = (*frames[:at], shorter, *frames[at + 1 :])
    step = subject.taken[frame.number]
    sizes = f"{len(frame.data)} bytes", f"{kept} bytes"
    return Mutant(
        Operator.TRUNCATE, frame.number, frame.point, step, spoilt, f"{what} in part", *sizes
    )


def _headers(packet: Packet) -> int:
    """How many bytes of a frame are headers; what an ICMP error quotes is payload."""
    own = [each for each in _own(packet) if each.protocol in _HEADERS]
    last = own[-1]
    if last.protocol == "tcp":
        return last.start + (last.data[last.start + 12] >> 4) * 4
    return last.start + _HEADERS[last.protocol]


def _own(packet: Packet) -> list[Layer]:
    return [each for each in packet.layers if each.data is packet.frame.data and not each.quoted]


def _shorter(packet: Packet, less: int) -> bytes:
    """The frame with some bytes less at its end, and lengths and checksums that agree."""
    data = bytearray(packet.frame.data[: len(packet.frame.data) - less])
    for layer in _own(packet):
        if layer.protocol in _LENGTHS:
            offset, without = _LENGTHS[layer.protocol]
            length = len(data) - layer.start - without
            at = layer.start + offset
            data[at : at + 2] = length.to_bytes(2, "big")
    return mended(packet, bytes(data))
