"""How far a search has come: what is left to do, what was taken, what is bound."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wirelab.verify.bindings import Bindings
    from wirelab.verify.match.plan import Chain, Fork, Leaf, Loop, Node
    from wirelab.verify.match.satisfy import Known

Frontier = tuple[int, ...]
"""For each point, the index of the latest frame that what comes next must follow; -1 for none."""


@dataclass(frozen=True, slots=True)
class Run:
    """Find a node."""

    node: Node
    """The node."""


@dataclass(frozen=True, slots=True)
class Again:
    """An iteration of a loop is over, or none has begun."""

    loop: Loop
    """The loop."""
    count: int
    """Iterations so far."""
    frames: int
    """Frames that were taken before the latest of them."""


@dataclass(frozen=True, slots=True)
class Join:
    """A branch of a fork is over, or none has begun."""

    fork: Fork
    """The fork."""
    begun: int
    """Branches begun so far."""
    start: Frontier
    """Where each branch starts."""
    joined: Frontier
    """The latest frames of the branches before."""
    outermost: bool
    """Whether this fork lies in no other."""
    trail: Trail | None
    """What was taken before the latest branch; None for nothing, or where it does not matter."""
    spans: tuple[tuple[int, int], ...] = ()
    """The first and last frames of the branches before, where they must not interleave."""


@dataclass(frozen=True, slots=True)
class Close:
    """A chain with a window is over."""

    chain: Chain
    """The chain."""
    trail: Trail | None
    """What was taken before it began."""


Task = Run | Again | Join | Close


@dataclass(frozen=True, eq=False, slots=True)
class Agenda:
    """What is left to do: a task, and what comes behind it."""

    task: Task
    """The task."""
    rest: Agenda | None
    """What comes behind it; None for nothing."""
    live: frozenset[str]
    """The steps and names to which all of it refers."""


@dataclass(frozen=True, eq=False, slots=True)
class Trail:
    """What was taken so far, the latest first."""

    before: Trail | None
    """What was taken earlier; None for nothing."""
    leaf: Leaf
    """What took the frames."""
    indices: tuple[int, ...]
    """The frames that the leaf took; none for one that is missing, or takes none."""
    bindings: Bindings
    """What was bound when it did."""
    frames: int
    """How many frames were taken, these included."""
    missing: bool = False
    """Whether the leaf was passed over because no frame fits it."""


@dataclass(frozen=True, slots=True)
class State:
    """One moment of a search; never changed, only replaced."""

    agenda: Agenda | None
    """What is left to do; None when everything was found."""
    frontier: Frontier
    """Behind which frames the next one must be."""
    known: Known
    """What is bound."""
    trail: Trail | None = None
    """What was taken."""
    used: frozenset[int] | None = None
    """Within a fork, the frames that its branches took; None outside, where order excludes them."""

    @property
    def frames(self) -> int:
        """How many frames were taken."""
        return self.trail.frames if self.trail else 0

    def doing(self, agenda: Agenda | None) -> State:
        """The same with something else to do."""
        return State(agenda, self.frontier, self.known, self.trail, self.used)


def taken(trail: Trail | None, until: Trail | None = None) -> Iterator[Trail]:
    """What was taken, the latest first, back to an earlier moment."""
    while trail is not until and trail is not None:
        yield trail
        trail = trail.before
