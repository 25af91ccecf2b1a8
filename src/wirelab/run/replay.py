"""Replaying: from Python in one call, or step by step for who shows how far it is."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from multiprocessing.connection import wait
from pathlib import Path

from wirelab.emulator import sandbox
from wirelab.run.board import Board
from wirelab.run.errors import OutputError
from wirelab.run.publish import opened
from wirelab.run.replay_job import Capturing, Replayed, ReplayJob
from wirelab.run.replay_plan import Options, plan_replay
from wirelab.run.replay_play import perform
from wirelab.traffic.replay.frame_options import Choice, FrameOptions

_LOOK_EVERY = 0.1  # seconds between two looks at how far a replay is


def replay(
    capture: str | Path,
    on: str,
    options: Options | None = None,
    *,
    choice: Choice | None = None,
    settings: Mapping[str, object] | None = None,
    seed: int = 0,
    output: str | Path = "out",
    capturing: Capturing = Capturing.KEEP,
) -> Replayed:
    """Replay a capture into a lab of its own, and return how that ended.

    Args:
        capture: the file.
        on: a topology, or a scenario whose network it is.
        options: what is asked for; their type says the kind of replay; by default all
            frames, as they were recorded.
        choice: which packets, of a replay by hosts; `FrameOptions` say so themselves.
        settings: parameters of the topology, or settings of the scenario.
        seed: decides MACs, and other addresses than those that are drawn where it is not 0.
        output: the folder for captures and verdict.
        capturing: whether what passes is captured, and the captures are kept.

    Raises:
        PlanError: there is no such network, or not with these parameters.
        ReplayError: the capture cannot be replayed so; nothing was sent.
        CaptureError: the file is no capture.
        FilterError: a filter cannot be understood.
        OutputError: the output folder cannot be made or written.
        EmulatorError: the lab failed, or this machine lacks something (`Missing`).
    """
    assignments = [f"{name}={value}" for name, value in (settings or {}).items()]
    asked = options or FrameOptions()
    job = plan_replay(Path(capture), on, asked, choice=choice, assignments=assignments, seed=seed)
    ended = run_replay(job, Path(output), capturing=capturing)
    assert ended is not None  # nobody could stop it
    return ended


def run_replay(
    job: ReplayJob,
    output: Path,
    *,
    stop: int | None = None,
    progress: Callable[[int], None] = lambda _done: None,
    capturing: Capturing = Capturing.KEEP,
) -> Replayed | None:
    """Replay, and return how it ended; None when it was stopped, and then nothing is left of it.

    Args:
        job: what to replay.
        output: the folder for captures and verdict.
        stop: a descriptor; something to read from it ends the replay at once.
        progress: is told, ten times a second, how many frames or payloads have been sent.
        capturing: whether what passes is captured, and the captures are kept.

    Raises:
        OutputError: the output folder cannot be made or written.
        Missing: this machine lacks something.
        EmulatorError: the lab failed.
    """
    board = Board()
    with _gone_if_empty(output), opened(output, keep_page=True) as destination:
        child = sandbox.start(perform, job, destination, board, capturing)
        try:
            while True:
                ready = wait([child.answers, *([stop] if stop is not None else [])], _LOOK_EVERY)
                progress(board.done)
                if stop is not None and stop in ready:
                    return None
                if ready:
                    ended: Replayed = child.result()
                    return replace(ended, directory=str(output / job.name))
        except OutputError as error:
            raise OutputError(output / error.folder, error.reason) from error
        finally:
            child.kill()


@contextmanager
def _gone_if_empty(output: Path) -> Iterator[None]:
    """Leave no empty folder where there was none."""
    there = output.exists()
    try:
        yield
    finally:
        if not there:
            with suppress(OSError):  # it is not empty
                output.rmdir()
