"""Opening a capture file as a table."""

from __future__ import annotations

import gzip
import mmap
import struct
import zlib
from pathlib import Path
from typing import TYPE_CHECKING

from wirelab.verify import pcapng as blocks
from wirelab.verify.capture import MOST_BYTES, Capture, open_capture, read_capture
from wirelab.verify.columns import pcap, pcapng
from wirelab.verify.columns.octets import Octets
from wirelab.verify.columns.table import Table

if TYPE_CHECKING:
    from wirelab.verify.columns.table import Remarks

_GZIP = b"\x1f\x8b"
_SMALL = 1 << 20
"""A smaller file is read packet by packet sooner than NumPy is imported, in bytes."""


def load_capture(path: str | Path, *, small: int = _SMALL) -> Capture:
    """Reads a capture file as `read_capture` does; a large one is mapped, and its frames a table.

    What is out of the ordinary (a damaged file, several sections, ancient blocks) is read packet
    by packet, with the errors of that.

    Args:
        path: the file; it must not be changed while the capture is in use.
        small: a file of fewer bytes is read packet by packet.

    Raises:
        CaptureError: as in `read_capture`.
    """
    mapped = _mapped(Path(path), small)
    table = None if mapped is None else _table(Path(path), mapped)
    if table is None:
        return read_capture(path)
    index = table.columns
    return Capture(table, index.points, index.comment, index.counts)


def _mapped(path: Path, small: int) -> mmap.mmap | bytes | None:
    """The bytes of a file that is worth it; None for others, and for what cannot be read."""
    try:
        with path.open("rb") as file:
            compressed = file.read(2) == _GZIP
            if path.stat().st_size < (small // 4 if compressed else small):
                return None
            if compressed:
                file.seek(0)
                with gzip.open(file) as inner:
                    data = inner.read(MOST_BYTES + 1)
                return data if len(data) <= MOST_BYTES else None
            return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except (OSError, ValueError, EOFError, zlib.error):
        return None


def _table(path: Path, data: mmap.mmap | bytes) -> Table | None:
    octets, size = Octets(data), len(data)
    if data[:4] != blocks.MAGIC:
        index, remarks = pcap.index_of(octets, size), None
    else:
        with open_capture(path) as reader:
            assert isinstance(reader, blocks.PcapngReader)
            if next(iter(reader), None) is None:
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
