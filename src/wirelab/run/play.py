"""One scenario from start to verdict, inside its sandbox."""

import dataclasses
import inspect
import json
import time
import traceback
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from wirelab.emulator import (
    Captured,
    EmulatorError,
    Lab,
    Missing,
    PointStatistics,
    sandbox,
)
from wirelab.run.outcome import Outcome, Status
from wirelab.run.plan import Job
from wirelab.run.publish import publish, withdraw
from wirelab.scenarios import Scenario, Stage
from wirelab.scenarios.slips import slip
from wirelab.verify import (
    CaptureWriter,
    Point,
    Provenance,
    Verdict,
    VerifyError,
    Way,
    explain,
    judge,
    read_capture,
)

_EXPLANATION_WIDTH = 100


def play(job: Job, destination: int) -> Outcome:
    """Build, play, capture and judge `job`; put its files into the folder open as `destination`.

    Runs inside a sandbox. Whatever goes wrong in the lab is an outcome, not an exception; what
    there is by then, a part of the capture and logs, is kept.

    Raises:
        OutputError: the files cannot be written there.
    """
    begun = time.monotonic()
    name = job.scenario.id
    withdraw(destination, name)
    attempt = _Attempt(job)
    try:
        outcome = attempt.judged()
    except Missing as error:
        return Outcome(name, Status.SKIPPED, time.monotonic() - begun, reason=str(error))
    except (Exception, SystemExit) as error:  # a scenario's own code may raise anything
        outcome = attempt.broken(error)
    publish(attempt.folder, destination, name)
    return replace(outcome, seconds=time.monotonic() - begun, directory=name)


class _Attempt:
    """A scenario on its way, and the files that it leaves."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.folder = sandbox.SCRATCH / "result"
        self.folder.mkdir()
        self._lab: Lab | None = None
        self._stage: Stage | None = None
        self._statistics: dict[str, PointStatistics] | None = None

    def judged(self) -> Outcome:
        """Play it, and judge what was captured."""
        job, scenario = self.job, self.job.scenario
        self._lab = lab = Lab(scenario.network(job.settings), seed=job.seed, taps=scenario.points)
        lab.start()
        self._stage = stage = Stage(lab, job.settings, job.seed, scenario.id)
        scenario.play(stage)
        self._statistics = lab.taps.stop()
        _see_that_none_was_lost(self._statistics)
        stage.close()
        verdict = self._write_all(lab, stage, self._statistics)
        passed = verdict.passed
        self._tell(verdict, Status.PASSED if passed else Status.FAILED)
        return Outcome(
            scenario.id,
            Status.PASSED if passed else Status.FAILED,
            0.0,
            verdict.packets.total,
            reason="" if passed else verdict.problems[0].message,
            explanation=explain(verdict, _EXPLANATION_WIDTH),
        )

    def broken(self, error: BaseException) -> Outcome:
        """Keep what there is of an attempt that ended with an error."""
        reason, explanation = _told(error, self.job.scenario)
        verdict = None
        if self._lab is not None:
            with suppress(
                Exception
            ):  # in this state nothing is certain, and the error matters more
                verdict = self._kept(self._lab)
        self._tell(verdict, Status.ERROR, reason)
        captured = verdict.packets.total if verdict else 0
        return Outcome(self.job.scenario.id, Status.ERROR, 0.0, captured, "", reason, explanation)

    def _kept(self, lab: Lab) -> Verdict:
        if self._statistics is None:
            self._statistics = lab.taps.stop()
        stage = self._stage or Stage(lab, self.job.settings, self.job.seed, self.job.scenario.id)
        stage.abandon()
        return self._write_all(lab, stage, self._statistics)

    def _write_all(
        self, lab: Lab, stage: Stage, statistics: Mapping[str, PointStatistics]
    ) -> Verdict:
        """Write logs, facts and captures, and return the verdict on these."""
        lab.logs.rename(self.folder / "logs")
        _write_json(self.folder / "facts.json", _facts(self.job, stage, lab))
        _write_captures(self.job, stage, lab.taps.frames(), statistics, self.folder)
        return judge(
            self.job.scenario.expect(self.job.settings),
            read_capture(self.folder / "capture.pcapng"),
            names=stage.names,
            excuse=self.job.scenario.excuse,
        )

    def _tell(self, verdict: Verdict | None, status: Status, reason: str = "") -> None:
        """Write the verdict, as far as there is one."""
        job = self.job
        details = {
            "scenario": job.scenario.id,
            "origin": job.scenario.origin,
            "status": status,
            "seed": job.seed,
            "settings": job.settings,
        }
        judged = verdict.as_json() if verdict else {"steps": [], "names": {}, "problems": []}
        because = {"reason": reason} if reason else {}
        _write_json(self.folder / "verdict.json", {**judged, **details, **because})
        if verdict:
            (self.folder / "ladder.txt").write_text(explain(verdict, _EXPLANATION_WIDTH))


def _told(error: BaseException, scenario: Scenario) -> tuple[str, str]:
    """Return what went wrong in one line, and the rest: the end of a log, or where in the code."""
    if isinstance(error, EmulatorError):
        first, _, rest = str(error).partition("\n")
        return first, rest
    file = inspect.getfile(scenario.play)
    bug = slip(error, lambda source: Path(file).name if source == file else "")
    if isinstance(error, VerifyError):
        return str(bug or error).partition("\n")[0], ""
    reason = str(bug) if bug else f"{type(error).__name__}: {error}".partition("\n")[0]
    return reason, "".join(traceback.format_exception(error))


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
    made = Provenance(
        job.scenario.id, job.seed, job.settings, stage.names, ways, job.scenario.origin
    )
    comment = made.comment()
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
        "origin": job.scenario.origin,
        "seed": job.seed,
        "settings": job.settings,
        "names": stage.names,
        "points": points,
        "programs": {node.name: list(node.programs) for node in lab.hosts if node.programs},
        **stage.facts,
    }


def _write_json(path: Path, content: Mapping[str, Any]) -> None:
    path.write_text(json.dumps(content, indent=2, default=_plain) + "\n")


def _plain(value: object) -> object:
    """What a player told, in types that JSON has."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return dataclasses.asdict(value)
    return str(value)
