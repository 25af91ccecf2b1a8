"""Reading a message from front to back."""

from __future__ import annotations


class MissingBytesError(Exception):
    """A message says that it has more bytes than there are."""


class Cursor:
    """A place in a message, which moves on with everything that is read."""

    __slots__ = ("at", "data", "end")

    def __init__(self, data: bytes, at: int, end: int) -> None:
        self.data = data
        self.at = at
        self.end = end
        """The byte behind the last one that may be read."""

    @property
    def left(self) -> int:
        """How many bytes are left."""
        return self.end - self.at

    def number(self, size: int) -> int:
        """The next `size` bytes as a number; raises MissingBytesError."""
        return int.from_bytes(self.take(size), "big")

    def take(self, size: int) -> bytes:
        """The next `size` bytes; raises MissingBytesError."""
        at = self.at
        if at + size > self.end:
            raise MissingBytesError
        self.at = at + size
        return self.data[at : at + size]

    def within(self, size: int) -> Cursor:
        """A cursor over the next `size` bytes, which this one skips; raises MissingBytesError."""
        at = self.at
        self.take(size)
        return Cursor(self.data, at, self.at)


def printable(octets: bytes) -> str:
    """Text for bytes from a message: UTF-8 where it is, and a mark for what is not."""
    return octets.decode("utf-8", "replace")
