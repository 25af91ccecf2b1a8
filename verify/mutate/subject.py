"""What is mutated: a capture that passes, and the frames of it that matter."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from random import Random
from typing import TYPE_CHECKING

from wirelab.verify.dissect import dissect
from wirelab.verify.errors import VerifyError
from wirelab.verify.invariance import check_invariants, known_invariants
from wirelab.verify.judging import judge
from wirelab.verify.verdict import ProblemKind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wirelab.verify.capture import Capture
    from wirelab.verify.frame import Frame
    from wirelab.verify.items import Item
    from wirelab.verify.packet import Packet
    from wirelab.verify.verdict import Verdict


class NotAccepted(VerifyError):  # noqa: N818 - named after what happened
    """The expectation does not even accept the capture that is to be mutated."""


@dataclass(frozen=True)
class Subject:
    """An expectation, and a capture that it accepts."""

    expectation: Item
    """What is expected."""
    capture: Capture
    """What was captured."""
    names: Mapping[str, object]
    """What names stand for."""
    own: bool = True
    """Whether the capture is one of the lab."""
    excuse: tuple[str, ...] = ()
    """Invariants that it may break."""
    seed: int = 0
    """Decides all that is random about the mutants."""
    taken: dict[int, str] = field(default_factory=dict, init=False)
    """The step of each frame that matters, by the frame's number."""
    allowed: set[int] = field(default_factory=set, init=False)
    """The numbers of the frames that are only allowed."""

    def __post_init__(self) -> None:
        verdict = self.judged(self.capture, diagnose=True)
        if not verdict.passed:
            raise NotAccepted(
                f"the capture does not pass to begin with: {verdict.problems[0].message}"
            )
        self.taken.update(
            (step.frame, step.name) for step in verdict.steps if step.frame is not None
        )
        self.allowed.update(number for each in verdict.allowances for number in each.frames)

    def judged(self, capture: Capture, *, diagnose: bool = False) -> Verdict:
        """The verdict about a capture like this one."""
        return judge(
            self.expectation,
            capture,
            names=self.names,
            own=self.own,
            excuse=self.excuse,
            diagnose=diagnose,
        )

    def rejection(self, capture: Capture) -> str:
        """The kind of a problem that a capture like this one has; "" when it is accepted.

        It is what `judged` comes to, sooner: a capture that breaks an invariant is not matched.
        """
        if self.own:
            excused = known_invariants(self.excuse)
            if check_invariants(dissect(capture.frames), capture, excused).problems:
                return ProblemKind.INVARIANT.value
        verdict = self.judged(capture)
        return "" if verdict.passed else verdict.problems[0].kind.value

    @cached_property
    def packets(self) -> dict[int, Packet]:
        """The dissected frames by their numbers."""
        return {packet.frame.number: packet for packet in dissect(self.capture.frames)}

    @cached_property
    def matter(self) -> tuple[Frame, ...]:
        """The frames that steps took: a closed scope leaves no others but allowed ones."""
        return tuple(frame for frame in self.capture.frames if frame.number in self.taken)

    def random(self, *about: object) -> Random:
        """A source of randomness for one matter, the same whenever it is asked."""
        return Random(f"{self.seed} {' '.join(map(str, about))}")
