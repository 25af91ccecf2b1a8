"""Capture files for tests of replay, written to disk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from written import Blocks, pcap

if TYPE_CHECKING:
    from pathlib import Path

START = 1_700_000_000_000_000_000
"""When captures begin, in nanoseconds since the epoch."""
MS = 1_000_000

HEADER = bytes.fromhex("020000000002020000000001") + b"\x88\xb5"


def frame(number: int, size: int = 60) -> bytes:
    """A frame of a size that no kernel answers, unlike any of another number."""
    return (HEADER + number.to_bytes(4, "big")).ljust(size, bytes([number & 0xFF]))


def numbered(count: int, size: int = 60) -> list[bytes]:
    """So many frames."""
    return [frame(number, size) for number in range(count)]


def write(
    path: Path, frames: list[bytes], *, gap: int = MS, linktype: int = 1, lengths: int | None = None
) -> Path:
    """Write frames, one each `gap` nanoseconds, into a classic capture."""
    records = [
        (START + number * gap, data, lengths or len(data)) for number, data in enumerate(frames)
    ]
    path.write_bytes(pcap(records, b"\x4d\x3c\xb2\xa1", linktype))
    return path


def write_points(path: Path, frames: dict[str, list[bytes]]) -> Path:
    """Write frames of several points, in turn, one each millisecond."""
    blocks = Blocks().section()
    for name in frames:
        blocks.interface((2, name.encode()), (9, b"\x09"))
    longest = max(map(len, frames.values()))
    time = START
    for number in range(longest):
        for index, own in enumerate(frames.values()):
            if number < len(own):
                time += MS
                blocks.packet(own[number], index=index, ticks=time)
    path.write_bytes(blocks.data)
    return path
