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

_Running = dict[object, tuple[Job, sandbox.Child, float]]
"""The job, its sandbox and when that was started, by the pipe that the answer will come from."""


def run_jobs(
    jobs: Sequence[Job],
    output: Path,
    at_once: int,
    started: Callable[[Job], None] = lambda _job: None,
    stop: int | None = None,
) -> Generator[Outcome]:
    """Run `jobs`, at most `at_once` at a time, and yield each outcome as it comes.

    Whoever stops iterating ends the labs that still run. So does something to read from the
    descriptor `stop`: then the iteration ends, without the outcomes of those labs.

    Raises:
        OutputError: the output folder cannot be made or written.
    """
    waiting = list(jobs)
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
                for ready in _ready(running, stop, at_once=more_to_start):
                    if ready == stop:
                        return
                    job, child, begun = running.pop(ready)
                    yield _outcome(job, child, begun, output)
        finally:
            _end(running)


def _ready(running: _Running, stop: int | None, *, at_once: bool) -> list[object]:
    """Wait for answers or for `stop`, which comes first; `at_once` only looks."""
    pipes = [child.answers for _job, child, _begun in running.values()]
    found = wait([*pipes, stop] if stop is not None else pipes, 0 if at_once else None)
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
    judged = outcome.status in (Status.PASSED, Status.FAILED)
    return replace(outcome, directory=str(output / name) if judged else "")
