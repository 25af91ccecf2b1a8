"""Capture files of both formats, compressed or not."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from wirelab.verify.collector import paused
from wirelab.verify.errors import CaptureError
from wirelab.verify.pcap import MAGICS, PcapReader
from wirelab.verify.pcapng import MAGIC, PcapngReader
from wirelab.verify.source import opened

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from wirelab.verify.frame import Frame, Point

SMALL = 1 << 21
"""A file of fewer bytes is dissected packet by packet before NumPy is imported."""
MOST_BYTES = 1 << 31
"""A capture whose frames need more memory together is not read into it."""
_FRAME = 256
"""About as much as a frame needs besides its bytes and its comment."""


@dataclass(frozen=True)
class Capture:
    """A capture file, all of it."""

    frames: Sequence[Frame]
    """The frames, in the order of the file."""
    points: tuple[Point, ...]
    """The points at which they were captured, in the order of the file."""
    comment: str = ""
    """What the file says about itself; several comments are separated by newlines."""
    counts: Mapping[str, tuple[int | None, int | None]] = field(default_factory=dict)
    """Frames received and dropped at each point; None, or no entry, where the file is silent."""
    secrets: tuple[bytes, ...] = ()
    """The secrets of TLS sessions that the file has, each some lines of an NSS key log; with them
    Wireshark decrypts. Nothing here does."""


@contextmanager
def open_capture(path: str | Path) -> Iterator[PcapReader | PcapngReader]:
    """Opens a capture file to read its frames one by one.

    Iterating over what is yielded gives the frames; its `points`, `comment` and `counts` are
    whole when the last frame has come, and its `offset` is where the current one starts.

    Raises:
        CaptureError: the file is missing, empty, damaged, no capture, or of a link that cannot be
            dissected; while frames are taken as well as at once.
    """
    with opened(path) as source:
        magic = source.take_if_any(4, "the first four bytes")
        if magic == MAGIC:
            yield PcapngReader(source)
        elif magic in MAGICS:
            yield PcapReader(source, magic)
        else:
            raise source.error("is not a capture file" if magic else "is empty", 0)


def read_capture(path: str | Path) -> Capture:
    """Reads a whole capture file: pcap or pcapng, in either byte order, also through gzip.

    Raises:
        CaptureError: as in `open_capture`, and when the frames are more than memory should hold.
    """
    frames: list[Frame] = []
    total = 0
    with open_capture(path) as reader, paused():
        for frame in reader:
            total += _FRAME + len(frame.data) + len(frame.comment)
            if total > MOST_BYTES:
                raise CaptureError(path, reader.offset, "has more than 2 GiB of frames")
            frames.append(frame)
        points, secrets = tuple(reader.points), tuple(reader.secrets)
        return Capture(tuple(frames), points, reader.comment, dict(reader.counts), secrets)


def load_capture(path: str | Path, *, small: int = SMALL) -> Capture:
    """Reads a capture file as `read_capture` does; a large one is mapped, and its frames a table.

    What is out of the ordinary (a damaged file, several sections, ancient blocks) is read packet
    by packet, with the errors of that. Of TLS secrets the mapped ones are those in front of the
    first frame.

    Args:
        path: the file; it must not be changed while the capture is in use.
        small: a file of fewer bytes is read packet by packet.

    Raises:
        CaptureError: as in `read_capture`.
    """
    try:
        is_small = Path(path).stat().st_size < small
    except OSError:
        is_small = True
    if is_small:
        return read_capture(path)
    from wirelab.verify.columns.load import mapped, tabled  # noqa: PLC0415 - NumPy takes 0.1 s

    found = mapped(Path(path))
    return replace(found, secrets=_secrets(path)) if found else tabled(read_capture(path))


def _secrets(path: str | Path) -> tuple[bytes, ...]:
    """The secrets in front of the first frame, where they have to be to serve for all."""
    with open_capture(path) as reader:
        next(iter(reader), None)
        return tuple(reader.secrets)
