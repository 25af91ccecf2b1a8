"""Opening a capture file as a table."""

from __future__ import annotations

import gzip
import mmap
import struct
import zlib
from dataclasses import replace
from typing import TYPE_CHECKING

from wirelab.verify import pcapng as blocks
from wirelab.verify.capture import MOST_BYTES, Capture, open_capture
from wirelab.verify.columns import pcap, pcapng
from wirelab.verify.columns.octets import Octets
from wirelab.verify.columns.table import Table

if TYPE_CHECKING:
    from pathlib import Path

    from wirelab.verify.columns.table import Remarks

_GZIP = b"\x1f\x8b"


def mapped(path: Path) -> Capture | None:
    """A capture whose frames are a table; None for a file that must be read packet by packet.

    Args:
        path: the file; it must not be changed while the capture is in use.
    """
    data = _bytes_of(path)
    table = None if data is None else _table(path, data)
    if table is None:
        return None
    columns = table.columns
    return Capture(table, columns.points, columns.comment, columns.counts)


def tabled(capture: Capture) -> Capture:
    """A capture that was read, with its frames in a table as well where they fit one."""
    table = Table.of(capture.frames, capture.points)
    return capture if table is None else replace(capture, frames=table)


def _bytes_of(path: Path) -> mmap.mmap | bytes | None:
    """The bytes of a file; None where they cannot be read, or are too many to be decompressed."""
    try:
        with path.open("rb") as file:
            if file.read(2) != _GZIP:
                return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
            file.seek(0)
            with gzip.open(file) as inner:
                data = inner.read(MOST_BYTES + 1)
            return data if len(data) <= MOST_BYTES else None
    except (OSError, ValueError, EOFError, zlib.error):
        return None


def _table(path: Path, data: mmap.mmap | bytes) -> Table | None:
    octets, size = Octets(data), len(data)
    if data[:4] != blocks.MAGIC:
        index, remarks = pcap.index_of(octets, size), None
    else:
        with open_capture(path) as reader:
            if not isinstance(reader, blocks.PcapngReader) or next(iter(reader), None) is None:
                return None
            head = pcapng.Head(reader, reader.order, reader.interfaces)
        index, remarks = pcapng.index_of(octets, size, head), _remarks(head, octets)
    return None if index is None or not len(index.start) else Table(index, remarks)


def _remarks(head: pcapng.Head, octets: Octets) -> Remarks:
    """What stands behind the frame in its block."""
    lengths = struct.Struct(head.order + "I")

    def read(start: int, captured: int) -> tuple[bool | None, str]:
        block = start - 28
        total = lengths.unpack_from(octets.data, block + 4)[0]
        if total - 32 - captured < 4:
            return None, ""
        return head.reader.remarks(octets.slice(block + 8, block + total - 4), captured)

    return read
