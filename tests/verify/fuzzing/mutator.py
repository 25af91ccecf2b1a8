"""Ways to damage bytes, frames and files, all from one source of chance."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, TypeVar

from fuzzing.corpus import conversations, files, packed
from fuzzing.lengths import mended
from wirelab.verify.frame import Frame, LinkType

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from random import Random

    from fuzzing.corpus import Seed

T = TypeVar("T")

_NUMBERS = (0, 1, 2, 3, 4, 5, 7, 8, 12, 15, 16, 20, 31, 32, 40, 63, 64, 127, 128, 192, 254, 255)
_WORDS = (0, 1, 0x00FF, 0x0FFF, 0x1FFF, 0x2000, 0x7FFF, 0x8000, 0xC00C, 0xFFF8, 0xFFFE, 0xFFFF)
_LONGS = (0, 1, 12, 0x7FFFFFFF, 0x80000000, 0xFFFFFFF0, 0xFFFFFFFC, 0xFFFFFFFF, 1 << 18, 1 << 20)
_TOKENS = (
    b"\x08\x00", b"\x08\x06", b"\x81\x00", b"\x88\xa8", b"\x86\xdd",  # types
    b"\x00\x35", b"\x00\x15", b"\x00\x14", b"\x00\x50", b"\x01\xbb", b"\x00\x45",  # ports
    b"\x01", b"\x04", b"\x06", b"\x11", b"\x29", b"\x2b", b"\x2c", b"\x2f", b"\x3a", b"\x3c",
    b"\x45\x00\x00\x14", b"\x4f", b"\x60\x00\x00\x00", b"\xc0\x0c", b"\x00\x00\x29",
    b"\x63\x82\x53\x63", b"\x34\x01\x03", b"\x52\x03\xff", b"\r\n\r\n", b"\r\n",
    b"GET / HTTP/1.1\r\n", b"HTTP/1.1 200 OK\r\n", b"Transfer-Encoding: chunked\r\n\r\n",
    b"Content-Length: 99999999\r\n\r\n", b"ffffffff\r\n", b"227 (1,2,3,4,5,6)", b"229 (|||0|)",
    b"EPRT |2|::1|65535|\r\n", b"\x16\x03\x01\x00\x05", b"\x17\x03\x03", b"\x00\x2b",
)  # fmt: skip
"""Bytes that mean something in some protocol."""
_POINTS = ("", "", "", "lan", "wan")
_MS = 1_000_000


class Mutator:
    """Makes damaged things; the same chance makes the same ones."""

    def __init__(self, chance: Random) -> None:
        self._random = chance.random
        self._talks = list(conversations().values())
        self._frames = [seed for talk in self._talks for seed in talk]
        self._files = list(files().values())
        self._packed = list(packed().values())
        self._edits: tuple[Callable[[bytearray], None], ...] = (
            self._flip, self._set, self._set, self._word, self._shift, self._long, self._insert,
            self._remove, self._repeat, self._token, self._token, self._splice, self._end,
        )  # fmt: skip

    def below(self, limit: int) -> int:
        """A whole number from 0 on, below the limit."""
        return int(self._random() * limit)

    def octets(self, data: bytes) -> bytes:
        """Bytes with one or a few edits."""
        changed = bytearray(data)
        for _ in range(1 + self.below(self.below(6) + 1)):
            self._any(self._edits)(changed)
        return bytes(changed)

    def capture(self) -> list[Frame]:
        """One to three frames of a conversation, most of them damaged, and sometimes a stranger."""
        talk = self._any(self._talks)
        first = self.below(len(talk))
        chosen = list(talk[first : first + 1 + self.below(3)])
        if self.below(8) == 0:
            chosen.append(self._any(self._frames))
        now, made = 1_700_000_000_000_000_000, []
        point = self._any(_POINTS)
        for number, seed in enumerate(chosen, 1):
            now += self._any((0, 1, _MS, 50 * _MS, 10_000 * _MS, -_MS))
            made.append(self._frame(number, now, point, seed))
        return made

    def file(self) -> bytes:
        """A damaged capture file of any format."""
        dice = self.below(40)
        if dice == 0:
            return self.octets(self._any(self._packed))
        parts = list(self._any(self._files))
        for _ in range(1 + self.below(2)):
            self._rearrange(parts)
        data = b"".join(parts)
        if dice == 1:
            return zlib.compress(data, 1, wbits=31)
        return self.octets(data) if dice < 8 else data

    def _frame(self, number: int, time: int, point: str, seed: Seed) -> Frame:
        linktype, data = seed
        if self.below(6):
            data = self.octets(data)
        if self.below(2):
            data = mended(data) if linktype == LinkType.ETHERNET else data
        if self.below(2000) == 0:
            data += data[-20:] * 4000
        if self.below(30) == 0:
            linktype = self._any(tuple(LinkType))
        length = len(data) + (self._any((1, 40, 70_000, 1 << 31)) if self.below(20) == 0 else 0)
        return Frame(number, time, point, data, length, linktype)

    def _rearrange(self, parts: list[bytes]) -> None:
        """One change to the parts of a file, which keeps the other parts whole."""
        if not parts:
            return
        place, dice = self.below(len(parts)), self.below(10)
        if dice < 4:
            parts[place] = self.octets(parts[place])
        elif dice == 4:
            del parts[place]
        elif dice < 7:
            parts.insert(self.below(len(parts) + 1), parts[place])
        elif dice == 7:
            parts.insert(place, self._any(self._any(self._files)))
        elif dice == 8:
            self._claim(parts, place)
        else:
            parts[place] = parts[place][: self.below(len(parts[place]) + 1)]

    def _claim(self, parts: list[bytes], place: int) -> None:
        """Sets one of the aligned numbers at the start of a part, where its lengths are."""
        part = bytearray(parts[place])
        at = self.below(8) * 4
        order = "little" if self.below(2) else "big"
        part[at : at + 4] = self._any(_LONGS).to_bytes(4, order)
        parts[place] = bytes(part)

    def _any(self, choices: Sequence[T]) -> T:
        return choices[int(self._random() * len(choices))]

    def _place(self, data: bytearray) -> int:
        """Somewhere in the data; the first hundred bytes, where the headers are, more often."""
        size = len(data)
        return self.below(min(size, 100) if self.below(3) else size) if size else 0

    def _flip(self, data: bytearray) -> None:
        if data:
            data[self._place(data)] ^= 1 << self.below(8)

    def _set(self, data: bytearray) -> None:
        if data:
            octet = self._any(_NUMBERS) if self.below(2) else self.below(256)
            data[self._place(data)] = octet

    def _word(self, data: bytearray) -> None:
        at = self._place(data)
        data[at : at + 2] = self._any(_WORDS).to_bytes(2, "big")

    def _shift(self, data: bytearray) -> None:
        """Makes a number of two bytes a little greater or smaller: a length, a count, an offset."""
        at = self._place(data)
        number = int.from_bytes(data[at : at + 2], "big") + self.below(33) - 16
        data[at : at + 2] = (number & 0xFFFF).to_bytes(2, "big")

    def _long(self, data: bytearray) -> None:
        at = self._place(data) & ~3
        data[at : at + 4] = self._any(_LONGS).to_bytes(4, "little" if self.below(2) else "big")

    def _insert(self, data: bytearray) -> None:
        at = self._place(data)
        octet = self._any((0, 0, 1, 255, self.below(256)))
        data[at:at] = bytes([octet]) * (1 + self.below(20))

    def _remove(self, data: bytearray) -> None:
        at = self._place(data)
        del data[at : at + 1 + self.below(20)]

    def _repeat(self, data: bytearray) -> None:
        """Puts a piece behind itself some times: headers in headers, options, records."""
        at, size = self._place(data), 1 + self.below(40)
        piece = bytes(data[at : at + size])
        data[at:at] = piece * (1 + self.below(3))

    def _token(self, data: bytearray) -> None:
        at, token = self._place(data), self._any(_TOKENS)
        if self.below(2):
            data[at : at + len(token)] = token
        else:
            data[at:at] = token

    def _splice(self, data: bytearray) -> None:
        """Goes on as another frame does."""
        at = self._place(data)
        _, other = self._any(self._frames)
        data[at:] = other[min(self.below(8) * 14, at) :]

    def _end(self, data: bytearray) -> None:
        del data[self.below(len(data) + 1) :]
