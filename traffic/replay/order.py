"""What an interface is to send, and when."""

from __future__ import annotations

import mmap
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Self

import numpy as np

from wirelab.traffic.replay.errors import ReplayError
from wirelab.traffic.replay.schedule import LONGEST
from wirelab.verify.columns.table import Table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from wirelab.traffic.replay.schedule import Ints
    from wirelab.verify import Capture

HEADER = 14
"""Bytes of an Ethernet header, which an interface's MTU does not count."""
_TAGS = (0x8100,)
_TAG = 4
_MOST = 1 << 40


@dataclass(frozen=True)
class Order:
    """Frames for one interface, in the order in which they are sent; columns are equally long."""

    source: Path | bytes
    """The file in which the frames lie as they are sent, or its bytes."""
    start: Ints
    """The offset of each frame's first byte."""
    captured: NDArray[np.int32]
    """How many bytes each frame has."""
    length: Ints
    """How many it had on the wire: more, where the capture cut it. These bytes are not sent."""
    places: Ints
    """Where each frame stands in the capture, counted from 0."""
    due: Ints | None = None
    """Nanoseconds after time zero; None: as fast as they go."""
    loops: int = 1
    """How often all of it is sent."""
    period: int = 0
    """Nanoseconds from the beginning of a loop to that of the next; without `due`, nothing."""
    segment: bool = False
    """Whether the kernel cuts TCP frames that are too large; else they are refused."""

    @classmethod
    def of(
        cls,
        path: str | Path,
        frames: Table | Capture,
        places: Ints,
        due: Ints | None = None,
        loops: int = 1,
        *,
        period: int | None = None,
        segment: bool = False,
    ) -> Self:
        """Send frames of a capture.

        Args:
            path: the capture file; it must not change until all is sent.
            frames: what was loaded of it.
            places: the chosen frames in the order in which they are sent, counted from 0.
            due: when each of them is due, in nanoseconds after time zero; None: at top speed.
            loops: how often.
            period: nanoseconds from loop to loop; None: the last gap comes again.
            segment: have the kernel cut TCP frames that are too large.

        Raises:
            ReplayError: there is nothing to send, or it does not fit together.
        """
        table = frames if isinstance(frames, Table) else _table(frames)
        columns = table.columns
        mapped = isinstance(columns.octets.data, mmap.mmap)
        source = Path(path) if mapped else bytes(columns.octets.data)
        at = np.asarray(places, np.int64)
        order = cls(
            source,
            columns.start[at],
            columns.captured[at],
            columns.length[at],
            at,
            due,
            loops,
            _period(due) if period is None else period,
            segment,
        )
        order.see_that_sound()
        return order

    @classmethod
    def of_bytes(
        cls,
        frames: Sequence[bytes],
        due: Ints | None = None,
        loops: int = 1,
        *,
        period: int | None = None,
        segment: bool = False,
    ) -> Self:
        """Send frames that are in memory; arguments and errors are those of `of`."""
        captured = np.array([len(frame) for frame in frames], np.int32)
        ends = np.cumsum(captured, dtype=np.int64)
        order = cls(
            b"".join(frames),
            ends - captured,
            captured,
            captured.astype(np.int64),
            np.arange(len(frames)),
            due,
            loops,
            _period(due) if period is None else period,
            segment,
        )
        order.see_that_sound()
        return order

    def __len__(self) -> int:
        return len(self.start)

    @property
    def total(self) -> int:
        """How many frames are to be sent, in all loops."""
        return len(self) * self.loops

    def see_that_sound(self) -> None:
        """Refuse what cannot be sent at all.

        Raises:
            ReplayError: there is nothing to send, or it does not fit together.
        """
        if not len(self):
            raise ReplayError("there is no frame to send: the capture has none, or none was chosen")
        if self.loops < 1 or self.total > _MOST:
            raise ReplayError(f"{self.loops} loops are too few, or too many")
        if self.due is None:
            return
        if len(self.due) != len(self) or self.due[0] < 0 or (np.diff(self.due) < 0).any():
            raise ReplayError("frames are due one after the other, none before time zero")
        if self.period < self.due[-1] or self.period > LONGEST // self.loops:
            raise ReplayError("a loop begins before the one before has ended, or in a lifetime")

    def too_large(self, mtu: int, data: NDArray[np.uint8]) -> NDArray[np.int64]:
        """Which of these frames an interface cannot send as they are, as places in this order.

        A VLAN tag does not count, as the Ethernet header does not (`packet_snd` in
        net/packet/af_packet.c).

        Args:
            mtu: of the interface, in bytes.
            data: the bytes of the source.
        """
        large = np.flatnonzero(self.captured > mtu + HEADER)
        at = self.start[large] + 12
        tagged = np.isin(data[at].astype(np.int32) << 8 | data[at + 1], _TAGS)
        return large[self.captured[large] > mtu + HEADER + np.where(tagged, _TAG, 0)]


def _table(capture: Capture) -> Table:
    """The frames of a capture as a table."""
    if isinstance(capture.frames, Table):
        return capture.frames
    table = Table.of(capture.frames, capture.points)
    if table is None:
        raise ReplayError("there is no frame to send, or a time that no clock has")
    return table


def _period(due: Ints | None) -> int:
    """The time from loop to loop where the last gap comes again."""
    if due is None or not len(due):
        return 0
    return int(2 * due[-1] - due[-2]) if len(due) > 1 else int(due[-1])
