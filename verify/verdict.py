"""What judging a capture comes to: frozen, printable, and the same as JSON."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


class Status(Enum):
    """Whether a capture is as expected."""

    PASS = "pass"
    FAIL = "fail"


class ProblemKind(Enum):
    """The ways in which a capture fails."""

    MISSING_STEP = "missing-step"
    """No frame fits a step that must be there."""
    TOO_SLOW = "too-slow"
    """A sequence took more time than it may."""
    INTERLEAVED = "interleaved"
    """Items that come one after another run into each other."""
    UNEXPECTED_FRAME = "unexpected-frame"
    """A frame of a closed scope belongs to no step."""
    FORBIDDEN_FRAME = "forbidden-frame"
    """A frame is what none may be."""
    ALLOWANCE = "allowance-exceeded"
    """There is more noise than is allowed."""
    INVARIANT = "invariant"
    """A frame breaks what holds in every capture of the lab."""
    NO_STEPS = "no-steps"
    """The expectation asks for no frame."""
    EMPTY_CAPTURE = "empty-capture"
    """The capture has no frame."""
    NOTHING_MATCHED = "nothing-matched"
    """All steps are optional, and none was seen."""
    MISSING_POINT = "missing-point"
    """The capture was not taken at a point of which the expectation speaks."""
    UNSEEN = "unseen"
    """Nothing was seen that gives the absence of something a meaning."""
    UNBOUND = "unbound-name"
    """No equality bound a name."""
    BUDGET = "budget"
    """The search was given up; nothing is known."""


@dataclass(frozen=True, slots=True)
class StepSeen:
    """A frame that a step took, or a step that found none."""

    name: str
    """The step's name."""
    occurrence: int
    """The how-manieth frame of the step it is, counted from 1."""
    point: str
    """The capture point."""
    frame: int | None
    """The frame's number in the capture, counted from 1; None when the step found none."""
    time: int | None
    """When it was captured, in nanoseconds since the epoch; None when the step found none."""
    filter: str
    """The display filter with everything that is bound in it; it selects the frame."""
    written: str
    """The display filter as the expectation has it."""
    summary: str
    """The frame in a few words; "" when the step found none."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing in which a frame is not what a step wants."""

    subject: str
    """What is compared: a field, or what the step asks for besides its filter."""
    want: str
    """What the step wants of it."""
    got: str
    """What the frame has."""


@dataclass(frozen=True, slots=True)
class Nearest:
    """The frame that comes nearest to a step that found none."""

    frame: int
    """Its number in the capture, counted from 1."""
    summary: str
    """The frame in a few words."""
    differences: tuple[Difference, ...]
    """In what it is not what the step wants."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One reason why a capture fails."""

    kind: ProblemKind
    """What kind of reason it is."""
    message: str
    """The reason in one sentence."""
    step: str = ""
    """The step that it is about; "" for none."""
    point: str = ""
    """The capture point; "" for none."""
    frame: int | None = None
    """The frame that it is about, counted from 1; None for none."""
    time: int | None = None
    """When that frame was captured, in nanoseconds since the epoch; None for no frame."""
    filter: str = ""
    """A display filter to look for it with; "" for none."""
    after: int = 0
    """The frame behind which the trouble shows, counted from 1; 0 for the beginning."""
    nearest: Nearest | None = None
    """The frame that comes nearest to a missing step."""


@dataclass(frozen=True, slots=True)
class AllowanceUsed:
    """How much an allowance covered."""

    name: str
    """Its name."""
    most: int
    """How many frames it may cover."""
    frames: tuple[int, ...]
    """The numbers of the frames that it covered."""


@dataclass(frozen=True, slots=True)
class InvariantChecked:
    """How often an invariant was broken."""

    name: str
    """Its name."""
    broken: int
    """How often."""
    excused: bool
    """Whether the scenario says that this must be so."""


@dataclass(frozen=True, slots=True)
class Packets:
    """What became of the frames of a capture."""

    total: int
    """All frames."""
    matched: int
    """Those that steps took."""
    allowed: int
    """Those that allowances covered."""
    unexpected: int
    """Those that should not be there."""
    unjudged: int
    """Those of which the expectation does not speak."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What judging a capture came to."""

    status: Status
    """Whether the capture is as expected."""
    steps: tuple[StepSeen, ...]
    """The steps and their frames, in the order of time; what is missing where it should be."""
    problems: tuple[Problem, ...]
    """Why it fails, the first divergence first; none when it passes."""
    allowances: tuple[AllowanceUsed, ...]
    """The allowances."""
    invariants: tuple[InvariantChecked, ...]
    """The invariants."""
    packets: Packets
    """What became of the frames."""
    names: Mapping[str, str]
    """The names and what they were bound to, as text."""
    began: int = 0
    """When the first frame was captured, in nanoseconds since the epoch."""
    view: str = ""
    """The only point of the expectation that was judged; "" when all of it was."""
    scenario: str = ""
    """The scenario that the capture was made by or is judged as; "" where unknown."""
    seed: int | None = None
    """The seed of the lab that made the capture; None where unknown."""
    settings: Mapping[str, object] = field(default_factory=dict)
    """The settings of the lab that made it."""

    @property
    def passed(self) -> bool:
        """Whether the capture is as expected."""
        return self.status is Status.PASS

    def as_json(self) -> dict[str, object]:
        """The verdict in types that `json` can write; times in nanoseconds since the epoch."""
        return {
            "scenario": self.scenario,
            "status": self.status.value,
            "view": self.view or None,
            "seed": self.seed,
            "settings": dict(self.settings),
            "names": dict(self.names),
            "steps": [_step(each) for each in self.steps],
            "allowances": [_allowance(each) for each in self.allowances],
            "invariants": [
                {"name": each.name, "broken": each.broken, "excused": each.excused}
                for each in self.invariants
            ],
            "packets": {
                "total": self.packets.total,
                "matched": self.packets.matched,
                "allowed": self.packets.allowed,
                "unexpected": self.packets.unexpected,
                "unjudged": self.packets.unjudged,
            },
            "problems": [_problem(each) for each in self.problems],
        }


def _step(step: StepSeen) -> dict[str, object]:
    return {
        "name": step.name,
        "point": step.point,
        "frame": step.frame,
        "filter": step.filter,
        "occurrence": step.occurrence,
        "time": step.time,
        "written": step.written,
        "summary": step.summary,
    }


def _allowance(used: AllowanceUsed) -> dict[str, object]:
    return {
        "name": used.name,
        "most": used.most,
        "count": len(used.frames),
        "frames": list(used.frames),
    }


def _problem(problem: Problem) -> dict[str, object]:
    return {
        "kind": problem.kind.value,
        "message": problem.message,
        "step": problem.step or None,
        "point": problem.point or None,
        "frame": problem.frame,
        "filter": problem.filter or None,
        "nearest": _nearest(problem.nearest) if problem.nearest else None,
    }


def _nearest(nearest: Nearest) -> dict[str, object]:
    return {
        "frame": nearest.frame,
        "summary": nearest.summary,
        "differences": [
            {"field": each.subject, "want": each.want, "got": each.got}
            for each in nearest.differences
        ],
    }
