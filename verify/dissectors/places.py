"""Where in a layer a field is, for those who read it in many frames at once.

The readers of `reading` are made for one layer. Those whose value is nothing but bytes at a fixed
offset say here where these are, so that the same row of a table serves both.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from wirelab.verify.layer import Layer

if TYPE_CHECKING:
    from wirelab.verify.field import Reader

Condition = Callable[[Layer], bool]


@dataclass(frozen=True, slots=True)
class Check:
    """What the bytes of a layer must be for a field to be there."""

    offset: int
    """Where the bytes start, from the start of the layer."""
    size: int
    """How many they are; the layer must have them."""
    allowed: frozenset[int] | range | None = None
    """The numbers that they may be, under the mask and in network order; None for any."""
    mask: int = -1
    """The bits that count."""


@dataclass(frozen=True, slots=True)
class Place:
    """The bytes that are a field's value."""

    offset: int
    """Where they start, from the start of the layer."""
    size: int
    """How many they are; where the layer has fewer the field is absent."""
    mask: int = -1
    """The bits of the number that count, which are shifted down."""
    is_flag: bool = False
    """Whether the value is only whether any of these bits is set."""
    is_raw: bool = False
    """Whether the value is the bytes themselves."""
    little: bool = False
    """Whether the number is in little-endian order."""
    checks: tuple[Check, ...] = ()
    """What else must hold."""

    @property
    def shift(self) -> int:
        """By how many bits the number is shifted down."""
        return 0 if self.mask < 0 else (self.mask & -self.mask).bit_length() - 1


PLACES: dict[Reader, tuple[Place, ...]] = {}
"""The places of the values of a reader, in their order."""
CHECKS: dict[Condition, tuple[Check, ...]] = {}
"""What a condition asks."""


def placed(read: Reader, *places: Place) -> Reader:
    """The reader, whose places are known from now on."""
    PLACES[read] = places
    return read


def joined(read: Reader, first: Reader, second: Reader) -> Reader:
    """A reader that gives the values of two others; its places are known when theirs are."""
    if first in PLACES and second in PLACES:
        PLACES[read] = PLACES[first] + PLACES[second]
    return read


def conditional(read: Reader, condition: Condition, inner: Reader) -> Reader:
    """A reader under a condition; its places are known when both are."""
    if condition in CHECKS and inner in PLACES:
        PLACES[read] = tuple(
            replace(place, checks=place.checks + CHECKS[condition]) for place in PLACES[inner]
        )
    return read


def checked(condition: Condition, *checks: Check) -> Condition:
    """The condition, of which it is known from now on what it asks."""
    CHECKS[condition] = checks
    return condition
