"""What a sender is given: an order as numbers in shared memory, and a few words about it."""

from __future__ import annotations

import mmap
import os
from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from wirelab.traffic.replay.offload import VNET, Cuts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from wirelab.traffic.replay.schedule import Ints


_NUMBER, _SUM = np.dtype(np.int64), np.dtype(np.uint16)
READY = b"ready\n"
"""What a sender says when it can begin at once."""


@dataclass(frozen=True)
class Words:
    """What is said on the command line of a sender."""

    interface: str
    """Where to send."""
    parent: int
    """Who started it."""
    capture: int
    """A descriptor of the file that has the frames."""
    parcel: int
    """A descriptor of the memory that has the numbers."""
    account: int
    """A descriptor of the memory for what it notes."""
    frames: int
    """How many there are."""
    cuts: int
    """How many of them the kernel is to cut."""
    paced: bool
    """Whether each is due at some time."""
    loops: int
    """How often all are sent."""
    period: int
    """Nanoseconds from one loop to the next."""
    bound: int
    """Nanoseconds; what is sent later than that after it was due is late."""

    def argv(self) -> list[str]:
        """The words as arguments."""
        return [
            str(int(each) if isinstance(each, bool) else each) for each in asdict(self).values()
        ]

    @classmethod
    def of(cls, argv: list[str]) -> Self:
        """The words of arguments."""
        interface, *numbers = argv
        named = zip([each.name for each in fields(cls)][1:], map(int, numbers), strict=True)
        return cls(interface, **dict(named))  # type: ignore[arg-type]  # 0 and 1 are bools, too


@dataclass(frozen=True)
class Parcel:
    """The numbers; columns are equally long."""

    start: Ints
    """The offset of each frame."""
    captured: Ints
    """How many bytes it has."""
    due: Ints
    """When it is due, in nanoseconds after time zero; empty at top speed."""
    cuts: Cuts
    """Those that the kernel cuts."""

    def pack(self) -> int:
        """Put them into memory of their own; its descriptor."""
        fd = os.memfd_create("order")
        with open(fd, "wb", closefd=False) as file:
            file.writelines(np.ascontiguousarray(column).data for column in self._columns())
        return fd

    def _columns(self) -> Iterator[NDArray[np.generic]]:
        cut = self.cuts
        yield from (self.start, self.captured, self.due, cut.at, cut.size, cut.checksum)
        yield cut.sums
        yield cut.headers.view(np.uint8)

    @classmethod
    def unpack(cls, words: Words) -> Self:
        """Take them from the memory."""
        memory, offset = mmap.mmap(words.parcel, 0, access=mmap.ACCESS_READ), 0

        def take(count: int, kind: np.dtype[Any] = _NUMBER) -> NDArray[Any]:
            nonlocal offset
            found = np.frombuffer(memory, kind, count, offset)
            offset += found.nbytes
            return found

        start, captured = take(words.frames), take(words.frames)
        due = take(words.frames if words.paced else 0)
        at, size, checksum = (take(words.cuts) for _ in range(3))
        sums, headers = take(words.cuts, _SUM), take(words.cuts, VNET)
        return cls(start, captured, due, Cuts(at, size, checksum, sums, headers))
