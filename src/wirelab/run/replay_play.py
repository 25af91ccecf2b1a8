"""One replay from start to verdict, inside its sandbox."""

import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import cast

from wirelab.emulator import Interface, Lab, Veth
from wirelab.emulator.counters import counters
from wirelab.emulator.errors import RecordingError
from wirelab.emulator.recorder import Recorder
from wirelab.run.board import Board
from wirelab.run.errors import OutputError
from wirelab.run.outcome import Status
from wirelab.run.publish import appearing, copy_folder
from wirelab.run.replay_files import Recording, origin, write_captures, write_told
from wirelab.run.replay_job import Capturing, Replayed, ReplayJob
from wirelab.traffic.replay.kind import Judged, Played

_PATIENCE = 2.0
"""Seconds, beside those that the links take, in which something must arrive of what is still under
way."""
_LOOK_EVERY = 0.002  # seconds
_SECOND = 1_000_000_000


def perform(job: ReplayJob, destination: int, board: Board, capturing: Capturing) -> Replayed:
    """Build, play, capture and judge; put the files into the folder open as `destination`.

    Raises:
        OutputError: the files cannot be written there.
        EmulatorError: the lab failed.
    """
    begun = time.monotonic()
    about = origin(job)
    with appearing(destination, job.name) as folder, ExitStack() as opened:
        attempt = _Attempt(job, folder, opened, capturing)
        played = attempt.played(board)
        recording = attempt.recording()
        judged = attempt.judged(played, recording)
        copy_folder(attempt.lab.logs, folder / "logs")
        if recording and capturing is Capturing.KEEP:
            write_captures(folder, attempt.lab, job, recording, about)
        ended = _ended(job, played, judged, recording)
        ended = replace(ended, seconds=time.monotonic() - begun)
        write_told(folder, about, ended)
    return ended


class _Attempt:
    """A replay on its way: the lab, and what watches its capture points."""

    def __init__(
        self, job: ReplayJob, folder: Path, opened: ExitStack, capturing: Capturing
    ) -> None:
        self._job = job
        self.lab = Lab(job.network.topo, seed=job.seed)
        self._ends = {point: self.lab.interface(name) for point, name in self._points.items()}
        self._recorder = None
        if capturing is not Capturing.NONE:  # from before the links come up
            self._recorder = opened.enter_context(Recorder(self._ends, folder))
        opened.enter_context(self.lab)
        self._before = self._received()

    @property
    def _points(self) -> Mapping[str, str]:
        return self._job.prepared.points

    def _received(self) -> dict[str, int]:
        return {point: counters(end).received for point, end in self._ends.items()}

    def played(self, board: Board) -> Played:
        """Play, and wait until everything has arrived."""
        played = self._job.prepared.play(self.lab, board.write)
        passed = self._recorder.received if self._recorder else self._passed
        _settle(self._ends, passed, _PATIENCE + _longest(self.lab))
        return played

    def _passed(self, point: str) -> int:
        found = counters(self._ends[point])
        return found.received + found.sent

    def recording(self) -> Recording | None:
        """Stop to record, and return what was recorded; None where nothing was to be.

        Raises:
            OutputError: it could not be written.
        """
        if self._recorder is None:
            return None
        try:
            statistics = self._recorder.stop()
        except RecordingError as error:
            raise OutputError(Path(self._job.name), str(error)) from error
        return Recording(self._recorder.recorded(), statistics)

    def judged(self, played: Played, recording: Recording | None) -> Judged:
        """Judge by what was recorded; by what was counted where that has holes."""
        if recording and not recording.lost:
            return self._job.prepared.judge(played, recording.frames)
        received = {point: n - self._before[point] for point, n in self._received().items()}
        return self._job.prepared.count(played, received)


def _ended(job: ReplayJob, played: Played, judged: Judged, recording: Recording | None) -> Replayed:
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
        packets=len(recording.frames) if recording else 0,
        facts=played.facts,
        details=judged.details,
        lost=recording.lost if recording else {},
    )


def _settle(ends: Mapping[str, Interface], passed: Callable[[str], int], patience: float) -> None:
    """Wait until all that was sent towards a capture point has passed it.

    What passes a point is what its own interface sent and what the other end of its link sent, and
    the kernel counts both. Where a wire in between loses frames, or is slow, it is waited for as
    long as something still comes.

    Args:
        ends: the interfaces by capture point.
        passed: says how many frames have passed a point, both ways.
        patience: seconds in which one more must have passed, or the rest is given up.
    """
    wanted = {point: _under_way(end) for point, end in ends.items()}
    before, since = -1, time.monotonic()
    while True:
        seen = {point: passed(point) for point in ends}
        if all(seen[point] >= count for point, count in wanted.items()):
            return
        total, now = sum(seen.values()), time.monotonic()
        if total > before:
            before, since = total, now
        elif now - since > patience:
            return
        time.sleep(_LOOK_EVERY)  # the kernel tells nobody when a counter changes


def _longest(lab: Lab) -> float:
    """Return the seconds that the largest frame takes over all links of a lab in a row."""
    qualities = ((link.quality, link.intf1.mtu) for link in lab.links)
    return sum(each.delay + each.sending(mtu) for each, mtu in qualities) / _SECOND


def _under_way(end: Interface) -> int:
    link = cast("Veth", end.link)
    other = link.intf2 if link.intf1 is end else link.intf1
    return counters(end).sent + counters(other).sent
