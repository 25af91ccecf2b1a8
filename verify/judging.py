"""Judging: a capture and an expectation in, a verdict out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from wirelab.verify.errors import ExpectationError
from wirelab.verify.invariance import check_invariants, known_invariants
from wirelab.verify.items import Named
from wirelab.verify.lint import everything, names_of, validate
from wirelab.verify.match.attempt import Attempt
from wirelab.verify.match.findings import findings
from wirelab.verify.match.planner import plan
from wirelab.verify.match.points import MissingPoint, located, points_of
from wirelab.verify.match.seen import points_seen, sightings
from wirelab.verify.provenance import Provenance, provenance
from wirelab.verify.verdict import (
    Packets,
    Problem,
    ProblemKind,
    Status,
    Verdict,
)
from wirelab.verify.view import view

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from wirelab.verify.capture import Capture
    from wirelab.verify.items import Item
    from wirelab.verify.match.attempt import Outcome
    from wirelab.verify.match.conclude import Conclusion
    from wirelab.verify.match.sightings import Sightings

BUDGET = 200_000
"""How many frames a search may try, whatever the size of the capture."""
BUDGET_PER_FRAME = 50
"""How many more it may try for each frame of the capture."""


def judge(
    expectation: Item,
    capture: Capture,
    names: Mapping[str, object] | None = None,
    *,
    own: bool | None = None,
    at: str | None = None,
    excuse: Iterable[str] = (),
    shared_clock: bool = True,
    budget: int | None = None,
    diagnose: bool = True,
) -> Verdict:
    """Judges a capture.

    Args:
        expectation: what is expected.
        capture: what was captured.
        names: what `${…}` names stand for; by default what the capture says about itself, and
            nothing for a foreign capture, in which they are bound at their first sight.
        own: whether the capture is one of this lab: its habits are then required, every name must
            be bound, and its invariants must hold. By default it is when it has names.
        at: judge only what can be seen at this point of the expectation. By default a foreign
            capture of one point is judged as that of the expectation's points which fits best.
        excuse: names of invariants that may be broken.
        shared_clock: whether times at different capture points can be compared; not so when files
            of different machines were merged.
        budget: how many frames a search may try; by default a number that grows with the capture.
        diagnose: whether to find out all that is missing; without it a failure is told sooner.

    Raises:
        ExpectationError: the expectation contradicts itself, or wants a name that an own capture
            does not bind, or says nothing of the point, or no invariant has a name that is excused.
        FilterError: the value of a name does not fit the field with which it is compared.
    """
    validate(expectation)
    excused = known_invariants(excuse)
    made = provenance(capture.comment) or Provenance("")
    bound = made.names if names is None else names
    own = bool(bound) if own is None else own
    limit = BUDGET + BUDGET_PER_FRAME * len(capture.frames) if budget is None else budget
    asked = _Asked(expectation, capture, bound, own, excused, shared_clock, limit, diagnose)
    verdict = _judged(asked) if at is None else _from(asked, at)
    return replace(verdict, scenario=made.scenario, seed=made.seed, settings=made.settings)


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is to be judged."""

    expectation: Item
    capture: Capture
    names: Mapping[str, object]
    own: bool
    excused: frozenset[str]
    shared_clock: bool
    budget: int
    diagnose: bool


def _judged(asked: _Asked) -> Verdict:
    if problem := _impossible(asked):
        return _failure(asked, problem)
    used = points_seen(asked.capture)
    present = tuple(dict.fromkeys([*(point.name for point in asked.capture.points), *used]))
    try:
        points = located(asked.expectation, present, used)
    except MissingPoint as missing:
        if not asked.own and len(used) == 1:
            return _from_somewhere(asked)
        return _failure(asked, Problem(ProblemKind.MISSING_POINT, str(missing)))
    ready = plan(asked.expectation, points, asked.names, own=asked.own)
    seen = sightings(asked.capture, ready, present, asked.shared_clock, whole=asked.own)
    return _verdict(
        asked, seen, Attempt(ready, seen, asked.budget).outcome(diagnose=asked.diagnose)
    )


def _from_somewhere(asked: _Asked) -> Verdict:
    """The verdict on a capture of one point: the one of that name, or the one that fits best."""
    points = [each for each in points_of(asked.expectation) if each is not None]
    named = asked.capture.frames[0].point
    verdicts = []
    for point in [named] if named in points else points:
        if view(asked.expectation, point) is not None:
            verdicts.append(_from(asked, point))
            if verdicts[-1].passed:
                break
    return max(verdicts, key=lambda each: (each.passed, _fit(each)))


def _fit(verdict: Verdict) -> int:
    """How well a capture that fails fits: what was seen, less what was and should not be."""
    return verdict.packets.matched - verdict.packets.unexpected


def _from(asked: _Asked, point: str) -> Verdict:
    """The verdict on what can be seen at one point of the expectation."""
    seen = view(asked.expectation, point)
    if seen is None:
        known = ", ".join(repr(each) for each in points_of(asked.expectation) if each)
        raise ExpectationError(f"nothing is expected at a point {point!r}, only at {known}")
    only = asked.capture
    if any(each.name == point for each in only.points):
        only = replace(only, frames=tuple(each for each in only.frames if each.point == point))
    # The law that packets are seen at every point on their way speaks of the other points.
    alone = replace(asked, expectation=seen, capture=only, excused=asked.excused | {"transit"})
    return replace(_judged(alone), view=point)


def _verdict(asked: _Asked, seen: Sightings, outcome: Outcome) -> Verdict:
    state, conclusion = outcome.state, outcome.conclusion
    if state is None or conclusion is None:
        return _failure(asked, _given_up(asked.budget))
    found = findings(outcome, state, seen)
    checked = check_invariants(seen.packets, asked.capture, asked.excused) if asked.own else None
    problems = [*found.problems, *conclusion.problems, *(checked.problems if checked else ())]
    if not state.frames and not problems:
        problems.append(Problem(ProblemKind.NOTHING_MATCHED, "no step was seen; all are optional"))
    return Verdict(
        status=Status.FAIL if problems else Status.PASS,
        steps=found.steps,
        problems=tuple(sorted(problems, key=lambda problem: problem.after)),
        allowances=conclusion.allowances,
        invariants=checked.invariants if checked else (),
        packets=_packets(len(seen.packets), conclusion),
        names=_used(asked, state.known.bindings.texts()),
        began=asked.capture.frames[0].time,
    )


def _used(asked: _Asked, values: Mapping[str, str]) -> dict[str, str]:
    """Those of the names that the expectation uses."""
    wanted = names_of(asked.expectation)
    return {name: values[name] for name in sorted(wanted) if name in values}


def _packets(total: int, conclusion: Conclusion) -> Packets:
    matched, allowed = len(conclusion.consumed), len(conclusion.allowed)
    unexpected = len(conclusion.unexpected)
    rest = total - matched - allowed - unexpected
    return Packets(total, matched, allowed, unexpected, rest)


def _impossible(asked: _Asked) -> Problem | None:
    """Why there is nothing to judge; None when there is."""
    if not any(isinstance(each, Named) for each in everything(asked.expectation)):
        return Problem(ProblemKind.NO_STEPS, "the expectation asks for no frame")
    if not asked.capture.frames:
        return Problem(ProblemKind.EMPTY_CAPTURE, "the capture has no frame")
    return None


def _given_up(budget: int) -> Problem:
    message = (
        f"the search was given up after {budget} attempts and nothing is known; "
        "steps that say more about their frames are found sooner"
    )
    return Problem(ProblemKind.BUDGET, message)


def _failure(asked: _Asked, problem: Problem) -> Verdict:
    """The verdict when nothing could be matched."""
    total = len(asked.capture.frames)
    return Verdict(
        status=Status.FAIL,
        steps=(),
        problems=(problem,),
        allowances=(),
        invariants=(),
        packets=Packets(total, 0, 0, 0, total),
        names=_used(asked, {name: str(value) for name, value in asked.names.items()}),
        began=asked.capture.frames[0].time if asked.capture.frames else 0,
    )
