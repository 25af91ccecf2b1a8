"""From which interface of a lab the frames of each capture point are sent."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from wirelab.emulator.drawn_links import DrawnInterface, drawn_interfaces
from wirelab.traffic.replay.errors import ReplayError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mininet.topo import Topo

    from wirelab.verify.columns.octets import Ints
    from wirelab.verify.columns.table import Table

_MOST_LISTED = 12
_UNNAMED = "(unnamed)"


@dataclass(frozen=True)
class Placed:
    """Frames, and from where each is sent."""

    senders: tuple[DrawnInterface, ...]
    """The interfaces that send."""
    places: Ints
    """The frames, in the order of the file; those of points that were not named are left out."""
    sender: Ints
    """For each frame, which of `senders` sends it."""
    left_out: Mapping[str, int]
    """How many of the chosen frames are of a point that was not named, by point, if any are."""


def placed(table: Table, places: Ints, at: Mapping[str, str], topo: Topo) -> Placed:
    """Return from which interface each frame is sent.

    Args:
        table: the capture.
        places: the chosen frames.
        at: interface by capture point of the file; under "" for frames of all points.
        topo: the network.

    Raises:
        ReplayError: an interface or a point is not there, or no interface is said.
    """
    drawn = drawn_interfaces(topo)
    for name in at.values():
        if name not in drawn:
            raise ReplayError(_unknown(name, drawn))
    names = table.point_names
    for point in at:
        if point and point not in names:
            raise ReplayError(
                f"the capture has no point {point!r}: it has {', '.join(filter(None, names))}"
                if any(names)
                else "the points of the capture have no names: say --at INTERFACE"
            )
    if not at:
        raise ReplayError(_unsaid([each for each in names if each], drawn))
    by_point = [at.get(point, at.get("", "")) for point in names]
    used = tuple(dict.fromkeys(filter(None, by_point)))
    of_point = np.array([used.index(each) if each else -1 for each in by_point], np.int64)
    sender = of_point[table.point_numbers[places]]
    kept = sender >= 0
    if not kept.any():
        raise ReplayError("no frame is of a point named with --at: nothing would be sent")
    counts = np.bincount(table.point_numbers[places[~kept]], minlength=len(names)).tolist()
    others = {name or _UNNAMED: count for name, count in zip(names, counts, strict=True) if count}
    return Placed(tuple(drawn[name] for name in used), places[kept], sender[kept], others)


def left_out(counts: Mapping[str, int]) -> list[str]:
    """Say how many frames are left out, by point."""
    return [
        f"{count} frames of point {point} are left out"
        if count != 1
        else f"1 frame of point {point} is left out"
        for point, count in counts.items()
    ]


def _unknown(name: str, drawn: Mapping[str, DrawnInterface]) -> str:
    near = difflib.get_close_matches(name, drawn, n=1)
    hint = f"did you mean {near[0]}? " if near else ""
    return (
        f"this lab has no interface {name!r} (and the interfaces of this machine are never used):"
        f" {hint}it has {listed(drawn)}"
    )


def _unsaid(points: list[str], drawn: Mapping[str, DrawnInterface]) -> str:
    several = f", or for each of {', '.join(points)} with --at POINT=INTERFACE"
    told = several if len(points) > 1 else ""
    return f"say with --at INTERFACE from where to send{told}: the lab has {listed(drawn)}"


def listed(drawn: Mapping[str, DrawnInterface]) -> str:
    """Return the interfaces of a lab, each with the node at the other end of its link."""
    ends = [f"{each.name} (to {drawn[each.peer].node})" for each in drawn.values()]
    more = len(ends) - _MOST_LISTED
    return ", ".join(ends[:_MOST_LISTED]) + (f" and {more} more" if more > 0 else "")
