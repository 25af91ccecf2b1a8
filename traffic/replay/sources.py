"""The files that have the frames of orders, open for the processes that send them."""

from __future__ import annotations

import os
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Self

from wirelab.traffic.replay.errors import ReplayError

if TYPE_CHECKING:
    from wirelab.traffic.replay.order import Order


class Sources:
    """Each file is opened once, and bytes in memory are put into a file in memory once."""

    def __init__(self) -> None:
        self._open: dict[Path | int, int] = {}
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self._stack.close()

    def descriptor(self, order: Order) -> int:
        """A descriptor of the file that has the frames of an order; it stays ours.

        Raises:
            ReplayError: it cannot be read, or no longer has them all.
        """
        source = order.source
        key = source if isinstance(source, Path) else id(source)
        if key not in self._open:
            self._open[key] = fd = _opened(source)
            self._stack.callback(os.close, fd)
        if os.fstat(self._open[key]).st_size < int((order.start + order.captured).max()):
            raise ReplayError(f"{source!s} has become shorter since it was read")
        return self._open[key]


def _opened(source: Path | bytes) -> int:
    if isinstance(source, Path):
        try:
            return os.open(source, os.O_RDONLY | os.O_CLOEXEC)
        except OSError as error:
            raise ReplayError(f"{source}: {error.strerror}") from error
    fd = os.memfd_create("capture")
    with open(fd, "wb", closefd=False) as file:
        file.write(source)
    return fd
