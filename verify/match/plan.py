"""An expectation made ready for one capture: a tree of nodes, and what holds for the whole."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from wirelab.verify.items import Allowance, Named, Never, Reassembled

if TYPE_CHECKING:
    from wirelab.verify.bindings import Bindings
    from wirelab.verify.filter.nodes import Test
    from wirelab.verify.window import Window


@dataclass(frozen=True, eq=False, slots=True)
class Leaf:
    """A part of the plan that takes frames, or asks something of frames that were taken."""

    uid: int
    """Its place in the expectation, counted from 0 in the order of writing."""
    item: Named | Reassembled
    """What it was made from."""
    point: str
    """The capture's name of its point; "" for what takes no frames."""
    test: Test
    """What a frame must satisfy."""
    fixed: Test
    """The part of it that no reference changes."""
    varying: tuple[Test, ...]
    """The parts in which references have a share."""
    live: frozenset[str]
    """The steps and names to which it refers."""

    @property
    def name(self) -> str:
        """What the step is called; "" for what takes no frames."""
        return "" if isinstance(self.item, Reassembled) else self.item.name

    @property
    def within(self) -> Window | None:
        """How long after its predecessor it may come; None for any time."""
        return None if isinstance(self.item, Reassembled) else self.item.within


@dataclass(frozen=True, eq=False, slots=True)
class Chain:
    """Nodes one after another."""

    uid: int
    """Its place in the expectation."""
    nodes: tuple[Node, ...]
    """The nodes; none for what is always satisfied."""
    within: Window | None
    """How much time may pass from its first frame to its last."""
    live: frozenset[str]
    """The steps and names to which its leaves refer."""


@dataclass(frozen=True, eq=False, slots=True)
class Fork:
    """Nodes that start together."""

    uid: int
    """Its place in the expectation."""
    nodes: tuple[Node, ...]
    """The nodes."""
    blocks: bool
    """Whether no frame of one may lie between two frames of another."""
    live: frozenset[str]
    """The steps and names to which its leaves refer."""


@dataclass(frozen=True, eq=False, slots=True)
class Choice:
    """The first of several nodes that fits."""

    uid: int
    """Its place in the expectation."""
    nodes: tuple[Node, ...]
    """The alternatives."""
    live: frozenset[str]
    """The steps and names to which its leaves refer."""


@dataclass(frozen=True, eq=False, slots=True)
class Loop:
    """A node several times."""

    uid: int
    """Its place in the expectation."""
    node: Node
    """What is repeated."""
    least: int
    """How often it must be found."""
    most: int | None
    """How often it may be found; None for any number."""
    live: frozenset[str]
    """The steps and names to which its leaves refer."""


Node = Leaf | Chain | Fork | Choice | Loop


@dataclass(frozen=True, slots=True)
class Closing:
    """A closed scope: which frames must be expected, and where."""

    points: frozenset[str]
    """The capture's names of the points."""
    tests: tuple[Test, ...]
    """A frame that satisfies one of them must be expected."""


@dataclass(frozen=True, slots=True)
class Exemption:
    """An allowance, and where it holds."""

    allowance: Allowance
    """The allowance as it was written."""
    points: frozenset[str]
    """The capture's names of the points."""
    test: Test
    """Which frames it covers."""


@dataclass(frozen=True, slots=True)
class Ban:
    """Something that no frame may be, and where."""

    item: Never
    """As it was written."""
    points: frozenset[str]
    """The capture's names of the points."""
    test: Test
    """What no frame may satisfy."""
    seen: Test | None
    """What some frame must satisfy; None where that follows from the test."""


@dataclass(frozen=True, slots=True)
class Plan:
    """An expectation, ready to be matched against one capture."""

    root: Node
    """The tree of what must be found."""
    leaves: tuple[Leaf, ...]
    """All its leaves, in the order of writing."""
    closings: tuple[Closing, ...]
    """Its closed scopes."""
    allowances: tuple[Exemption, ...]
    """Its allowances."""
    bans: tuple[Ban, ...]
    """What must not be seen."""
    bindings: Bindings
    """What is bound before the first frame."""
