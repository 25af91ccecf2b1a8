"""How a field's values are taken out of a layer's bytes.

Each function here makes a reader: it is given an offset from the start of the layer and returns
what a field's `read` is. A value whose bytes were not captured is absent, like in Wireshark.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wirelab.verify.field import Reader, Value
    from wirelab.verify.layer import Layer

Values = tuple["Value", ...]


def u8(offset: int) -> Reader:
    """One byte as a number."""

    def read(layer: Layer) -> Values:
        at = layer.start + offset
        return (layer.data[at],) if at < layer.end else ()

    return read


def u16(offset: int) -> Reader:
    """Two bytes in network order as a number."""

    def read(layer: Layer) -> Values:
        at = layer.start + offset
        data = layer.data
        return (data[at] << 8 | data[at + 1],) if at + 2 <= layer.end else ()

    return read


def u16_le(offset: int) -> Reader:
    """Two bytes in little-endian order as a number."""

    def read(layer: Layer) -> Values:
        at = layer.start + offset
        data = layer.data
        return (data[at + 1] << 8 | data[at],) if at + 2 <= layer.end else ()

    return read


def number(offset: int, size: int) -> Reader:
    """`size` bytes in network order as a number."""

    def read(layer: Layer) -> Values:
        at = layer.start + offset
        if at + size > layer.end:
            return ()
        return (int.from_bytes(layer.data[at : at + size], "big"),)

    return read


def u32(offset: int) -> Reader:
    """Four bytes in network order as a number."""
    return number(offset, 4)


def bits(offset: int, mask: int, size: int = 1) -> Reader:
    """The bits under a mask within `size` bytes, shifted down to the mask's lowest bit."""
    shift = (mask & -mask).bit_length() - 1

    def read(layer: Layer) -> Values:
        at = layer.start + offset
        if at + size > layer.end:
            return ()
        word = int.from_bytes(layer.data[at : at + size], "big")
        return ((word & mask) >> shift,)

    return read


def flag(offset: int, mask: int, size: int = 1) -> Reader:
    """Whether any bit under a mask within `size` bytes is set."""

    def read(layer: Layer) -> Values:
        at = layer.start + offset
        if at + size > layer.end:
            return ()
        return (int.from_bytes(layer.data[at : at + size], "big") & mask != 0,)

    return read


def raw(offset: int, size: int) -> Reader:
    """`size` bytes as they are: an address, a token."""

    def read(layer: Layer) -> Values:
        at = layer.start + offset
        return (layer.data[at : at + size],) if at + size <= layer.end else ()

    return read


def rest(offset: int) -> Reader:
    """The captured bytes from an offset to the layer's end; absent when there are none."""

    def read(layer: Layer) -> Values:
        at = layer.start + offset
        return (layer.data[at : layer.end],) if at < layer.end else ()

    return read


def whole(layer: Layer) -> Values:
    """The bytes of the layer, header and payload: what `contains` and `matches` search."""
    return (layer.data[layer.start : layer.end],)


def head(size: int | Size) -> Reader:
    """The bytes of the layer's own header: the value of a protocol that carries others."""

    def read(layer: Layer) -> Values:
        own = size if isinstance(size, int) else size(layer)
        return (layer.data[layer.start : layer.start + own],)

    return read


def noted(name: str) -> Reader:
    """Values that dissection has put into the layer's notes."""

    def read(layer: Layer) -> Values:
        return tuple(layer.notes.get(name, ()))

    return read


def both(first: Reader, second: Reader) -> Reader:
    """The values of two readers, one after the other: `ip.addr` is source and destination."""

    def read(layer: Layer) -> Values:
        return first(layer) + second(layer)

    return read


def where(condition: Condition, reader: Reader) -> Reader:
    """The values of a reader in those layers that meet a condition, none in others."""

    def read(layer: Layer) -> Values:
        return reader(layer) if condition(layer) else ()

    return read


def present(condition: Condition) -> Reader:
    """A field without value, which is there or is not: there when the condition holds."""

    def read(layer: Layer) -> Values:
        return (True,) if condition(layer) else ()

    return read


if TYPE_CHECKING:
    from collections.abc import Callable

    Condition = Callable[[Layer], bool]
    Size = Callable[[Layer], int]
