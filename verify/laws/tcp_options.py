"""Options of TCP are those that Linux sends, where they belong, and its clock does not go back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wirelab.verify.dissectors.tcp_stream import MODULO, SYN
from wirelab.verify.violation import Violation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wirelab.verify.laws.scene import Scene
    from wirelab.verify.layer import Layer

_END, _NOTHING, _SACK, _TIME = 0, 1, 5, 8
_SCALE, _LARGEST_SCALE = 3, 14  # RFC 7323 section 2.3
_LENGTHS = {2: 4, _SCALE: 3, 4: 2, _TIME: 10}
"""Bytes of segment size, window scale, SACK permitted and time stamps (IANA's list)."""
_OF_A_SYN = {2, _SCALE, 4}
"""Options that only a SYN has (RFC 9293 3.7.1, RFC 7323 2.2, RFC 2018 section 2)."""


def tcp_options(scene: Scene) -> Iterator[Violation]:
    """Every option has its length, belongs to its segment, and no time stamp is less than before.

    Where packets are seen at several places of their way, time stamps are not compared.
    """
    clocks: dict[tuple[object, ...], int] = {}
    for layer in scene.layers("tcp"):
        header = _header(layer)
        options = _options(header[20:])
        number, point = layer.packet.frame.number, layer.packet.frame.point
        if options is None:
            yield Violation("tcp", number, "options that are none of Linux")
            continue
        if not header[13] & SYN and _OF_A_SYN & options.keys():
            yield Violation("tcp", number, "an option that only a SYN has")
        if options.get(_SCALE, b"\0")[-1] > _LARGEST_SCALE:
            yield Violation("tcp", number, f"a window scale above {_LARGEST_SCALE}")
        if _TIME in options and scene.ways.get(point):
            side = (point, _addresses(layer), header[:4])
            clock = int.from_bytes(options[_TIME][2:6], "big")
            if (clock - clocks.get(side, clock)) % MODULO > MODULO // 2:
                yield Violation("tcp", number, "its clock of time stamps goes back")
            clocks[side] = clock


def _header(layer: Layer) -> bytes:
    """The TCP header; zeros where it was not captured."""
    data = bytes(layer.data[layer.start : layer.start + 60]).ljust(20, b"\0")
    return data[: max(20, (data[12] >> 4) * 4)]


def _addresses(layer: Layer) -> tuple[object, ...]:
    version = "ipv6" if layer.packet.has("ipv6") else "ip"
    return tuple(layer.packet.values(f"{version}.{end}", 1) for end in ("src", "dst"))


def _options(data: bytes) -> dict[int, bytes] | None:
    """Options by kind; None when one is unknown or has a wrong length."""
    found: dict[int, bytes] = {}
    at = 0
    while at < len(data) and data[at] != _END:
        if data[at] == _NOTHING:
            at += 1
            continue
        kind, length = data[at], data[at + 1] if at + 1 < len(data) else 0
        fits = length % 8 == 2 and length > 2 if kind == _SACK else length == _LENGTHS.get(kind)
        if not fits or at + length > len(data):
            return None
        found[kind] = data[at : at + length]
        at += length
    return None if any(data[at:]) else found  # behind the end there is only padding
