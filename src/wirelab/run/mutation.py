"""Mutating scenarios: captures found or made, mutants judged in several processes."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from wirelab.emulator import EmulatorError, Missing
from wirelab.run.outcome import Outcome, Status
from wirelab.run.plan import Job, plan
from wirelab.run.runner import run_jobs
from wirelab.scenarios import Scenario
from wirelab.verify import Capture, CaptureError, Equivalent, provenance, read_capture
from wirelab.verify.mutate import Donor, Fate, Mutant, Report, Subject, Trial, fate, mutants

DONORS = ("arp-cold-resolve", "unreach-port", "dns-recursion", "ftp-failed-login")
"""Scenarios whose transactions are put into the captures of others: a few kinds of traffic."""
_CHUNK = 16


class NotCaptured(EmulatorError):  # noqa: N818 - named after what happened
    """A scenario did not pass, so that there is nothing to mutate."""


@dataclass(frozen=True)
class Sample:
    """A scenario and a capture of it."""

    scenario: Scenario
    """The scenario."""
    capture: Capture
    """Its capture."""
    settings: Mapping[str, Any]
    """The settings with which the capture was made."""
    names: Mapping[str, str]
    """What names stand for in it; none in a foreign one."""

    def subject(self, seed: int) -> Subject:
        """Return what can be mutated.

        Raises:
            NotAccepted: the expectation does not accept the capture.
        """
        scenario, expectation = self.scenario, self.scenario.expect(self.settings)
        own = bool(self.names)
        return Subject(expectation, self.capture, self.names, own, scenario.excuse, seed)


def sample(scenario: Scenario, path: Path) -> Sample:
    """Read a capture as one of a scenario's.

    Raises:
        CaptureError: the file cannot be read.
    """
    capture = read_capture(path)
    made = provenance(capture.comment)
    settings = scenario.defaults()
    if made is None or made.scenario != scenario.id:
        return Sample(scenario, capture, settings, {})
    return Sample(scenario, capture, settings | dict(made.settings), made.names)


def samples(
    jobs: Sequence[Job],
    folder: Path,
    started: Callable[[Job], None],
    ended: Callable[[Outcome], None],
) -> dict[str, Sample]:
    """Return a sample of each scenario: its capture in the folder, or one that is made there now.

    Raises:
        Missing: this machine lacks something that a scenario needs.
        NotCaptured: a scenario did not pass.
        OSError: the folder cannot be made or written.
    """
    found = {job.scenario.id: _found(job, folder) for job in jobs}
    missing = [job for job in jobs if found[job.scenario.id] is None]
    for outcome in run_jobs(missing, folder, started=started) if missing else ():
        ended(outcome)
        if outcome.status is Status.SKIPPED:
            what, _, mend = outcome.reason.partition("; to mend it: ")
            raise Missing(f"{outcome.scenario} cannot run: {what}", mend)
        if outcome.status is not Status.PASSED:
            raise NotCaptured(f"{outcome.scenario} did not pass: {outcome.reason}")
    made = {job.scenario.id: sample(job.scenario, _path(job, folder)) for job in missing}
    return {name: each for name, each in {**found, **made}.items() if each is not None}


def _path(job: Job, folder: Path) -> Path:
    return folder / job.scenario.id / "capture.pcapng"


def _found(job: Job, folder: Path) -> Sample | None:
    """Return the capture that is there, if it is one of this scenario by this version."""
    path = _path(job, folder)
    try:
        there = sample(job.scenario, path) if path.exists() else None
    except CaptureError:
        return None
    made = there and provenance(there.capture.comment)
    return there if there and there.names and made and made.ways else None


def with_donors(jobs: Sequence[Job]) -> list[Job]:
    """Return the jobs, and those of the donors that are not among them."""
    own = {job.scenario.id for job in jobs}
    others = [name for name in DONORS if name not in own]
    return [*jobs, *(plan(others, (), seed=0) if others else ())]


def donors(found: Mapping[str, Sample], scenario: str) -> list[Donor]:
    """Return the captures from which a scenario gets foreign transactions."""
    return [Donor(name, found[name].capture) for name in DONORS if name != scenario]


@dataclass(frozen=True)
class _Work:
    """What the processes that judge have in common; they inherit it."""

    subject: Subject
    mutants: Sequence[Mutant]
    equivalents: Sequence[Equivalent]


_work: list[_Work] = []


def mutate(
    of: Sample,
    guests: Iterable[Donor],
    *,
    seed: int,
    most: int | None,
    processes: int,
    begun: Callable[[int], None],
    judged: Callable[[], None],
) -> Report:
    """Judge the mutants of a sample.

    Args:
        of: the scenario and its capture.
        guests: captures from which foreign transactions are taken.
        seed: decides what is random about the mutants.
        most: how many mutants of each operator there may be; None for all.
        processes: how many judge at once.
        begun: is told how many mutants there are.
        judged: is called after each.

    Raises:
        NotAccepted: the expectation does not accept the capture.
    """
    subject = of.subject(seed)
    work = _Work(subject, mutants(subject, guests, most), of.scenario.equivalents)
    begun(len(work.mutants))
    fates = []
    for each in _fates(work, processes):
        fates.append(each)
        judged()
    trials = [Trial(mutant, each) for mutant, each in zip(work.mutants, fates, strict=True)]
    frames = len(of.capture.frames)
    return Report(of.scenario.id, frames, len(subject.matter), len(subject.allowed), trials)


def _fates(work: _Work, processes: int) -> Iterator[Fate]:
    """Yield what becomes of the mutants, in their order."""
    if processes == 1:
        yield from (fate(work.subject, each, work.equivalents) for each in work.mutants)
        return
    _work.append(work)
    try:
        with get_context("fork").Pool(processes) as pool:
            yield from pool.imap(_fate, range(len(work.mutants)), _CHUNK)
    finally:
        _work.clear()


def _fate(number: int) -> Fate:
    work = _work[0]
    return fate(work.subject, work.mutants[number], work.equivalents)
