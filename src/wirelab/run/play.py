"""One scenario from start to verdict, inside its sandbox."""

import dataclasses
import json
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from wirelab.emulator import Captured, EmulatorError, Lab, Missing, PointStatistics
from wirelab.run.outcome import Outcome, Status
from wirelab.run.plan import Job
from wirelab.run.publish import publish, withdraw
from wirelab.scenarios import Stage
from wirelab.verify import (
    CaptureWriter,
    Point,
    Provenance,
    Verdict,
    Way,
    explain,
    judge,
    read_capture,
)

_EXPLANATION_WIDTH = 100


def play(job: Job, destination: int) -> Outcome:
    """Build, play, capture and judge `job`; put its files into the folder open as `destination`.

    Runs inside a sandbox. Whatever goes wrong in the lab is an outcome, not an exception.
    """
    begun = time.monotonic()
    name = job.scenario.id
    withdraw(destination, name)
    try:
        verdict, captured, folder = _played(job)
    except Missing as error:
        return Outcome(name, Status.SKIPPED, time.monotonic() - begun, reason=str(error))
    except EmulatorError as error:
        first, _, rest = str(error).partition("\n")
        return Outcome(name, Status.ERROR, time.monotonic() - begun, reason=first, explanation=rest)
    publish(folder, destination, name)
    return Outcome(
        name,
        Status.PASSED if verdict.passed else Status.FAILED,
        time.monotonic() - begun,
        len(captured),
        reason="" if verdict.passed else verdict.problems[0].message,
        explanation=explain(verdict, _EXPLANATION_WIDTH),
    )


def _played(job: Job) -> tuple[Verdict, tuple[Captured, ...], Path]:
    scenario = job.scenario
    lab = Lab(scenario.network(job.settings), seed=job.seed, taps=scenario.points)
    folder = lab.scratch / "result"
    folder.mkdir()
    lab.start()
    stage = Stage(lab, job.settings, job.seed, scenario.id)
    scenario.play(stage)
    statistics = lab.taps.stop()
    _see_that_none_was_lost(statistics)
    captured = lab.taps.frames()
    stage.close()
    lab.logs.rename(folder / "logs")
    _write_captures(job, stage, captured, statistics, folder)
    verdict = judge(
        scenario.expect(job.settings),
        read_capture(folder / "capture.pcapng"),
        names=stage.names,
        excuse=scenario.excuse,
    )
    _write_json(folder / "facts.json", _facts(job, stage, lab))
    details = {
        "scenario": scenario.id,
        "status": Status.PASSED if verdict.passed else Status.FAILED,
        "seed": job.seed,
        "settings": job.settings,
    }
    _write_json(folder / "verdict.json", {**verdict.as_json(), **details})
    (folder / "ladder.txt").write_text(explain(verdict, _EXPLANATION_WIDTH))
    return verdict, captured, folder


def _see_that_none_was_lost(statistics: Mapping[str, PointStatistics]) -> None:
    lost = {point: count.dropped for point, count in statistics.items() if count.dropped}
    if lost:
        told = ", ".join(f"{count} at {point}" for point, count in lost.items())
        raise EmulatorError(f"the capture lost frames ({told}): run fewer labs at once with -j")


def _write_captures(
    job: Job,
    stage: Stage,
    captured: tuple[Captured, ...],
    statistics: Mapping[str, PointStatistics],
    folder: Path,
) -> None:
    """Write the merged capture and one file a point."""
    lab = stage.lab
    points = [
        Point(point, f"interface {name} of the lab", lab.interface(name).mtu)
        for point, name in job.scenario.points.items()
    ]
    ways = {
        point: {address: Way(way.mac, way.hops, way.past) for address, way in found.items()}
        for point, found in lab.ways().items()
    }
    comment = Provenance(job.scenario.id, job.seed, job.settings, stage.names, ways).comment()
    (folder / "points").mkdir()
    about = comment, stage.key_log.encode()
    _write_capture(folder / "capture.pcapng", points, about, captured, statistics)
    for point in points:
        own = tuple(frame for frame in captured if frame.point == point.name)
        path = folder / "points" / f"{point.name}.pcapng"
        _write_capture(path, [point], about, own, statistics)


def _write_capture(
    path: Path,
    points: list[Point],
    about: tuple[str, bytes],
    captured: tuple[Captured, ...],
    statistics: Mapping[str, PointStatistics],
) -> None:
    """Write a capture; `about` it there is a comment, and the secrets of its TLS sessions."""
    comment, secrets = about
    with path.open("wb") as file:
        writer = CaptureWriter(file, points, comment=comment)
        if secrets:
            writer.write_secrets(secrets)
        for frame in captured:
            writer.write(frame.point, frame.time, frame.data, len(frame.data), frame.outgoing)
        writer.close(
            {
                point.name: (statistics[point.name].received, statistics[point.name].dropped)
                for point in points
            }
        )


def _facts(job: Job, stage: Stage, lab: Lab) -> dict[str, Any]:
    points = {
        point: {"interface": name, "mtu": lab.interface(name).mtu}
        for point, name in job.scenario.points.items()
    }
    return {
        "scenario": job.scenario.id,
        "seed": job.seed,
        "settings": job.settings,
        "names": stage.names,
        "points": points,
        **stage.facts,
    }


def _write_json(path: Path, content: Mapping[str, Any]) -> None:
    path.write_text(json.dumps(content, indent=2, default=_plain) + "\n")


def _plain(value: object) -> object:
    """What a player told, in types that JSON has."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return dataclasses.asdict(value)
    return str(value)
