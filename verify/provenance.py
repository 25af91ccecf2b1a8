"""How a capture of the lab says what made it: a line of JSON in its section comment."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Way:
    """How the packets of an address come to a capture point, and packets for it leave it."""

    mac: str
    """The interface on the point's link from which they come, and to which they go."""
    hops: int
    """The routers that they have passed."""
    past: tuple[str, ...] = ()
    """The points on links further away that they have passed."""


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
    ways: Mapping[str, Mapping[str, Way]] = field(default_factory=dict)
    """For each capture point, the way of each address of the lab to it."""
    origin: str = ""
    """`real` when kernels, daemons and clients sent every packet, or `crafted`; "" for unknown."""

    def comment(self) -> str:
        """The line for the comment of the capture."""
        return json.dumps(
            {
                "scenario": self.scenario,
                "origin": self.origin,
                "seed": self.seed,
                "settings": dict(self.settings),
                "names": dict(self.names),
                "ways": {point: _written(found) for point, found in self.ways.items()},
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
                _ways(found.get("ways")),
                str(found.get("origin", "")),
            )
    return None


def _written(ways: Mapping[str, Way]) -> dict[str, list[object]]:
    return {address: [way.mac, way.hops, list(way.past)] for address, way in ways.items()}


def _ways(written: object) -> dict[str, dict[str, Way]]:
    """What was written of the ways; nothing when that is of another form."""
    try:
        return {
            str(point): {
                str(address): Way(str(mac), int(hops), tuple(map(str, past)))
                for address, (mac, hops, past) in found.items()
            }
            for point, found in (written.items() if isinstance(written, dict) else ())
        }
    except (AttributeError, TypeError, ValueError):
        return {}


def _object(line: str) -> dict[str, object]:
    if not line.startswith("{"):
        return {}
    try:
        found = json.loads(line)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
