"""A live capture: from packet sockets to pcapng, frame by frame as they pass.

Whoever runs this has the sockets to himself: a reader that is slow fills their buffers in the
kernel, where frames are then lost and counted, and no lab waits for it.
"""

import errno
import os
import select
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from io import BytesIO
from socket import socket
from time import monotonic_ns, time_ns

from wirelab.emulator.tap import Captured, packet_statistics, receive
from wirelab.live.ordering import HOLD, Ordering
from wirelab.live.outlet import MUCH, Outlet
from wirelab.verify.frame import Point
from wirelab.verify.writer import CaptureWriter

_AT_ONCE = 256
"""Frames that are taken from a point before it is the turn of the others."""
_MILLISECOND = 1_000_000


class Why(Enum):
    """What ended a capture."""

    STOPPED = "stopped"
    """It was told to end."""
    ENOUGH = "enough"
    """It had as many frames as were wanted."""
    LAB_GONE = "lab gone"
    """The lab ended."""
    READER_GONE = "reader gone"
    """Nobody reads it any more."""


@dataclass(frozen=True)
class Source:
    """A capture point and the socket that its frames come from."""

    point: Point
    """Its name and what is known of it."""
    socket: socket
    """A packet socket that does not block."""


@dataclass(frozen=True)
class Ended:
    """What became of a capture."""

    why: Why
    """What ended it."""
    written: int
    """Frames in it."""
    counts: Mapping[str, tuple[int, int]]
    """Frames that passed and frames that were lost for want of buffer, by point."""
    unread: int = 0
    """Bytes at its end that the reader did not take before it was told to end once more."""

    @property
    def lost(self) -> dict[str, int]:
        """Frames that were lost, by the points where some were."""
        return {point: dropped for point, (_received, dropped) in self.counts.items() if dropped}


class Stream:
    """A capture under way; its points are open, and it knows their frames from now on."""

    def __init__(
        self,
        sources: Sequence[Source],
        outlet: Outlet,
        *,
        comment: str = "",
        wanted: Callable[[Captured], bool] | None = None,
        most: int | None = None,
    ) -> None:
        """Begin with what stands in front of the first frame: points with their names.

        Args:
            sources: the capture points; `run` closes their sockets.
            outlet: where it goes.
            comment: what the capture shall say about itself.
            wanted: which frames it shall have, asked in their order; all where it is None.
            most: it ends with so many frames.
        """
        self._sources, self._outlet = {s.socket.fileno(): s for s in sources}, outlet
        self._wanted, self._most = wanted, most
        self._ordering = Ordering(HOLD if len(sources) > 1 else 0)
        self._buffer = BytesIO()
        self._writer = CaptureWriter(self._buffer, [s.point for s in sources], comment)
        self._written = 0

    def run(self, stop: int, lab: int | None = None) -> Ended:
        """Capture until there is something to read from `stop`, or the end of `lab`, or enough.

        Args:
            stop: a descriptor; a byte of it is taken when it ends the capture, and another one
                means not to wait for a slow reader.
            lab: a descriptor that is readable when the lab has ended.

        Raises:
            OSError: it cannot be written, as on a full disk.
        """
        counts: dict[str, tuple[int, int]] = {}
        try:
            try:
                why = self._pump(stop, lab)
                if why is not Why.ENOUGH:
                    self._take_last()
            finally:
                counts |= self._close()
            self._finish(counts, stop)
        except BrokenPipeError:
            return Ended(Why.READER_GONE, self._written, counts)
        return Ended(why, self._written, counts, self._outlet.waiting)

    def _pump(self, stop: int, lab: int | None) -> Why:
        self._send()
        while True:
            ready = self._wait([stop] if lab is None else [stop, lab])
            if stop in ready:
                os.read(stop, 1)
                return Why.STOPPED
            if lab in ready:
                return Why.LAB_GONE
            if self._outlet.fd in ready:
                self._outlet.ready(0)
            now = monotonic_ns()
            unread = self._read(ready, now)
            if self._write(self._ordering.leaving(now, unread)):
                return Why.ENOUGH
            self._send()

    def _wait(self, others: Iterable[int]) -> frozenset[int]:
        """Wait until there is something to do, and return the descriptors that have it."""
        poll = select.poll()
        for fd in others:
            poll.register(fd, select.POLLIN)
        if self._outlet.waiting < MUCH:
            for fd in self._sources:
                poll.register(fd, select.POLLIN)
        # With nothing to write its reader's end is told nevertheless.
        poll.register(self._outlet.fd, select.POLLOUT if self._outlet.waiting else 0)
        due = self._ordering.due
        patience = None if due is None else max(0, due - monotonic_ns())
        milliseconds = None if patience is None else -(-patience // _MILLISECOND)
        return frozenset(fd for fd, _event in poll.poll(milliseconds))

    def _read(self, ready: frozenset[int], now: int) -> int | None:
        """Take frames of the points that have some, each some at a time.

        Returns:
            The time up to which all were taken; None where that is now.
        """
        times = [self._take(source, now) for fd, source in self._sources.items() if fd in ready]
        return min((time for time in times if time is not None), default=None)

    def _take(self, source: Source, now: int, until: int | None = None) -> int | None:
        """Take some frames; without end those up to a time.

        Returns:
            The time of the last one where more may wait.
        """
        taken, frame = 0, None
        while taken < _AT_ONCE or until is not None:
            try:
                frame = receive(source.point.name, source.socket)
            except BlockingIOError:
                return None
            except OSError as error:
                if error.errno != errno.ENETDOWN:
                    raise
                continue  # it is told once; frames from before the interface went down may wait
            self._ordering.take(frame, now)
            taken += 1
            if until is not None and frame.time > until:
                return None
        return frame.time if frame else None

    def _take_last(self) -> None:
        """Take what passed before now."""
        now, until = monotonic_ns(), time_ns()
        for source in self._sources.values():
            self._take(source, now, until)

    def _write(self, frames: Iterable[Captured]) -> bool:
        """Write those that are wanted, and say whether there are enough."""
        for frame in frames:
            if self._written == self._most:
                break
            if self._wanted is None or self._wanted(frame):
                data = frame.data
                self._writer.write(frame.point, frame.time, data, len(data), frame.outgoing)
                self._written += 1
        return self._written == self._most

    def _send(self) -> None:
        self._outlet.put(self._buffer.getvalue())
        self._buffer.seek(0)
        self._buffer.truncate()
        self._outlet.send()

    def _close(self) -> dict[str, tuple[int, int]]:
        """Let go of the sockets, and with them of the lab; return their counts."""
        counts = {}
        for source in self._sources.values():
            told = packet_statistics(source.socket)
            counts[source.point.name] = (told.received, told.dropped)
            source.socket.close()
        return counts

    def _finish(self, counts: Mapping[str, tuple[int, int]], stop: int) -> None:
        """Write the rest and the counts, as fast as the reader takes it."""
        self._write(self._ordering.rest())
        self._writer.close(counts)
        self._send()
        poll = select.poll()
        poll.register(stop, select.POLLIN)
        poll.register(self._outlet.fd, select.POLLOUT)
        while self._outlet.waiting:
            if stop in {fd for fd, _event in poll.poll()}:
                return
            self._outlet.send()
