"""Capturing in a running lab: what `lab tap` and Wireshark's plug-in have in common."""

from collections.abc import Callable, Sequence

from wirelab.live.client import Control
from wirelab.live.outlet import Outlet
from wirelab.live.points import chosen
from wirelab.live.selecting import selecting
from wirelab.live.sources import tapped
from wirelab.live.stream import Stream


def begin(
    control: Control, names: Sequence[str], *, text: str = "", most: int | None = None
) -> Callable[[int], Stream]:
    """Open points of a running lab, whose frames wait from now on.

    Args:
        control: the lab.
        names: points or interfaces; none for those of its scenario.
        text: a display filter; empty for all frames.
        most: the capture ends with so many frames.

    Returns:
        What makes the stream into a descriptor: a file need not be opened before all is well.

    Raises:
        LiveError: there is no such point.
        FilterError: it is no display filter.
    """
    wanted = selecting(text) if text else None
    lab = control.info()
    sources = tapped(control, chosen(lab, names))
    comment = f"captured live in the lab {lab.name} ({lab.scenario or lab.topology})"
    return lambda fd: Stream(sources, Outlet(fd), comment=comment, wanted=wanted, most=most)
