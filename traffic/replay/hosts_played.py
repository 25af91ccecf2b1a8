"""What a replay by hosts did: the facts for people, and what the judge needs."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from wirelab.traffic.replay.kind import Played

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wirelab.traffic.replay.arrivals import Sent
    from wirelab.traffic.replay.conductor import Outcome
    from wirelab.traffic.replay.sendings import Sending

_MOST_TIMES = 10_000
"""So many frames of which `facts.json` has the times one by one."""


@dataclass(frozen=True)
class HostsPlayed(Played):
    """What was done, with what the judge needs of it."""

    frames: tuple[Sent, ...] = ()
    """What was sent and expected."""
    outcomes: dict[int, Outcome] = field(default_factory=dict)
    """What became of it, by place in these."""
    strangers: tuple[tuple[str, bytes], ...] = ()
    """What reached an interface though nobody sent it."""


def facts(
    sent: Sequence[Sent], tasks: Sequence[Sending], times: Sequence[int], speed: float | None
) -> dict[str, Any]:
    """Return when frames were sent, how fast, and how late.

    Args:
        sent: what was sent and expected.
        tasks: what each was to be.
        times: when each was sent, in nanoseconds since the epoch.
        speed: how many times as fast as recorded; None where gaps were not kept.
    """
    own = [n for n, each in enumerate(sent) if each.port]
    seconds = (times[own[-1]] - times[own[0]]) / 1e9 if own else 0.0
    told: dict[str, Any] = {"seconds": seconds}
    if seconds:
        told["pps"] = round(len(own) / seconds)
    if speed and own:
        told["late"] = lateness([times[n] for n in own], [tasks[n].time for n in own], speed)
    told["sent"] = [
        {"frame": sent[n].number, "by": sent[n].port, "time": times[n]} for n in own[:_MOST_TIMES]
    ]
    return told


def lateness(times: Sequence[int], recorded: Sequence[int], speed: float) -> dict[str, float]:
    """Return how much later than at its gap from the first each was sent, in microseconds.

    An answer is late when what it answers to needed longer than in the capture. The median, the
    99th percentile, the largest.
    """
    late = sorted(
        (time - times[0] - (due - recorded[0]) / speed) / 1000
        for time, due in zip(times, recorded, strict=True)
    )
    last = len(late) - 1
    return {"p50": late[last // 2], "p99": late[last * 99 // 100], "max": late[last]}
