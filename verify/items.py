"""What an expectation is made of: frozen dataclasses, built with the words of `expect`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wirelab.verify.filter import DisplayFilter
    from wirelab.verify.window import Window


@dataclass(frozen=True, slots=True)
class Step:
    """One frame that must be seen."""

    name: str
    """What the step is called; other filters refer to its packet by it."""
    filter: DisplayFilter
    """What the frame must satisfy."""
    at: str | None = None
    """The capture point; None for that of the enclosing sequence."""
    within: Window | None = None
    """How long after its predecessor it may come."""
    of: str | None = None
    """The step from which `within` counts; None for the latest one before it."""
    quotes: str | None = None
    """The step whose packet the frame must quote, as an ICMP error does."""


@dataclass(frozen=True, slots=True)
class Forwarded:
    """A step's packet, seen again at another point."""

    name: str
    """What this step is called."""
    step: str
    """The step whose packet it is."""
    source: str
    """The point at which that step saw it."""
    at: str
    """The point at which it is seen again."""
    hops: int = 1
    """The routers in between; 0 for the same frame on the same wire or bridge."""
    rewrites: tuple[str, ...] = ()
    """The fields that a translator in between may change."""
    within: Window | None = None
    """How long after the latest step before it it may come."""


@dataclass(frozen=True, slots=True)
class Fragments:
    """All fragments of one datagram."""

    name: str
    """What this step is called; a reference to it means the first fragment."""
    filter: DisplayFilter
    """What each fragment must satisfy."""
    mtu: int
    """The MTU to which the datagram was cut, in bytes."""
    of: str | None = None
    """The step whose packet was cut; None when it was cut before it was seen."""
    count: int | None = None
    """How many fragments there must be; None for what the MTU makes of the datagram."""
    at: str | None = None
    """The capture point; None for that of the enclosing sequence."""
    within: Window | None = None
    """How long after the latest step before it the first fragment may come."""


@dataclass(frozen=True, slots=True)
class Reassembled:
    """What the fragments of a step are when put together; takes no frame."""

    fragments: str
    """The step that saw the fragments."""
    step: str | None = None
    """The step whose packet they must be; None when only the length is known."""
    length: int | None = None
    """The bytes that they must carry, IP headers not counted; None for any number."""


@dataclass(frozen=True, slots=True)
class Stream:
    """All data that one side of a TCP connection sends."""

    name: str
    """What this step is called; a reference to it means the first segment with data."""
    filter: DisplayFilter
    """What the first segment with data must satisfy; it decides connection and direction."""
    equals: bytes | str
    """What is sent: the bytes, or their SHA-256 in hex, or `${name}` for one that is bound."""
    at: str | None = None
    """The capture point; None for that of the enclosing sequence."""
    within: Window | None = None
    """How long after the latest step before it the first segment may come."""


@dataclass(frozen=True, slots=True)
class Never:
    """No frame may be like this; takes no frame."""

    filter: DisplayFilter
    """What no frame may satisfy."""
    since: str | None = None
    """The step after which this is so; None from the beginning of the capture."""
    until: str | None = None
    """The step before which this is so; None to the end of the capture."""
    seen: DisplayFilter | None = None
    """What must be seen, so that silence says something; None for the filter's protocols."""
    at: str | None = None
    """The capture point; None for that of the enclosing sequence, else all of them."""


@dataclass(frozen=True, slots=True)
class Allowance:
    """Noise that is not expected and yet no failure, up to a number."""

    name: str
    """Why it is there."""
    filter: DisplayFilter
    """Which frames it covers."""
    most: int
    """How many of them there may be."""
    at: str | None = None
    """The only point at which it holds; None for every point of the sequence."""


@dataclass(frozen=True, slots=True)
class Seq:
    """Items one after another."""

    items: tuple[Item, ...]
    """The items, in the order of time."""
    closed: tuple[DisplayFilter, ...] = ()
    """At the points of the sequence, a frame that satisfies one of these must be expected."""
    points: tuple[str, ...] = ()
    """More points of the sequence, of which no item in it speaks."""
    allow: tuple[Allowance, ...] = ()
    """The exceptions from that."""
    at: str | None = None
    """The capture point of the items that name none."""
    within: Window | None = None
    """How much time may pass from its first frame to its last."""


@dataclass(frozen=True, slots=True)
class Par:
    """Items that run at the same time; their frames may interleave."""

    items: tuple[Item, ...]
    """The items; each starts when the whole may start."""


@dataclass(frozen=True, slots=True)
class AnyOrder:
    """Items one after another, in whatever order."""

    items: tuple[Item, ...]
    """The items; no frame of one lies between two frames of another."""


@dataclass(frozen=True, slots=True)
class Optional:
    """An item that may be missing as a whole."""

    item: Item
    """The item."""


@dataclass(frozen=True, slots=True)
class Repeat:
    """An item several times, one after another, as often as it is found."""

    item: Item
    """The item."""
    least: int
    """How often it must be found."""
    most: int | None
    """How often it may be found; None for any number."""


@dataclass(frozen=True, slots=True)
class Either:
    """One of several items, the first that fits."""

    items: tuple[Item, ...]
    """The alternatives."""


@dataclass(frozen=True, slots=True)
class Habit:
    """Steps that this lab's programs take and others need not.

    They are required in a capture of the lab, and each of them is optional in a foreign one.
    """

    why: str
    """What the habit is and whose, in one sentence."""
    items: tuple[Item, ...]
    """The steps, in the order of time."""


Item = (
    Step
    | Forwarded
    | Fragments
    | Reassembled
    | Stream
    | Never
    | Seq
    | Par
    | AnyOrder
    | Optional
    | Repeat
    | Either
    | Habit
)
"""Any part of an expectation, and a whole one."""

Named = Step | Forwarded | Fragments | Stream
"""The items that take frames."""


def filters_of(item: Item) -> list[DisplayFilter]:
    """All display filters of one item, those of the items in it not included."""
    match item:
        case Never(filter=own, seen=seen):
            return [own] if seen is None else [own, seen]
        case Step(filter=own) | Fragments(filter=own) | Stream(filter=own):
            return [own]
        case Seq(closed=closed, allow=allowances):
            return [*closed, *(each.filter for each in allowances)]
        case _:
            return []
