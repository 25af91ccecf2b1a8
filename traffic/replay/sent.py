"""What was sent, when, and how far that was from when it was due."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from wirelab.traffic.replay.order import Order
    from wirelab.traffic.replay.schedule import Ints

_SECOND = 1_000_000_000
_TOLD = 100
_END = 100
"""The drift is between the first and the last hundredth of all sendings."""


@dataclass(frozen=True)
class Errors:
    """How far gaps were from their targets, in nanoseconds."""

    p50: int
    """Half of all gaps were no further from their target."""
    p99: int
    """Nor were 99 of 100."""
    max: int
    """Nor was any."""
    drift: int
    """How much later than due, more than at the beginning, frames were sent in the end."""

    @classmethod
    def of(cls, due: Ints, sent: Ints) -> Self:
        """Compare when frames were due with when they were sent, in nanoseconds of any clock.

        Of the first four million sendings; there must be two at least.
        """
        off = np.abs(np.diff(sent) - np.diff(due))
        p50, p99 = np.percentile(off, (50, 99), method="inverted_cdf").tolist()
        late, some = sent - due, max(1, len(due) // _END)
        drift = np.median(late[-some:]) - np.median(late[:some])
        return cls(int(p50), int(p99), int(off.max()), int(drift))


@dataclass(frozen=True)
class Sent:
    """What an interface sent of its order."""

    total: int
    """How many frames were to be sent, in all loops."""
    frames: int
    """How many were."""
    bytes: int
    """How many bytes these have."""
    refused: tuple[int, ...]
    """The frames that the kernel did not take, as places in the capture, counted from 0."""
    refusals: int
    """How often it did not take one, in all loops."""
    segmented: tuple[int, ...]
    """The frames that the kernel cut into segments, as places in the capture."""
    late: int
    """How many were sent later than `bound` after they were due."""
    bound: int
    """Nanoseconds."""
    worst: int
    """By how many nanoseconds the latest was late."""
    waits: int
    """How often the kernel would not take more for a moment."""
    started: int
    """When sending began, in nanoseconds since the epoch."""
    ended: int
    """When it ended."""
    cpu: int
    """What the sending process used of the processors, its start included, in nanoseconds."""
    punctual: bool
    """Whether that process ran before all ordinary ones."""
    errors_ns: Errors | None
    """How far the gaps were from their targets; None at top speed, and of less than two frames."""

    @property
    def complete(self) -> bool:
        """Whether the end of the order was reached; what was refused is done with as well."""
        return self.frames + self.refusals == self.total

    @property
    def rate(self) -> float:
        """Frames a second."""
        return self.frames * _SECOND / max(self.ended - self.started, 1)

    def as_json(self) -> Mapping[str, Any]:
        """The same for programs; of long lists the beginning."""
        errors = self.errors_ns
        return {
            "total": self.total,
            "frames": self.frames,
            "bytes": self.bytes,
            "complete": self.complete,
            "refused": [each + 1 for each in self.refused[:_TOLD]],
            "refusals": self.refusals,
            "segmented": [each + 1 for each in self.segmented[:_TOLD]],
            "segmented_count": len(self.segmented),
            "late": self.late,
            "late_bound_ns": self.bound,
            "worst_ns": self.worst,
            "waits": self.waits,
            "started": self.started,
            "ended": self.ended,
            "frames_per_second": round(self.rate, 3),
            "cpu_ns": self.cpu,
            "realtime": self.punctual,
            "gap_errors_ns": None
            if errors is None
            else {"p50": errors.p50, "p99": errors.p99, "max": errors.max, "drift": errors.drift},
        }


def errors_of(order: Order, zero: int, times: NDArray[np.int64], handled: int) -> Errors | None:
    """How far the gaps of an order were from their targets.

    Args:
        order: what was to be sent.
        zero: time zero, on the clock of the times.
        times: when each frame was sent, loop after loop; 0 for one that was not.
        handled: how many of them are over.
    """
    if order.due is None:
        return None
    sent = times[:handled]
    there = np.flatnonzero(sent)
    if len(there) < 2:
        return None
    loop, place = np.divmod(there, len(order))
    return Errors.of(zero + order.due[place] + loop * order.period, sent[there])
