"""Spans of time as they are written beside an expectation: "3s", "0.9s..1.1s"."""

from __future__ import annotations

import re
from dataclasses import dataclass

from wirelab.verify.errors import ExpectationError

_UNITS = {"ns": 1, "us": 1_000, "µs": 1_000, "ms": 1_000_000, "s": 10**9, "min": 60 * 10**9}
_DURATION = re.compile(r"\s*(\d+)(?:\.(\d+))?\s*(ns|us|µs|ms|s|min)\s*")


@dataclass(frozen=True, slots=True)
class Window:
    """How much time may pass between two frames."""

    least: int
    """The shortest time, in nanoseconds."""
    most: int
    """The longest time, in nanoseconds."""

    def __contains__(self, elapsed: int) -> bool:
        return self.least <= elapsed <= self.most

    def __str__(self) -> str:
        most = duration_text(self.most)
        return f"{duration_text(self.least)}..{most}" if self.least else f"within {most}"


def window(text: str) -> Window:
    """The window that a text means: "3s" is from nothing to 3 s, "1s..2s" from 1 s to 2 s.

    Raises:
        ExpectationError: the text is no span of time, or its ends are exchanged.

    """
    least, dots, most = text.partition("..")
    found = Window(duration(least), duration(most)) if dots else Window(0, duration(text))
    if found.least > found.most:
        raise ExpectationError(f"{text!r}: the longest time is shorter than the shortest")
    return found


def duration(text: str) -> int:
    """The nanoseconds of "1.5s" or another number with ns, us, ms, s or min.

    Raises:
        ExpectationError: the text is no such number.

    """
    found = _DURATION.fullmatch(text)
    if found is None:
        raise ExpectationError(f"{text!r} is no time; write a number and ns, us, ms, s or min")
    unit = _UNITS[found[3]]
    billionths = int((found[2] or "")[:9].ljust(9, "0"))
    return int(found[1]) * unit + billionths * unit // 10**9


def duration_text(nanoseconds: int) -> str:
    """A time in the largest unit that leaves it at 1 or more, three digits behind the point."""
    for unit in ("s", "ms", "µs"):
        if abs(nanoseconds) >= _UNITS[unit]:
            return f"{nanoseconds / _UNITS[unit]:.3f}".rstrip("0").rstrip(".") + f" {unit}"
    return f"{nanoseconds} ns"


def window_or_none(text: str | None) -> Window | None:
    """Read a window where one is given."""
    return None if text is None else window(text)
