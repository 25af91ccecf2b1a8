"""The comment by which a capture of ours is known: which scenario, seed, settings, names."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from wirelab.run.plan import Job

_MARK = "wirelab "


@dataclass(frozen=True)
class Provenance:
    """Where a capture comes from."""

    scenario: str
    """The scenario that was played."""
    settings: Mapping[str, Any]
    """Its settings."""
    names: Mapping[str, str]
    """The addresses that its names stood for."""


def write_provenance(job: Job, names: Mapping[str, str]) -> str:
    """Return the comment for a capture of `job`."""
    told = {
        "scenario": job.scenario.id,
        "origin": job.scenario.origin,
        "seed": job.seed,
        "settings": job.settings,
        "names": dict(names),
    }
    return _MARK + json.dumps(told, sort_keys=True)


def read_provenance(comment: str) -> Provenance | None:
    """Return what a capture's comment says, or None where the capture is not ours."""
    if not comment.startswith(_MARK):
        return None
    try:
        told = json.loads(comment[len(_MARK) :])
        return Provenance(str(told["scenario"]), dict(told["settings"]), dict(told["names"]))
    except (ValueError, KeyError, TypeError):
        return None
