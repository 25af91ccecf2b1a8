"""How conversations are to be played."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from wirelab.traffic.replay.errors import ReplayError
from wirelab.traffic.replay.hosts_options import LONGEST_PATIENCE

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class TalkOptions:
    """What may be asked of a replay as conversations."""

    map: Mapping[str, str] = field(default_factory=dict)
    """Lab host by address of the capture; the other addresses find theirs."""
    speed: float | None = 1.0
    """By what recorded thinking times are divided; None for no thinking (`--topspeed`)."""
    incomplete: Literal["refuse", "skip"] = "refuse"
    """What happens to a conversation of which the capture lacks something."""
    ports: Literal["fresh", "recorded"] = "fresh"
    """Which ports clients have; servers always have the recorded ones."""
    patience: float = 30.0
    """Seconds without any progress after which a conversation is given up."""

    def check(self) -> None:
        """Sees that the values are such as can be meant.

        Raises:
            ReplayError: one is not.
        """
        if self.speed is not None and not 0 < self.speed < float("inf"):
            raise ReplayError(f"a speed of {self.speed:g}: give a number above 0, as in 2.5")
        if not 0 < self.patience <= LONGEST_PATIENCE:
            raise ReplayError(
                f"patience is more than 0 and at most {LONGEST_PATIENCE} s, not {self.patience:g}"
            )
        if self.incomplete not in ("refuse", "skip"):
            raise ReplayError(f"incomplete {self.incomplete!r}: refuse or skip")
        if self.ports not in ("fresh", "recorded"):
            raise ReplayError(f"ports {self.ports!r}: fresh or recorded")
