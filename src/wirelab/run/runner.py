"""Many labs at once: they mostly wait for protocol timers, so they overlap."""

import time
from collections.abc import Callable, Generator, Sequence
from dataclasses import replace
from multiprocessing.connection import wait
from pathlib import Path

from wirelab.emulator import Missing, sandbox
from wirelab.run.errors import OutputError
from wirelab.run.outcome import Outcome, Status
from wirelab.run.plan import Job
from wirelab.run.play import play
from wirelab.run.publish import opened

QUICK_AT_ONCE = 16
"""Labs at once when nothing is said, besides the slow ones: these do nothing but wait."""
_TICK = 1.0  # seconds

_Running = dict[object, tuple[Job, sandbox.Child, float]]
"""The job, its sandbox and when that was started, by the pipe that the answer will come from."""


def run_jobs(
    jobs: Sequence[Job],
    output: Path,
    at_once: int | None = None,
    started: Callable[[Job], None] = lambda _job: None,
    stop: int | None = None,
    tick: Callable[[], None] | None = None,
) -> Generator[Outcome]:
    """Run `jobs`, the slow ones first, and yield each outcome as it comes.

    Whoever stops iterating ends the labs that still run. So does something to read from the
    descriptor `stop`: then the iteration ends, without the outcomes of those labs.

    Args:
        jobs: what to run.
        output: the folder for captures and verdicts.
        at_once: how many labs there may be at a time; by default all slow ones and a few others.
        started: is told of each job that starts.
        stop: a descriptor.
        tick: is called once a second while nothing else happens.

    Raises:
        OutputError: the output folder cannot be made or written.
    """
    waiting = sorted(jobs, key=lambda job: not job.scenario.slow)
    at_once = at_once or QUICK_AT_ONCE + sum(job.scenario.slow for job in jobs)
    running: _Running = {}
    with opened(output) as destination:
        try:
            while waiting or running:
                if waiting and len(running) < at_once:
                    job = waiting.pop(0)
                    child = sandbox.start(play, job, destination)
                    running[child.answers] = (job, child, time.monotonic())
                    started(job)
                more_to_start = bool(waiting) and len(running) < at_once
                patience = 0 if more_to_start else _TICK if tick else None
                found = _ready(running, stop, patience)
                if tick and patience and not found:
                    tick()
                for ready in found:
                    if ready == stop:
                        return
                    job, child, begun = running.pop(ready)
                    yield _outcome(job, child, begun, output)
        finally:
            _end(running)


def _ready(running: _Running, stop: int | None, patience: float | None) -> list[object]:
    """Wait so many seconds, or without end, for answers or for `stop`, which comes first."""
    pipes = [child.answers for _job, child, _begun in running.values()]
    found = wait([*pipes, stop] if stop is not None else pipes, patience)
    return [stop] if stop in found else list(found)


def _end(running: _Running) -> None:
    """End all labs, together rather than one after the other."""
    for _job, child, _begun in running.values():
        child.terminate()
    for _job, child, _begun in running.values():
        child.kill()


def _outcome(job: Job, child: sandbox.Child, begun: float, output: Path) -> Outcome:
    name = job.scenario.id
    try:
        outcome: Outcome = child.result()
    except Missing as error:
        return Outcome(name, Status.SKIPPED, time.monotonic() - begun, reason=str(error))
    except OutputError as error:
        raise OutputError(
            output / error.folder, error.reason
        ) from error  # no other will fare better
    except Exception as error:  # whatever a scenario's own code does is its outcome
        reason = f"{type(error).__name__}: {error}".partition("\n")[0]
        notes = "\n".join(getattr(error, "__notes__", ()))
        return Outcome(
            name, Status.ERROR, time.monotonic() - begun, reason=reason, explanation=notes
        )
    finally:
        child.kill()
    return replace(outcome, directory=str(output / name) if outcome.directory else "")
