"""What the three kinds of replay have in common: all is decided before anything is sent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from wirelab.emulator import Captured, Lab

Progress = Callable[[int], None]
"""Is told how many of `Prepared.total` are done; raises what ends the replay early."""


@dataclass(frozen=True)
class Played:
    """What was done, as the players tell it."""

    sent: int
    """How many frames (or payloads, of conversations) were sent as they were meant to be."""
    otherwise: Mapping[str, int] = field(default_factory=dict)
    """How many were not sent as recorded, by what became of them: `skipped`, `segmented`,
    `refused`, `late`; what stands here was not all as asked."""
    facts: Mapping[str, Any] = field(default_factory=dict)
    """Ground truth for `facts.json`: times, gaps and how far each was from its target, rates."""


@dataclass(frozen=True)
class Judged:
    """Whether what arrived is what was sent."""

    problems: Sequence[str] = ()
    """What is wrong, a line each; none: the replay passed."""
    details: Mapping[str, Any] = field(default_factory=dict)
    """Counts behind that, for `verdict.json`."""


class Prepared(Protocol):
    """A replay of which everything is decided, and nothing was sent.

    Preparing raises `ReplayError` (or `CaptureError`, `FilterError`) for bad input.
    """

    @property
    def total(self) -> int:
        """How many frames or payloads there are to be sent, for the progress bar."""

    @property
    def points(self) -> Mapping[str, str]:
        """Where the lab is captured meanwhile: interface by capture point."""

    def told(self) -> Sequence[str]:
        """What would be done, for people: `--dry-run` prints these lines."""

    def as_json(self) -> Mapping[str, Any]:
        """The same for programs; `duration` in seconds, where a schedule says how long it takes."""

    def play(self, lab: Lab, progress: Progress) -> Played:
        """Send, in a lab that has started. The sandbox's own main thread calls this."""

    def judge(self, played: Played, captured: Sequence[Captured]) -> Judged:
        """Judge what passed the capture points."""

    def count(self, played: Played, received: Mapping[str, int]) -> Judged:
        """Judge without a capture, or where that has holes.

        Args:
            played: what was done.
            received: how many frames the interface of each capture point received meanwhile.
        """
