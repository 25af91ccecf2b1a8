"""What a file says about its frames, a column for each thing."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray

    from wirelab.verify.columns.octets import Ints, Octets
    from wirelab.verify.frame import Point


@dataclass(frozen=True)
class Index:
    """Where the frames are, and what the file says about each; all columns are equally long."""

    octets: Octets
    """The bytes in which the frames lie."""
    start: Ints
    """The offset of each frame's first byte."""
    captured: NDArray[np.int32]
    """How many bytes of it were captured."""
    length: NDArray[np.int64]
    """Its length on the wire, no less than what was captured."""
    time: Ints
    """When it was captured, in nanoseconds since the epoch."""
    interface: NDArray[np.int16]
    """At which of the interfaces."""
    interfaces: tuple[Point, ...]
    """The interfaces: the points with the link types of their frames; a point may come again."""
    points: tuple[Point, ...]
    """The capture points, each once."""
    comment: str = ""
    """What the file says about itself."""
    counts: Mapping[str, tuple[int | None, int | None]] = field(default_factory=dict)
    """Frames received and dropped by point, where the file says so."""
