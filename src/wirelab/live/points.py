"""Where a running lab can be captured."""

from collections.abc import Sequence

from wirelab.live.client import LabInfo
from wirelab.live.errors import LiveError


def chosen(lab: LabInfo, names: Sequence[str]) -> list[str]:
    """Return the points that are meant: those named, or else the scenario's own.

    Raises:
        LiveError: none is named, and the lab has none of its own.
    """
    own = own_points(lab)
    if not names and not own:
        raise LiveError(f"where in {lab.name}? It has the interfaces {', '.join(lab.points)}")
    return list(names) or own


def own_points(lab: LabInfo) -> list[str]:
    """Return the capture points of a lab's scenario; every interface is a point as well."""
    return [point for point, interface in lab.points.items() if point != interface]
