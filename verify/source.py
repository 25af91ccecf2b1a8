"""The bytes of a capture file, compressed or not, read from front to back."""

from __future__ import annotations

import gzip
import stat
import zlib
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

from wirelab.verify.errors import CaptureError

if TYPE_CHECKING:
    from collections.abc import Iterator

_GZIP = b"\x1f\x8b"
_AT_ONCE = 1 << 16
_UNQUESTIONED = 1 << 25
_MOST_INFLATION = 250
"""Captures shrink to a third or a tenth. A file that grows more than this, and beyond the size that
nobody minds, is made to fill memory; deflate itself goes up to 1032."""
_OTHERS = {
    stat.S_IFDIR: "a directory",
    stat.S_IFIFO: "a pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}
"""What may be in a file's place; reading it could wait or go on for ever."""


class Source:
    """A file that is read in exact pieces; whatever goes wrong is a CaptureError."""

    def __init__(self, path: Path, file: BinaryIO, most: int | None = None) -> None:
        """Reads from a file that is open.

        Args:
            path: its name, for errors.
            file: the file, at its start.
            most: how many bytes to read at most; None for no limit.
        """
        self.path = path
        self.offset = 0
        """How many bytes have been read, counted in the uncompressed file."""
        self._file = file
        self._most = most

    def error(self, reason: str, offset: int | None = None) -> CaptureError:
        """An error about this file, at the place where reading is or at another one."""
        return CaptureError(self.path, self.offset if offset is None else offset, reason)

    def take(self, size: int, what: str) -> bytes:
        """The next `size` bytes, which belong to `what`.

        Raises:
            CaptureError: the file ends before them or cannot be read.
        """
        data = self._read(size)
        if len(data) < size:
            raise self.error(f"the file ends within {what}")
        return data

    def take_if_any(self, size: int, what: str) -> bytes:
        """The next `size` bytes, or none where the file ends here.

        Raises:
            CaptureError: the file ends within them or cannot be read.
        """
        data = self._read(size)
        if data and len(data) < size:
            raise self.error(f"the file ends within {what}")
        return data

    def skip(self, size: int, what: str) -> None:
        """Steps over `size` bytes, which belong to `what`, however many they claim to be.

        Raises:
            CaptureError: the file ends before them or cannot be read.
        """
        while size:
            size -= len(self.take(min(size, _AT_ONCE), what))

    def _read(self, size: int) -> bytes:
        try:
            data = self._file.read(size)
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise self.error(f"the compressed data are damaged: {error}") from None
        except OSError as error:
            raise self.error(f"cannot be read: {error.strerror or error}") from None
        self.offset += len(data)
        if self._most is not None and self.offset > self._most:
            raise self.error(
                f"grows more than {_MOST_INFLATION} times; unpack it with gunzip first"
            )
        return data


@contextmanager
def opened(path: str | Path) -> Iterator[Source]:
    """Opens a capture file, looking through gzip.

    Raises:
        CaptureError: there is no such file, or it must not be read, or it is something else.
    """
    path = Path(path)
    try:
        size = _size(path)
        file = path.open("rb")
    except OSError as error:
        raise CaptureError(path, None, f"cannot be opened: {error.strerror}") from None
    except ValueError as error:
        raise CaptureError(path, None, f"cannot be opened: {error}") from None
    with file:
        try:
            compressed = file.read(2) == _GZIP
            file.seek(0)
        except OSError as error:
            raise CaptureError(path, None, f"cannot be read: {error.strerror}") from None
        if compressed:
            most = max(_UNQUESTIONED, size * _MOST_INFLATION)
            with gzip.open(file) as inner:
                yield Source(path, cast("BinaryIO", inner), most)
        else:
            yield Source(path, file)


def _size(path: Path) -> int:
    """The size of a file in bytes; raises CaptureError when it is no ordinary one."""
    found = path.stat()
    if other := _OTHERS.get(stat.S_IFMT(found.st_mode)):
        raise CaptureError(path, None, f"is {other}, no file")
    return found.st_size
