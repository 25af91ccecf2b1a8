"""How the run of one scenario ended."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Status(StrEnum):
    """What became of a scenario."""

    PASSED = "passed"
    """Everything was as expected."""
    FAILED = "failed"
    """The capture is not what was expected."""
    SKIPPED = "skipped"
    """This machine lacks something that the scenario needs."""
    ERROR = "error"
    """It could not be played to its end."""


@dataclass(frozen=True)
class Outcome:
    """The result of one scenario."""

    scenario: str
    """Its id."""
    status: Status
    """How it ended."""
    seconds: float
    """From the start of its sandbox to the verdict."""
    packets: int = 0
    """Frames captured, at all points together."""
    directory: str = ""
    """Where its files are."""
    reason: str = ""
    """Why it did not pass: one line."""
    explanation: str = ""
    """The ladder of a judged run, or the end of a log."""

    def as_json(self) -> dict[str, Any]:
        """Return the line of `lab run --json`."""
        line: dict[str, Any] = {
            "scenario": self.scenario,
            "status": str(self.status),
            "seconds": round(self.seconds, 3),
            "packets": self.packets,
            "dir": self.directory,
        }
        return line | ({"reason": self.reason} if self.reason else {})
