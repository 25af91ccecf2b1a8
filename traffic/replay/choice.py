"""Which frames of a capture are replayed, decided for all at once; and why some cannot be."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from wirelab.traffic.replay.errors import ReplayError
from wirelab.traffic.replay.frame_options import EPOCH
from wirelab.traffic.replay.offload import cuts
from wirelab.verify.capture import load_capture
from wirelab.verify.columns.select import select
from wirelab.verify.columns.table import Table
from wirelab.verify.errors import FilterError
from wirelab.verify.filter import display_filter
from wirelab.verify.frame import LinkType

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from wirelab.traffic.replay.frame_options import Choice
    from wirelab.verify.columns.octets import Ints, Mask

SMALLEST = 14
"""Bytes of an Ethernet header: what is shorter no kernel sends (packet_snd, af_packet.c)."""
_TAG = 4
_TAG_TYPE = 0x8100
"""Only this tag comes on top of an MTU (packet_extra_vlan_len_allowed, af_packet.c)."""

_SKIP = "say --too-large skip"


def table_of(path: Path) -> Table:
    """Return the frames of a capture file, mapped where they can be.

    Raises:
        CaptureError: the file is missing, empty, damaged, or no capture.
        ReplayError: it has no frames, or times that no clock has.
    """
    capture = load_capture(path, small=0)
    if not len(capture.frames):
        raise ReplayError(f"{path}: the capture has no frames")
    if not isinstance(capture.frames, Table):
        raise ReplayError(
            f"{path}: has a time before 1824 or after 2116, which cannot be replayed: mend the"
            " times, with `editcap -t` say"
        )
    return capture.frames


def chosen(table: Table, options: Choice) -> Ints:
    """Return the places of the frames that are asked for, in the order of the file.

    Args:
        table: the capture.
        options: filter, times and limit.

    Raises:
        FilterError: the filter cannot be understood.
        ReplayError: no frame is left.
    """
    places = _selected(table, options.filter)
    if not len(places):
        raise ReplayError(f"the filter {options.filter!r} selects no frame: nothing would be sent")
    places = _between(table, places, options)
    if not len(places):
        raise ReplayError("no frame was captured between --from and --to: nothing would be sent")
    return places if options.limit is None else places[: options.limit]


def _selected(table: Table, text: str) -> Ints:
    if not text:
        return np.arange(len(table), dtype=np.int64)
    wanted = display_filter(text)
    if wanted.references:
        column = wanted.references[0].column
        raise FilterError(text, column, "a filter by itself has nothing to refer to")
    (places,) = select(table, [wanted.test])
    return places


def _between(table: Table, places: Ints, options: Choice) -> Ints:
    time = table.columns.time[places]
    start = int(table.columns.time.min())
    inside = np.ones(len(places), bool)
    for limit, sign in ((options.since, 1), (options.until, -1)):
        if limit is not None:
            moment = limit if limit >= EPOCH else start + limit
            inside &= sign * time >= sign * moment
    return places[inside]


def in_time(table: Table, places: Ints) -> Ints:
    """Return frames of several points in the order of their times.

    Who captures at several interfaces writes what each gives him, and that is not always in order.
    Where time runs backwards within a point the frames stay as they are: that is no such mixing.
    """
    times, points = table.columns.time[places], table.point_numbers[places]
    if (np.diff(times) >= 0).all():
        return places
    for point in np.unique(points):
        if (np.diff(times[points == point]) < 0).any():
            return places
    return places[np.argsort(times, kind="stable")]


def check(table: Table, places: Ints) -> None:
    """See that each chosen frame is a whole Ethernet frame.

    Raises:
        ReplayError: one is not; it says which, and how to do without.
    """
    columns = table.columns
    links = np.array([each.linktype for each in columns.interfaces])[columns.interface[places]]
    if (other := links != LinkType.ETHERNET).any():
        at, kind = _first(places, other), LinkType(int(links[other][0]))
        raise ReplayError(
            f"frame {at} was captured with link type {kind.value} ({kind.name}), and only"
            " Ethernet can be sent: capture at one interface instead of `any`, or replay it"
            " --as conversations"
        )
    captured, length = columns.captured[places], columns.length[places]
    if (cut := captured < length).any():
        at = _first(places, cut)
        raise ReplayError(
            f"frame {at} was cut by its capture, {captured[cut][0]} of {length[cut][0]} bytes are"
            " there: capture again with `tcpdump -s 0`, or leave such frames out with --filter"
            " 'frame.cap_len == frame.len'"
        )
    if (short := captured < SMALLEST).any():
        at = _first(places, short)
        raise ReplayError(
            f"frame {at} has {captured[short][0]} bytes, less than an Ethernet header: leave such"
            f" frames out with --filter 'frame.len >= {SMALLEST}'"
        )


def too_large(table: Table, places: Ints, mtu: Ints) -> Mask:
    """Return which frames are larger than their links carry.

    Args:
        table: the capture.
        places: frames.
        mtu: what the link of each carries, in bytes; a VLAN tag comes on top, as in the kernel.
    """
    columns = table.columns
    kinds = columns.octets.number(columns.start[places] + 12, 2)
    room = mtu + SMALLEST + np.where(kinds == _TAG_TYPE, _TAG, 0)
    found: Mask = columns.captured[places] > room
    return found


def refuse(
    table: Table, places: Ints, oversize: Mask, mtu: Ints, *, mtus: Sequence[str] = ()
) -> None:
    """Refuse frames that are too large; say what helps, and nothing that does not.

    Raises:
        ReplayError: there are any.
    """
    if oversize.any():
        size, most = table.columns.captured[places][oversize][0], mtu[oversize][0]
        count = int(oversize.sum())
        others = f" (and {count - 1} more)" if count > 1 else ""
        segment = ["say --too-large segment"] if _cut(table, places, oversize, mtu).all() else []
        raise ReplayError(
            f"frame {_first(places, oversize)}{others} has {size} bytes, more than a link of MTU"
            f" {most} carries: {', or '.join([*_larger(mtus), *segment, _SKIP])}"
        )


def see_that_cut(
    table: Table, places: Ints, oversize: Mask, mtu: Ints, *, mtus: Sequence[str] = ()
) -> None:
    """See that the kernel can cut the frames that are too large.

    Raises:
        ReplayError: one is no whole TCP segment.
    """
    good = _cut(table, places, oversize, mtu)
    if not good.all():
        raise ReplayError(
            f"frame {_first(places[oversize], ~good)} is larger than its link carries, and no TCP"
            f" segment that the kernel could cut: {', or '.join([_SKIP, *_larger(mtus)])}"
        )


def _larger(mtus: Sequence[str]) -> list[str]:
    known = " or ".join(f"{each}=…" for each in mtus)
    return [f"give the topology a larger MTU with --set {known}"] if known else []


def _cut(table: Table, places: Ints, oversize: Mask, mtu: Ints) -> Mask:
    """Return which of the frames that are too large the kernel can cut."""
    columns, large = table.columns, places[oversize]
    data = np.frombuffer(columns.octets.data, np.uint8)
    good = np.zeros(len(large), bool)
    for each in np.unique(mtu[oversize]).tolist():
        mine = (mtu[oversize] == each).nonzero()[0]
        at = large[mine]
        found = cuts(data, mine, columns.start[at], columns.captured[at], each)
        good[found.at] = True
    return good


def _first(places: Ints, wrong: Mask) -> int:
    """The number of the first frame that is wrong, as Wireshark counts."""
    return int(places[wrong.argmax()]) + 1
