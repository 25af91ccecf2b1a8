"""UDP and TCP."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wirelab.verify.mutate.site import Row, Site, Sort, number, octets, placed, whole

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wirelab.verify.layer import Layer

_UDP = (
    number("udp.srcport", 0, 2),
    number("udp.dstport", 2, 2),
    number("udp.length", 4, 2),
)
_FLAGS = ("ae", "cwr", "ece", "urg", "ack", "push", "reset", "syn", "fin")
_TCP = (
    number("tcp.srcport", 0, 2),
    number("tcp.dstport", 2, 2),
    number("tcp.seq_raw", 4, 4),
    number("tcp.ack_raw", 8, 4),
    number("tcp.hdr_len", 12, 1, 0xF0),
    number("tcp.flags.res", 12, 2, 0x0E00),
    *(number(f"tcp.flags.{name}", 12, 2, 0x100 >> at) for at, name in enumerate(_FLAGS)),
    number("tcp.window_size_value", 14, 2),
    number("tcp.urgent_pointer", 18, 2),
)
_TCP_HEADER = 20
_END, _NOP = 0, 1
_OPTIONS: dict[int, tuple[Row, ...]] = {
    2: (number("tcp.options.mss_val", 2, 2),),
    3: (number("tcp.options.wscale.shift", 2, 1),),
    8: (
        number("tcp.options.timestamp.tsval", 2, 4),
        number("tcp.options.timestamp.tsecr", 6, 4),
    ),
}
_KINDS = (number("tcp.option_kind", 0, 1), number("tcp.option_len", 1, 1))


def udp(layer: Layer) -> Iterator[Site]:
    """UDP (RFC 768)."""
    return placed(layer, _UDP)


def tcp(layer: Layer) -> Iterator[Site]:
    """TCP (RFC 9293 section 3.1), options and data included."""
    yield from placed(layer, _TCP)
    if layer.end - layer.start < _TCP_HEADER:
        return
    end = min(layer.start + (layer.data[layer.start + 12] >> 4) * 4, layer.end)
    yield from _options(layer, end)
    above = layer.packet.layers[layer.packet.layers.index(layer) + 1 :]
    if not any(each.data is layer.data for each in above):
        yield from whole("tcp.payload", end, layer.end)


def _options(layer: Layer, end: int) -> Iterator[Site]:
    at = layer.start + _TCP_HEADER
    while at < end:
        kind = layer.data[at]
        size = 1 if kind in (_END, _NOP) else layer.data[at + 1] if at + 1 < end else 0
        if size < 1 or at + size > end:
            return
        yield from _option(at, kind, size)
        at += size


def _option(at: int, kind: int, size: int) -> Iterator[Site]:
    rows = (*(_KINDS if size > 1 else _KINDS[:1]), *_OPTIONS.get(kind, ()))
    for name, offset, length, mask, sort in rows:
        yield Site(name, at + offset, length, mask, sort)
    if size > 2 and kind not in _OPTIONS:
        name, offset, length, mask, sort = octets("tcp.options", 2, size - 2)
        yield Site(name, at + offset, length, mask, Sort.OCTETS)
