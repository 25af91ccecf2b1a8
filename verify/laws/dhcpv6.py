"""DHCPv6 messages are whole, and servers answer whom they were asked by."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wirelab.verify.violation import Violation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wirelab.verify.laws.scene import Scene
    from wirelab.verify.layer import Layer

_FIXED, _HEAD = 4, 4
_QUESTIONS, _ANSWERS = frozenset({1, 3, 4, 5, 6, 8, 9, 11}), frozenset({2, 7})
_CLIENT = 1


def dhcpv6(scene: Scene) -> Iterator[Violation]:
    """Options fill a message to its end; an answer has number and client of a question."""
    asked: set[tuple[object, ...]] = set()
    for layer in scene.layers("dhcpv6"):
        frame = layer.packet.frame
        kind = layer.data[layer.start] if layer.end - layer.start >= _FIXED else 0
        if kind not in _QUESTIONS | _ANSWERS:
            continue
        options = _options(layer)
        if options is None:
            yield Violation("dhcp", frame.number, "its options do not end where the message does")
            continue
        number = layer.data[layer.start + 1 : layer.start + _FIXED]
        exchange = frame.point, number, options.get(_CLIENT)
        if kind in _QUESTIONS:
            asked.add(exchange)
        elif exchange not in asked:
            yield Violation("dhcp", frame.number, "it answers what this client did not ask")


def _options(layer: Layer) -> dict[int, bytes] | None:
    """The values of a message's options by their codes; None where they end elsewhere."""
    found: dict[int, bytes] = {}
    at, data = layer.start + _FIXED, layer.data
    while at + _HEAD <= layer.end:
        kind, length = (int.from_bytes(data[at + n : at + n + 2], "big") for n in (0, 2))
        found[kind] = data[at + _HEAD : at + _HEAD + length]
        at += _HEAD + length
    return found if at == layer.end else None
