"""Many labs at once: they mostly wait for protocol timers, so they overlap."""

import errno
import os
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from multiprocessing.connection import wait
from pathlib import Path

from wirelab.emulator import Missing, sandbox
from wirelab.run.outcome import Outcome, Status
from wirelab.run.plan import Job
from wirelab.run.play import play
from wirelab.run.publish import sweep


def run_jobs(
    jobs: Sequence[Job],
    output: Path,
    at_once: int,
    started: Callable[[Job], None] = lambda _job: None,
) -> Iterator[Outcome]:
    """Run `jobs`, at most `at_once` at a time, and yield each outcome as it comes.

    Whoever stops iterating (Ctrl-C, say) ends the labs that still run.

    Raises:
        OSError: the output folder cannot be made or written.
    """
    output.mkdir(parents=True, exist_ok=True)
    if not os.access(output, os.W_OK | os.X_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(output))
    sweep(output)
    destination = os.open(output, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    waiting = list(jobs)
    running: dict[object, tuple[Job, sandbox.Child, float]] = {}
    try:
        while waiting or running:
            while waiting and len(running) < at_once:
                job = waiting.pop(0)
                child = sandbox.start(play, job, destination)
                running[child.answers] = (job, child, time.monotonic())
                started(job)
            for ready in wait([child.answers for _job, child, _begun in running.values()]):
                job, child, begun = running.pop(ready)
                yield _outcome(job, child, begun, output)
    finally:
        for _job, child, _begun in running.values():
            child.kill()
        os.close(destination)


def _outcome(job: Job, child: sandbox.Child, begun: float, output: Path) -> Outcome:
    name = job.scenario.id
    try:
        outcome: Outcome = child.result()
    except Missing as error:
        return Outcome(name, Status.SKIPPED, time.monotonic() - begun, reason=str(error))
    except OSError:
        raise  # the output folder: nothing that another scenario would do better
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
