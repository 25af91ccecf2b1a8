"""What the `${…}` of an expectation stand for while a capture is judged."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

from wirelab.verify.errors import ExpectationError
from wirelab.verify.fields import FIELDS, Kind
from wirelab.verify.filter.nodes import Constant, Literal, Reference
from wirelab.verify.filter.values import written
from wirelab.verify.filter.words import nearest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wirelab.verify.packet import Packet

_NOTHING: Mapping[str, tuple[Packet, ...]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class StepField:
    """A reference to a field of a step's packet."""

    step: str
    """The step's name."""
    field: str
    """The field's name."""
    layer: int | None
    """The layer that is meant; None for the first value."""


def step_field(reference: Reference, steps: frozenset[str]) -> StepField | None:
    """What a reference means when it begins with the name of a step; None when it does not.

    Raises:
        ExpectationError: a step's name is followed by something that is no field.

    """
    step, _, name = reference.name.partition(".")
    if step not in steps:
        return None
    if name not in FIELDS:
        raise ExpectationError(f"${{{reference.name}}}: {name!r} is no field{nearest(name)}")
    return StepField(step, name, reference.layer)


@dataclass(frozen=True, slots=True)
class Bindings:
    """What is known at one moment of matching; never changed, only replaced."""

    steps: frozenset[str]
    """The names of all steps of the expectation."""
    names: Mapping[str, Constant | Literal]
    """The names that the lab bound, or that were bound at their first sight."""
    packets: Mapping[str, tuple[Packet, ...]] = field(default_factory=lambda: _NOTHING)
    """The packets of the steps that were matched; of a repeated step, the latest."""

    def lookup(self, reference: Reference) -> Constant | Literal | None:
        """The value of a reference; None when its step, its field or its name has none."""
        meant = step_field(reference, self.steps)
        if meant is None:
            return self.names.get(reference.name)
        for packet in self.packets.get(meant.step, ()):
            for value in packet.values(meant.field, meant.layer):
                found = FIELDS[meant.field]
                return Constant(found.kind, value, None, found.digits)
        return None

    def is_unbound_name(self, reference: Reference) -> bool:
        """Whether a reference is a name, not a step's field, and has no value yet."""
        head = reference.name.partition(".")[0]
        return head not in self.steps and reference.name not in self.names

    def with_name(self, name: str, value: Constant) -> Bindings:
        """The same with one more name."""
        return Bindings(self.steps, {**self.names, name: value}, self.packets)

    def with_step(self, step: str, packets: tuple[Packet, ...]) -> Bindings:
        """The same after a step was matched."""
        return Bindings(self.steps, self.names, {**self.packets, step: packets})

    def texts(self) -> dict[str, str]:
        """The names with their values as text, for people."""
        return {name: _text(value) for name, value in sorted(self.names.items())}


def _text(value: Constant | Literal) -> str:
    if isinstance(value, Literal):
        return value.text
    return str(value.value) if value.kind is Kind.STRING else written(value)


def bound(names: Mapping[str, object], steps: frozenset[str]) -> Bindings:
    """The bindings at the beginning, with the names that the lab binds."""
    return Bindings(steps, {name: Literal(str(value)) for name, value in names.items()})
