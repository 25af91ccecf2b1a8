"""Many labs at once: who starts first, how many there are, and what one is told meanwhile."""

from dataclasses import replace
from multiprocessing.connection import Pipe
from pathlib import Path

import pytest

from wirelab.cli.progress import who_runs
from wirelab.emulator import sandbox
from wirelab.run import Job, Outcome, Status, run_jobs
from wirelab.run.runner import QUICK_AT_ONCE
from wirelab.scenarios import CATALOGUE, Stage


def _jobs(quick: int, slow: int) -> list[Job]:
    """Jobs that do nothing, the slow ones last."""

    def play(_lab: Stage) -> None:
        pass

    nothing = replace(CATALOGUE["unreach-net"], play=play)
    names = [(f"quick-{n}", False) for n in range(quick)] + [
        (f"slow-{n}", True) for n in range(slow)
    ]
    return [Job(replace(nothing, id=name, slow=is_slow), {}, 0) for name, is_slow in names]


def _started(jobs: list[Job], folder: Path, at_once: int | None) -> list[str]:
    """Return who is started, with a `-` where the first outcome comes."""
    started: list[str] = []
    for _outcome in run_jobs(jobs, folder, at_once, lambda job: started.append(job.scenario.id)):
        if "-" not in started:
            started.append("-")
    return started


def test_slow_ones_start_first(tmp_path: Path) -> None:
    started = _started(_jobs(3, 2), tmp_path, 1)
    assert started == ["slow-0", "-", "slow-1", "quick-0", "quick-1", "quick-2"]


class _Child:
    """A sandbox that answers when it is told to."""

    def __init__(self, job: Job) -> None:
        self.answers, self._theirs = Pipe(duplex=False)
        self._outcome = Outcome(job.scenario.id, Status.SKIPPED, 0.0)

    def answer(self) -> None:
        self._theirs.send(None)

    def result(self) -> Outcome:
        return self._outcome

    def terminate(self) -> None: ...

    def kill(self) -> None:
        self.answers.close()
        self._theirs.close()


def test_slow_ones_do_not_count_against_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    children: list[_Child] = []

    def start(_play: object, job: Job, _destination: int) -> _Child:
        children.append(_Child(job))
        return children[-1]

    at_once: list[int] = []

    def nothing_happens() -> None:
        at_once.append(len(children) - sum(at_once))
        for child in children[-at_once[-1] :]:
            child.answer()

    monkeypatch.setattr(sandbox, "start", start)
    outcomes = run_jobs(_jobs(QUICK_AT_ONCE + 4, 3), tmp_path, tick=nothing_happens)
    assert len(list(outcomes)) == QUICK_AT_ONCE + 7
    assert at_once == [QUICK_AT_ONCE + 3, 4]


def test_who_waits_is_told_every_second(tmp_path: Path) -> None:
    def play(lab: Stage) -> None:
        lab.wait_for("tcp", at="lan", timeout=2.2)

    waiting = replace(CATALOGUE["unreach-net"], play=play)
    ticks: list[None] = []
    outcomes = run_jobs([Job(waiting, {}, 0)], tmp_path, tick=lambda: ticks.append(None))
    assert len(list(outcomes)) == 1
    assert len(ticks) == 2


def test_the_bar_names_who_runs_longest_first() -> None:
    assert who_runs({"b": 10.5, "a": 3.0}, 11.2) == "2 run: a 8 s, b"
    assert who_runs({"a": 3.0}, 4.0) == "a 1 s"
    assert who_runs({}, 4.0) == ""
