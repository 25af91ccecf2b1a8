"""From a checked operand to a function that takes its values from a packet."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

from wirelab.verify.dissectors.reading import whole
from wirelab.verify.fields import FIELDS, Field, Kind, Value, render
from wirelab.verify.filter.fold import calculate
from wirelab.verify.filter.nodes import (
    Arithmetic,
    Binary,
    Call,
    Constant,
    FieldRef,
    Negative,
    Operand,
    Range,
    Slice,
)
from wirelab.verify.filter.ranges import chosen_layers, take
from wirelab.verify.packet import Packet, numbered

Values = Callable[[Packet], Sequence[Value]]


def values(operand: Operand) -> Values:
    """The function that takes an operand's values from a packet; () when it has none.

    Args:
        operand: a checked operand without references.

    """
    match operand:
        case Constant(value=value):
            constant = (value,)
            return lambda _: constant
        case FieldRef():
            return _field(operand)
        case Slice(inner, ranges):
            uncut = values(inner)
            return lambda packet: [take(octets(each), ranges) for each in uncut(packet)]
        case Call():
            return _call(operand)
        case Negative(inner):
            plain = values(inner)
            return lambda packet: [calculate(Arithmetic.SUBTRACT, 0, v) for v in plain(packet)]
        case Binary():
            return _binary(operand)
        case _:
            raise TypeError(f"not a checked operand: {operand!r}")


def searched(operand: Operand) -> Values:
    """The values that `contains` and `matches` look into: of a protocol its payload as well."""
    if isinstance(operand, FieldRef) and FIELDS[operand.name].kind is Kind.PROTOCOL:
        return _read(replace(FIELDS[operand.name], read=whole), operand.layers)
    return values(operand)


def octets(value: Value) -> bytes:
    """A row of bytes as it is, a text as UTF-8."""
    return value if isinstance(value, bytes) else str(value).encode(errors="surrogateescape")


def _field(reference: FieldRef) -> Values:
    return _read(FIELDS[reference.name], reference.layers)


def _read(field: Field, layers: tuple[Range, ...]) -> Values:
    if not layers:
        return lambda packet: packet.read(field)
    protocol = field.protocol

    def of_layers(packet: Packet) -> list[Value]:
        own = [layer for layer in packet.layers if layer.protocol == protocol]
        found = [packet.read(field, number) for number in range(1, len(numbered(own)) + 1)]
        while found and not found[-1]:  # the last layer is the last that has the field
            found.pop()
        return [value for layer in chosen_layers(len(found), layers) for value in found[layer - 1]]

    return of_layers


def _present(found: Iterable[Value | None]) -> list[Value]:
    return [value for value in found if value is not None]


def _binary(operand: Binary) -> Values:
    op, left, right = operand.op, values(operand.left), values(operand.right)

    def result(one: Value, other: Value) -> Value | None:
        try:
            return calculate(op, one, other)
        except (ValueError, ZeroDivisionError):
            return None

    return lambda packet: _present(result(a, b) for a in left(packet) for b in right(packet))


def _call(call: Call) -> Values:
    found = values(call.arguments[0])
    if call.function == "count":
        return lambda packet: [len(all_)] if (all_ := found(packet)) else []
    if call.function in ("max", "min"):
        return _extreme(max if call.function == "max" else min, call)
    one = _function(call)
    return lambda packet: [one(value) for value in found(packet)]


def _extreme(choose: Callable[[list[Any]], Value], call: Call) -> Values:
    """The greatest or least of all values of all arguments; none where there are none."""
    several = [values(each) for each in call.arguments]

    def extreme(packet: Packet) -> list[Value]:
        found = [value for each in several for value in each(packet)]
        return [choose(found)] if found else []

    return extreme


def _function(call: Call) -> Callable[[Value], Value]:
    if call.function == "len":
        return lambda value: len(octets(value))
    if call.function == "lower":
        return lambda value: str(value).lower()
    if call.function == "upper":
        return lambda value: str(value).upper()
    if call.function == "abs":
        return lambda value: abs(value) if isinstance(value, int | float) else value
    (argument,) = call.arguments
    if not isinstance(argument, FieldRef):
        raise TypeError(f"not a checked call: {call!r}")
    field = FIELDS[argument.name]
    return lambda value: render(field, value)
