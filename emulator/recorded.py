"""What a recorder wrote, as the frames that passed: columns over mapped blocks of rings."""

import mmap
import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import starmap
from pathlib import Path
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from wirelab.emulator.tap import Captured

Ints = NDArray[np.int64]

# include/uapi/linux/if_packet.h: struct tpacket_block_desc, tpacket3_hdr, sockaddr_ll behind it
_BLOCK = struct.Struct("=12xIII")  # frames, offset of the first, bytes in use
_NEXT, _SECONDS, _NANOSECONDS, _KEPT, _STATUS = 0, 4, 8, 12, 20
_MAC, _TAG, _TAG_TYPE, _PACKET_TYPE = 24, 32, 36, 58
_HAS_TAG, _HAS_TAG_TYPE = 0x10, 0x40
_OUTGOING = 4
_VLAN = 0x8100
_BLOCKS_AT_ONCE = 256
_AT_ONCE = 1 << 14
_ADDRESSES = 12


@dataclass(frozen=True)
class _Columns:
    """Frames of all points, ordered by time; all columns are equally long."""

    time: Ints
    point: NDArray[np.int16]
    start: Ints
    kept: NDArray[np.int32]
    outgoing: NDArray[np.bool_]
    tag: Ints
    """The VLAN tag that the kernel took out: its type and contents; 0 for none."""

    def __getitem__(self, rows: Any) -> "_Columns":
        return _Columns(*(getattr(self, name)[rows] for name in self.__annotations__))


class Recorded(Sequence[Captured]):
    """Frames in the order of their times; each is made when it is asked for."""

    def __init__(
        self, points: tuple[str, ...], files: tuple[mmap.mmap | bytes, ...], columns: _Columns
    ) -> None:
        self._points, self._files, self._columns = points, files, columns

    def __len__(self) -> int:
        return len(self._columns.time)

    @overload
    def __getitem__(self, at: int) -> Captured: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Captured]: ...
    def __getitem__(self, at: int | slice) -> Captured | Sequence[Captured]:
        if isinstance(at, slice):
            return Recorded(self._points, self._files, self._columns[at])
        place = range(len(self))[at]
        return Captured(*next(self._rows(self._columns[place : place + 1])))

    def __iter__(self) -> Iterator[Captured]:
        return starmap(Captured, self.rows())

    def rows(self) -> Iterator[tuple[int, str, bytes, bool]]:
        """Yield time, point, bytes and direction of each frame, at half the cost of frames."""
        for first in range(0, len(self), _AT_ONCE):
            yield from self._rows(self._columns[first : first + _AT_ONCE])

    def at(self, point: str, *, outgoing: bool | None = None) -> "Recorded":
        """Return the frames of one capture point, or those that its node sent, or that came."""
        columns = self._columns
        mine = columns.point == (self._points.index(point) if point in self._points else -1)
        if outgoing is not None:
            mine &= columns.outgoing == outgoing
        return Recorded(self._points, self._files, columns[mine])

    def _rows(self, columns: _Columns) -> Iterator[tuple[int, str, bytes, bool]]:
        names, files = self._points, self._files
        rows = zip(
            *(getattr(columns, name).tolist() for name in columns.__annotations__), strict=True
        )
        for time, point, start, kept, outgoing, tag in rows:
            data = files[point][start : start + kept]
            if tag:
                data = data[:_ADDRESSES] + tag.to_bytes(4, "big") + data[_ADDRESSES:]
            yield time, names[point], data, outgoing


def read_recording(paths: Mapping[str, Path]) -> Recorded:
    """Return what was recorded, by the file of each capture point."""
    files = tuple(_mapped(path) for path in paths.values())
    parts = [_columns_of(number, data) for number, data in enumerate(files)]
    joined = _Columns(
        *(np.concatenate([getattr(p, n) for p in parts]) for n in _Columns.__annotations__)
    )
    return Recorded(tuple(paths), files, joined[np.argsort(joined.time, kind="stable")])


def _mapped(path: Path) -> mmap.mmap | bytes:
    with path.open("rb") as file:
        if not path.stat().st_size:
            return b""
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)


def _columns_of(point: int, data: mmap.mmap | bytes) -> _Columns:
    at = np.concatenate([np.zeros(0, np.int64), *_places(data)])
    fours, twos = np.frombuffer(data, np.uint32), np.frombuffer(data, np.uint16)
    ones = np.frombuffer(data, np.uint8)

    def four(offset: int) -> Ints:
        found: Ints = fours[(at + offset) >> 2].astype(np.int64)
        return found

    def two(offset: int) -> Ints:
        found: Ints = twos[(at + offset) >> 1].astype(np.int64)
        return found

    status = four(_STATUS)
    kind = np.where(status & _HAS_TAG_TYPE, two(_TAG_TYPE), _VLAN)
    return _Columns(
        four(_SECONDS) * 1_000_000_000 + four(_NANOSECONDS),
        np.full(len(at), point, np.int16),
        at + two(_MAC),
        four(_KEPT).astype(np.int32),
        ones[at + _PACKET_TYPE] == _OUTGOING,
        np.where(status & _HAS_TAG, kind << 16 | four(_TAG), 0),
    )


def _places(data: mmap.mmap | bytes) -> Iterator[Ints]:
    """Yield where frames are: in many blocks at a time, from each frame to the next."""
    fours = np.frombuffer(data, np.uint32)
    for counts, first in _blocks(data):
        found = []
        order = np.argsort(-counts, kind="stable")  # those that end first are the last
        frames, at = counts[order], first[order]
        many = len(frames)
        for number in range(int(frames[0])):
            while frames[many - 1] <= number:
                many -= 1
            at = at[:many]
            found.append(at)
            at = at + fours[(at + _NEXT) >> 2]
        yield np.sort(np.concatenate(found))


def _blocks(data: mmap.mmap | bytes) -> Iterator[tuple[Ints, Ints]]:
    """Yield, for some blocks at a time, how many frames each has and where the first is."""
    frames: list[int] = []
    first: list[int] = []
    at = 0
    while at < len(data):
        count, offset, length = _BLOCK.unpack_from(data, at)
        frames.append(count)
        first.append(at + offset)
        at += length
        if len(frames) == _BLOCKS_AT_ONCE:
            yield np.array(frames, np.int64), np.array(first, np.int64)
            frames, first = [], []
    if frames:
        yield np.array(frames, np.int64), np.array(first, np.int64)
