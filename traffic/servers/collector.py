"""A log collector: takes syslog lines over UDP (RFC 5426) and TCP (RFC 6587), and says nothing."""

import json
import sys
from dataclasses import dataclass
from pathlib import Path

from wirelab.emulator import Socket
from wirelab.traffic.daemon import Daemon, Place, listening

_PROGRAM = Path(__file__).with_name("collector_main.py")
_NOTES = "received.jsonl"


@dataclass(frozen=True)
class Collector(Daemon):
    """Something that receives, so that senders are not told that nobody is there."""

    port: int = 514
    """Where it listens, over UDP and TCP."""
    name: str = "collector"
    """What it is called in logs."""

    def argv(self, place: Place) -> tuple[str, ...]:
        """Return the command; `-I` and `-S` keep the user's Python settings out of it."""
        notes = str(place.folder / _NOTES)
        return (sys.executable, "-I", "-S", str(_PROGRAM), place.ip, str(self.port), notes)

    def files(self, place: Place) -> dict[str, str | bytes]:
        """Return the file that it fills."""
        del place
        return {_NOTES: ""}

    def ready(self, place: Place, sockets: frozenset[Socket]) -> bool:
        """Say whether it listens."""
        return all(listening(sockets, proto, self.port, place.ip) for proto in ("udp", "tcp"))

    def facts(self, place: Place) -> dict[str, object]:
        """Return what it `received`: over what, from whom, and the text."""
        return {"received": [json.loads(line) for line in _notes(place)]}


def _notes(place: Place) -> list[str]:
    notes = place.folder / _NOTES
    return notes.read_text().splitlines() if notes.exists() else []
