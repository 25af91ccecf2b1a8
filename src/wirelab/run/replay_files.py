"""What a replay leaves: captures, facts, and the verdict on them."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from wirelab.emulator import Lab, PointStatistics
from wirelab.emulator.recorded import Recorded
from wirelab.run.replay_job import Replayed, ReplayJob
from wirelab.verify import CaptureWriter, Point


@dataclass(frozen=True)
class Recording:
    """What was captured of a replay."""

    frames: Recorded
    """The frames, of all points."""
    statistics: Mapping[str, PointStatistics]
    """The kernel's counts."""

    @property
    def lost(self) -> dict[str, int]:
        """How many frames were not recorded, by point; nothing where all were."""
        return {point: each.dropped for point, each in self.statistics.items() if each.dropped}


def origin(job: ReplayJob) -> dict[str, Any]:
    """Return what a capture says about the replay that made it."""
    with job.capture.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return {
        "origin": "replayed",
        "capture": job.capture.name,
        "sha256": digest,
        "kind": job.kind,
        "network": job.network.name,
        "settings": dict(job.network.settings),
        "seed": job.seed,
    }


def write_captures(
    folder: Path, lab: Lab, job: ReplayJob, recording: Recording, about: Mapping[str, Any]
) -> None:
    """Write the merged capture and one file a point.

    Raises:
        OSError: there is no room for them.
    """
    points = [
        Point(point, f"interface {name} of the lab", lab.interface(name).mtu)
        for point, name in job.prepared.points.items()
    ]
    comment = json.dumps(about, sort_keys=True, default=str)
    (folder / "points").mkdir()
    _write(folder / "capture.pcapng", points, comment, recording.frames, recording)
    for point in points:
        path = folder / "points" / f"{point.name}.pcapng"
        _write(path, [point], comment, recording.frames.at(point.name), recording)


def _write(path: Path, points: list[Point], comment: str, frames: Recorded, of: Recording) -> None:
    with path.open("wb") as file:
        writer = CaptureWriter(file, points, comment=comment)
        for time, point, data, outgoing in frames.rows():
            writer.write(point, time, data, len(data), outgoing)
        counts = {point.name: of.statistics[point.name] for point in points}
        writer.close({name: (count.received, count.dropped) for name, count in counts.items()})


def write_told(folder: Path, about: Mapping[str, Any], ended: Replayed) -> None:
    """Write the facts and the verdict."""
    _write_json(folder / "facts.json", {**about, **ended.facts})
    verdict = ended.as_json()
    del verdict["facts"], verdict["dir"]
    _write_json(folder / "verdict.json", {**verdict, **about})


def _write_json(path: Path, content: Mapping[str, Any]) -> None:
    path.write_text(json.dumps(content, indent=2, default=str) + "\n")
