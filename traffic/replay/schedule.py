"""When each frame of a replay is due: the pace, decided for all frames before any is sent.

Times are nanoseconds after a common time zero, at which the first frame is due. Frames that leave
by several interfaces have one schedule, of which each interface gets its part.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from wirelab.traffic.replay.errors import ReplayError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]

_SECOND = 1_000_000_000
LONGEST = 1 << 61
"""Nanoseconds, some 73 years; a replay that takes longer is a slip of the pen."""


@dataclass(frozen=True)
class Schedule:
    """When the frames of one loop are due."""

    due: Ints
    """Nanoseconds after time zero, a frame each, in the order in which they are sent."""
    period: int
    """Nanoseconds from the beginning of a loop to that of the next."""


def recorded(time: Ints, *, speed: float = 1.0, numbers: Ints | None = None) -> Schedule:
    """The gaps of the capture, `speed` times as fast.

    Between loops the last gap of the capture comes again; a single frame has none, and its loops
    follow at once.

    Args:
        time: when each frame was captured, in nanoseconds.
        speed: 2 halves all gaps.
        numbers: the frames' numbers in the capture, for messages; counted from 1 where None.

    Raises:
        ReplayError: time runs backwards, the speed is no positive number, or it takes too long.
    """
    _see_that_positive(speed, "a speed", "2.5")
    gaps = np.diff(time)
    if (gaps < 0).any():
        at = int(np.argmax(gaps < 0)) + 1
        number = at + 1 if numbers is None else int(numbers[at])
        back = -int(gaps[at - 1]) / _SECOND
        raise ReplayError(
            f"frame {number} was captured {back:g} s before the frame that it follows: with times "
            "that run backwards there is no recorded pace; give one (--pps, --mbps or --topspeed)"
        )
    after = time - time[:1]
    last = int(gaps[-1]) if len(gaps) else 0
    end = int(after[-1]) + last if len(after) else 0
    _see_that_short(end / speed)
    if speed == 1:
        return Schedule(after.astype(np.int64), end)
    return Schedule(np.rint(after / speed).astype(np.int64), round(end / speed))


def packets_a_second(count: int, pps: float) -> Schedule:
    """So many frames a second, evenly, over the ends of loops as well.

    Raises:
        ReplayError: the rate is no positive number, or it takes too long.
    """
    _see_that_positive(pps, "a rate in packets a second", "1000")
    _see_that_short(count * _SECOND / pps)
    due = np.rint(np.arange(count + 1) * (_SECOND / pps)).astype(np.int64)
    return Schedule(due[:-1], int(due[-1]))


def megabits_a_second(captured: NDArray[np.int32] | Ints, mbps: float) -> Schedule:
    """So many million bits a second: each frame is followed by the time that its bits take.

    What counts is what is sent: the captured bytes from the Ethernet header on, without preamble
    and frame check sequence, as in tcpreplay and in Wireshark. Of a frame that the capture cut,
    that is what it kept.

    Args:
        captured: how many bytes each frame has.
        mbps: millions of bits a second.

    Raises:
        ReplayError: the rate is no positive number, or it takes too long.
    """
    _see_that_positive(mbps, "a rate in Mbit/s", "100")
    sent = np.concatenate([[0], np.cumsum(captured, dtype=np.int64)])
    nanoseconds = 8000 / mbps  # that a byte takes
    _see_that_short(int(sent[-1]) * nanoseconds)
    due = np.rint(sent * nanoseconds).astype(np.int64)
    return Schedule(due[:-1], int(due[-1]))


def _see_that_positive(value: float, what: str, example: str) -> None:
    if not (math.isfinite(value) and value > 0):
        raise ReplayError(f"{what} is a number above 0, as in {example}, not {value:g}")


def _see_that_short(nanoseconds: float) -> None:
    if not nanoseconds < LONGEST:
        raise ReplayError("at this pace the replay would take more than a lifetime")
