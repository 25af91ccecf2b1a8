"""What may be asked of a replay of frames."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


class TooLarge(StrEnum):
    """What becomes of a frame that its link cannot carry."""

    REFUSE = "refuse"
    """Nothing is sent at all."""
    SEGMENT = "segment"
    """The kernel cuts it, as a network card would: TCP only."""
    SKIP = "skip"
    """It is left out, and counted."""


@dataclass(frozen=True, kw_only=True)
class Choice:
    """Which frames of a capture are replayed; by default all."""

    limit: int | None = None
    """At most so many frames, of those that are chosen."""
    filter: str = ""
    """A display filter that chooses frames; empty for all."""
    since: int | None = None
    """Only frames from this time on: nanoseconds into the capture, or since the epoch (`EPOCH`)."""
    until: int | None = None
    """Only frames up to this time; as `since`."""


@dataclass(frozen=True, kw_only=True)
class FrameOptions(Choice):
    """Which frames are sent, from where, and how fast; by default all, as they were recorded."""

    at: Mapping[str, str] = field(default_factory=dict)
    """Interface of the lab by capture point of the file; under "" for frames of all points."""
    speed: float = 1.0
    """So many times as fast as recorded."""
    pps: float | None = None
    """Frames a second, evenly, in place of the recorded gaps."""
    mbps: float | None = None
    """Megabits of frames a second, evenly, in place of the recorded gaps."""
    topspeed: bool = False
    """As fast as it goes, in place of the recorded gaps."""
    loops: int = 1
    """How often everything is sent."""
    too_large: TooLarge = TooLarge.REFUSE
    """What becomes of a frame that its link cannot carry."""
    late_by: int = 100_000_000
    """A frame is late, and counted, when it is sent more nanoseconds than this after its time."""


EPOCH = 10**17
"""A time of more nanoseconds (three years) is one since the epoch, and else one into a capture."""
