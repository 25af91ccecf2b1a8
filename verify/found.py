"""The frames of a capture that satisfy a display filter, each in a few words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from wirelab.verify.dissect import dissect
from wirelab.verify.summary import Summary, summarized

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from wirelab.verify.capture import Capture
    from wirelab.verify.filter import DisplayFilter
    from wirelab.verify.frame import Frame


@dataclass(frozen=True, slots=True)
class Found:
    """A frame that satisfies a filter."""

    number: int
    """Its place in the capture, counted from 1."""
    time: int
    """When it was captured, in nanoseconds since the epoch."""
    point: str
    """The capture point; "" where the file names none."""
    length: int
    """Its length on the wire, in bytes."""
    summary: Summary
    """What it is by itself, whatever other frames make of it."""


def found(
    capture: Capture, chosen: DisplayFilter, progress: Callable[[int], None] = lambda _: None
) -> Iterator[Found]:
    """The frames that satisfy a filter, in order; as early as they are known.

    Args:
        capture: the capture; one that was loaded as a table is not dissected as a whole.
        chosen: the filter, which has no references.
        progress: is told how many frames have been looked at.
    """
    if isinstance(capture.frames, tuple):
        return _among_packets(capture, chosen)
    return _in_table(capture, chosen, progress)


def _among_packets(capture: Capture, chosen: DisplayFilter) -> Iterator[Found]:
    for packet in dissect(capture.frames):
        if chosen.selects(packet):
            frame = packet.frame
            yield Found(frame.number, frame.time, frame.point, frame.length, by_itself(frame))


def by_itself(frame: Frame) -> Summary:
    """What a frame is as far as it tells itself: no fragment is put together for it."""
    return summarized(dissect([frame])[0])


def _in_table(
    capture: Capture, chosen: DisplayFilter, progress: Callable[[int], None]
) -> Iterator[Found]:
    from wirelab.verify.columns.listing import listed  # noqa: PLC0415 - NumPy takes 0.1 s
    from wirelab.verify.columns.table import Table  # noqa: PLC0415

    table = capture.frames
    assert isinstance(table, Table)
    columns, names = table.columns, [each.name for each in table.columns.interfaces]
    for each in listed(table, chosen.test, progress):
        at = each.place
        yield Found(
            at + 1,
            int(columns.time[at]),
            names[columns.interface[at]],
            int(columns.length[at]),
            each.summary,
        )
