"""From a checked operand to a function that takes its values from a packet."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from wirelab.verify.fields import FIELDS, Value, render
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
from wirelab.verify.packet import Packet

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
            whole = values(inner)
            return lambda packet: _present(_cut(value, ranges) for value in whole(packet))
        case Call():
            return _call(operand)
        case Negative(inner):
            plain = values(inner)
            return lambda packet: [calculate(Arithmetic.SUBTRACT, 0, v) for v in plain(packet)]
        case Binary():
            return _binary(operand)
        case _:
            raise TypeError(f"not a checked operand: {operand!r}")


def octets(value: Value) -> bytes:
    """A row of bytes as it is, a text as UTF-8."""
    return value if isinstance(value, bytes) else str(value).encode(errors="surrogateescape")


def _field(reference: FieldRef) -> Values:
    field, layers = FIELDS[reference.name], reference.layers
    if not layers:
        return lambda packet: packet.read(field)
    protocol = field.protocol

    def of_layers(packet: Packet) -> list[Value]:
        count = sum(layer.protocol == protocol for layer in packet.layers)
        chosen = chosen_layers(count, layers)
        return [value for layer in chosen for value in packet.read(field, layer)]

    return of_layers


def _present(found: Iterable[Value | None]) -> list[Value]:
    return [value for value in found if value is not None]


def _cut(value: Value, ranges: tuple[Range, ...]) -> Value | None:
    taken = take(octets(value), ranges)
    if taken is None or isinstance(value, bytes):
        return taken
    return taken.decode(errors="surrogateescape")


def _binary(operand: Binary) -> Values:
    op, left, right = operand.op, values(operand.left), values(operand.right)

    def result(one: Value, other: Value) -> Value | None:
        try:
            return calculate(op, one, other)
        except (ValueError, ZeroDivisionError):
            return None

    return lambda packet: _present(result(a, b) for a in left(packet) for b in right(packet))


def _call(call: Call) -> Values:
    found = values(call.argument)
    if call.function == "count":
        return lambda packet: [len(all_)] if (all_ := found(packet)) else []
    one = _function(call)
    return lambda packet: [one(value) for value in found(packet)]


def _function(call: Call) -> Callable[[Value], Value]:
    if call.function == "len":
        return lambda value: len(octets(value))
    if call.function == "lower":
        return lambda value: str(value).lower()
    if call.function == "upper":
        return lambda value: str(value).upper()
    if not isinstance(call.argument, FieldRef):
        raise TypeError(f"not a checked call: {call!r}")
    field = FIELDS[call.argument.name]
    return lambda value: render(field, value)
