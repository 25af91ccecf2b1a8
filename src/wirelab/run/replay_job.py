"""What a replay is, and how it ended."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from wirelab.run.networks import Network
from wirelab.run.outcome import Status
from wirelab.traffic.replay.kind import Prepared

_ENDINGS = ((".gz", ".zst"), (".pcap", ".pcapng", ".cap"))
"""What is no part of a capture's name, from the last on: how it is compressed, what it is."""


class Capturing(StrEnum):
    """Whether what passes in a replay is captured."""

    KEEP = "keep"
    """It is, and the captures stay."""
    DISCARD = "discard"
    """It is, for the verdict, and then the captures are gone."""
    NONE = "none"
    """It is not: frames are counted by their interfaces, or by those who play. That is quickest,
    and needs no disk."""


@dataclass(frozen=True)
class ReplayJob:
    """A replay that can begin."""

    capture: Path
    """The file that is replayed."""
    kind: str
    """`frames`, `hosts` or `conversations`."""
    network: Network
    """Where to."""
    prepared: Prepared
    """What exactly."""
    seed: int = 0
    """Decides MACs; addresses stay as they are drawn, since the capture has its own."""

    @property
    def name(self) -> str:
        """The folder of its results; `capture.pcapng` is called as the folder in which it lies."""
        stem = self.capture.name
        for endings in _ENDINGS:
            ending = next((each for each in endings if stem.lower().endswith(each)), "")
            stem = stem[: len(stem) - len(ending)]
        if stem == "capture":
            stem = self.capture.absolute().parent.name
        return f"replay-{stem or 'capture'}"


@dataclass(frozen=True)
class Replayed:
    """How a replay ended."""

    name: str
    """The folder of its results."""
    capture: str
    """The file that was replayed."""
    kind: str
    """`frames`, `hosts` or `conversations`."""
    status: Status
    """`passed` when all was sent as recorded and arrived; else `failed`, or `error`."""
    total: int
    """How many frames (or payloads) there were to be sent."""
    sent: int = 0
    """How many were sent."""
    otherwise: Mapping[str, int] = field(default_factory=dict)
    """How many were not sent as recorded, by what became of them."""
    problems: Sequence[str] = ()
    """What is wrong, a line each."""
    packets: int = 0
    """Frames captured, at all points together."""
    seconds: float = 0.0
    """From the start of its sandbox to the verdict."""
    facts: Mapping[str, Any] = field(default_factory=dict)
    """What `facts.json` holds."""
    details: Mapping[str, Any] = field(default_factory=dict)
    """The counts behind the verdict."""
    lost: Mapping[str, int] = field(default_factory=dict)
    """How many frames the capture lost, by point: not that they did not arrive."""
    directory: str = ""
    """Where its files are."""

    @property
    def passed(self) -> bool:
        """Whether all was sent as recorded, and arrived."""
        return self.status is Status.PASSED

    def as_json(self) -> dict[str, Any]:
        """Return what `lab replay --json` prints."""
        return {
            "replay": self.capture,
            "kind": self.kind,
            "status": str(self.status),
            "total": self.total,
            "sent": self.sent,
            "otherwise": dict(self.otherwise),
            "problems": list(self.problems),
            "packets": self.packets,
            "capture_lost": dict(self.lost),
            "seconds": round(self.seconds, 3),
            "dir": self.directory,
            "details": dict(self.details),
            "facts": dict(self.facts),
        }
