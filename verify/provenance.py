"""How a capture of the lab says what made it: a line of JSON in its section comment."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Provenance:
    """What made a capture."""

    scenario: str
    """The name of the scenario."""
    seed: int | None = None
    """The seed of the lab."""
    settings: Mapping[str, object] = field(default_factory=dict)
    """The settings of the lab, in types of JSON."""
    names: Mapping[str, str] = field(default_factory=dict)
    """The names that the lab bound, and what to."""

    def comment(self) -> str:
        """The line for the comment of the capture."""
        return json.dumps(
            {
                "scenario": self.scenario,
                "seed": self.seed,
                "settings": dict(self.settings),
                "names": dict(self.names),
            },
            sort_keys=True,
        )


def provenance(comment: str) -> Provenance | None:
    """What a capture's comment says about who made it; None when it is no capture of the lab."""
    for line in comment.splitlines():
        found = _object(line)
        names, settings = found.get("names"), found.get("settings")
        if isinstance(found.get("scenario"), str) and isinstance(names, dict):
            seed = found.get("seed")
            return Provenance(
                str(found["scenario"]),
                seed if isinstance(seed, int) else None,
                settings if isinstance(settings, dict) else {},
                {str(name): str(value) for name, value in names.items()},
            )
    return None


def _object(line: str) -> dict[str, object]:
    if not line.startswith("{"):
        return {}
    try:
        found = json.loads(line)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
