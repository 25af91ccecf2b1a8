"""A site: where in a frame the bits of one field lie, so that they can be altered."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from wirelab.verify.layer import Layer


class Sort(Enum):
    """How the bits of a field are meant, and so how they are altered and written."""

    NUMBER = "number"
    """A number, a code, a flag."""
    OCTETS = "octets"
    """An address, a token, data."""
    TEXT = "text"
    """Characters."""


_SHOWN = 16
"""The bytes of data that are shown as a whole."""


@dataclass(frozen=True, slots=True)
class Site:
    """Where a field lies."""

    field: str
    """Its display filter name, with `#n` in a layer that is not the first of its protocol."""
    start: int
    """The offset of its first byte, in the frame or in what the layer was put together from."""
    size: int
    """How many bytes it shares in."""
    mask: int
    """Which of their bits are its own, the bytes taken as one big number."""
    sort: Sort = Sort.NUMBER
    """How its bits are meant."""

    @property
    def bits(self) -> int:
        """How many bits it has."""
        return self.mask.bit_count()

    @property
    def end(self) -> int:
        """The offset behind its last byte."""
        return self.start + self.size

    def read(self, data: bytes) -> int:
        """Its value as a number."""
        word = int.from_bytes(data[self.start : self.end], "big")
        return (word & self.mask) >> self._shift

    def write(self, data: bytes, value: int) -> bytes:
        """The bytes with another value in its place."""
        word = int.from_bytes(data[self.start : self.end], "big")
        word = (word & ~self.mask) | (value << self._shift & self.mask)
        return data[: self.start] + word.to_bytes(self.size, "big") + data[self.end :]

    def texts(self, one: int, other: int) -> tuple[str, str]:
        """Two values as people write them; of long data only the first byte that differs."""
        if self.sort is not Sort.OCTETS or self.size <= _SHOWN:
            return self._text(one), self._text(other)
        first, second = (value.to_bytes(self.size, "big") for value in (one, other))
        at = next((at for at in range(self.size) if first[at] != second[at]), 0)
        return f"0x{first[at]:02x} at byte {at}", f"0x{second[at]:02x}"

    def _text(self, value: int) -> str:
        if self.sort is Sort.NUMBER:
            return str(value)
        octets = value.to_bytes(self.size, "big")
        if self.sort is Sort.TEXT:
            return octets.decode("latin-1").encode("unicode_escape").decode()
        if self.size == 4:
            return ".".join(map(str, octets))
        return octets.hex(":")

    @property
    def _shift(self) -> int:
        return (self.mask & -self.mask).bit_length() - 1


Row = tuple[str, int, int, int, Sort]
"""A field of a fixed header: its name, offset and size in bytes, mask, and sort."""


def number(name: str, offset: int, size: int, mask: int = 0) -> Row:
    """A row for a number; without a mask all bits are its own."""
    return name, offset, size, mask or (1 << 8 * size) - 1, Sort.NUMBER


def octets(name: str, offset: int, size: int) -> Row:
    """A row for an address or a token."""
    return name, offset, size, (1 << 8 * size) - 1, Sort.OCTETS


def placed(layer: Layer, rows: Iterable[Row]) -> Iterator[Site]:
    """The sites of a fixed header in a layer; those that were not captured are left out."""
    for name, offset, size, mask, sort in rows:
        start = layer.start + offset
        if start + size <= layer.end:
            yield Site(name, start, size, mask, sort)


def whole(name: str, start: int, end: int, sort: Sort = Sort.OCTETS) -> Iterator[Site]:
    """The site of a field that fills some bytes; none when there are no bytes."""
    if start < end:
        yield Site(name, start, end - start, (1 << 8 * (end - start)) - 1, sort)
