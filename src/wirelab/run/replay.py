"""One replay from start to verdict, in a sandbox of its own."""

import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import replace
from multiprocessing.connection import wait
from pathlib import Path
from typing import cast

from wirelab.emulator import Lab, Veth, sandbox
from wirelab.emulator.counters import counters
from wirelab.emulator.errors import RecordingError
from wirelab.emulator.recorder import Recorder
from wirelab.run.board import Board
from wirelab.run.errors import OutputError
from wirelab.run.outcome import Status
from wirelab.run.publish import appearing, copy_folder, opened
from wirelab.run.replay_files import Recording, origin, write_captures, write_told
from wirelab.run.replay_job import Replayed, ReplayJob
from wirelab.run.replay_plan import Options, plan_replay
from wirelab.traffic.replay.frame_options import Choice, FrameOptions
from wirelab.traffic.replay.kind import Countable, Judged, Played, Prepared

_LOOK_EVERY = 0.1  # seconds between two looks at how far a replay is
_PATIENCE = 2.0  # seconds in which something must arrive of what is still under way
_POLL = 0.002


def replay(
    capture: str | Path,
    on: str,
    options: Options | None = None,
    *,
    choice: Choice | None = None,
    settings: Mapping[str, object] | None = None,
    seed: int = 0,
    output: str | Path = "out",
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
    ended = run_replay(job, Path(output))
    assert ended is not None  # nobody could stop it
    return ended


def run_replay(
    job: ReplayJob,
    output: Path,
    *,
    stop: int | None = None,
    progress: Callable[[int], None] = lambda _done: None,
    keep: bool = True,
) -> Replayed | None:
    """Replay, and return how it ended; None when it was stopped, and then nothing is left of it.

    Args:
        job: what to replay.
        output: the folder for captures and verdict.
        stop: a descriptor; something to read from it ends the replay at once.
        progress: is told, ten times a second, how many frames or payloads have been sent.
        keep: whether the captures are written; the verdict is in any case.

    Raises:
        OutputError: the output folder cannot be made or written.
        Missing: this machine lacks something.
        EmulatorError: the lab failed.
    """
    board = Board()
    with opened(output, keep_page=True) as destination:
        child = sandbox.start(_replay, job, destination, board, keep)
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


def _replay(job: ReplayJob, destination: int, board: Board, keep: bool) -> Replayed:
    """Build, play, capture and judge; put the files into the folder open as `destination`."""
    begun = time.monotonic()
    about = origin(job)
    with appearing(destination, job.name) as folder, ExitStack() as open_:
        lab = Lab(job.network.topo, seed=job.seed)
        interfaces = {point: lab.interface(name) for point, name in job.prepared.points.items()}
        recorder = open_.enter_context(Recorder(interfaces, folder))  # before links come up
        open_.enter_context(lab)
        before = {point: counters(each).received for point, each in interfaces.items()}
        played = job.prepared.play(lab, board.write)
        _settle(lab, recorder, job.prepared.points)
        try:
            statistics = recorder.stop()
            recording = Recording(recorder.recorded(), statistics)
        except RecordingError as error:
            raise OutputError(Path(job.name), str(error)) from error
        received = {p: counters(each).received - before[p] for p, each in interfaces.items()}
        lost = {point: count.dropped for point, count in statistics.items() if count.dropped}
        judged = (
            _counted(job.prepared, played, received, lost)
            if lost
            else job.prepared.judge(played, recording.frames)
        )
        copy_folder(lab.logs, folder / "logs")
        if keep:
            write_captures(folder, lab, job, recording, about)
        ended = _ended(job, played, judged, lost)
        ended = replace(ended, packets=len(recording.frames), seconds=time.monotonic() - begun)
        write_told(folder, about, ended)
    return ended


def _counted(
    prepared: Prepared, played: Played, received: Mapping[str, int], lost: Mapping[str, int]
) -> Judged:
    """Judge by the kernel's counters, where that can be, since the capture has holes."""
    if isinstance(prepared, Countable):
        return prepared.count(played, received)
    told = ", ".join(f"{count} at {point}" for point, count in lost.items())
    return Judged((f"the capture lost frames ({told}): what arrived is not known",))


def _ended(job: ReplayJob, played: Played, judged: Judged, lost: Mapping[str, int]) -> Replayed:
    passed = not judged.problems and not any(played.otherwise.values())
    return Replayed(
        job.name,
        str(job.capture),
        job.kind,
        Status.PASSED if passed else Status.FAILED,
        job.prepared.total,
        played.sent,
        played.otherwise,
        judged.problems,
        facts=played.facts,
        details=judged.details,
        lost=lost,
    )


def _settle(lab: Lab, recorder: Recorder, points: Mapping[str, str]) -> None:
    """Wait until all that was sent towards a capture point has been captured there.

    What passes a point is what its own interface sent and what the other end of its link sent, and
    the kernel counts both. Where a wire in between loses frames, or is slow, it is waited for as
    long as something still comes.
    """
    wanted = {point: _under_way(lab, name) for point, name in points.items()}
    before, since = -1, time.monotonic()
    while True:
        seen = {point: recorder.received(point) for point in points}
        if all(seen[point] >= count for point, count in wanted.items()):
            return
        total, now = sum(seen.values()), time.monotonic()
        if total > before:
            before, since = total, now
        elif now - since > _PATIENCE:
            return
        time.sleep(_POLL)


def _under_way(lab: Lab, name: str) -> int:
    interface = lab.interface(name)
    link = cast("Veth", interface.link)
    other = link.intf2 if link.intf1 is interface else link.intf1
    return counters(interface).sent + counters(other).sent
