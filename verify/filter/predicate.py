"""From a checked tree to a function that says whether a packet satisfies it.

A field that a packet does not have satisfies no operator, `!=` included.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

from wirelab.verify.field import as_bytes
from wirelab.verify.fields import FIELDS, Kind, Value
from wirelab.verify.filter.kinds import kind_of
from wirelab.verify.filter.nodes import (
    Always,
    And,
    Between,
    Compare,
    Constant,
    Exists,
    FieldRef,
    How,
    Member,
    NonZero,
    Not,
    Op,
    Operand,
    Or,
    Slice,
    Test,
)
from wirelab.verify.filter.operands import Values, octets, searched, values
from wirelab.verify.filter.pattern import compiled
from wirelab.verify.packet import Packet

Predicate = Callable[[Packet], bool]
Relation = Callable[[Any, Any], bool]
Membership = Callable[[Packet, Value], bool]

_ORDER: dict[Op, Relation] = {
    Op.EQ: operator.eq,
    Op.NE: operator.ne,
    Op.LT: operator.lt,
    Op.LE: operator.le,
    Op.GT: operator.gt,
    Op.GE: operator.ge,
}


def predicate(test: Test) -> Predicate:
    """The function that says whether a packet satisfies a test.

    Args:
        test: a checked tree without references.

    """
    match test:
        case And(tests):
            parts = [predicate(each) for each in tests]
            return lambda packet: all(part(packet) for part in parts)
        case Or(tests):
            parts = [predicate(each) for each in tests]
            return lambda packet: any(part(packet) for part in parts)
        case Not(inner):
            part = predicate(inner)
            return lambda packet: not part(packet)
        case Exists(FieldRef(name, ())) if FIELDS[name].kind is Kind.PROTOCOL:
            return lambda packet: packet.has(name)
        case Exists(Slice() as operand):
            found = values(operand)
            return lambda packet: any(found(packet))
        case Exists(operand):
            found = values(operand)
            return lambda packet: bool(found(packet))
        case NonZero(operand):
            found = values(operand)
            return lambda packet: any(map(_nonzero, found(packet)))
        case Compare():
            return _compare(test)
        case Member(how, operand, elements):
            memberships = [_element(each, operand) for each in elements]
            return _member(how, values(operand), memberships)
        case Always():
            return lambda _: True


def _nonzero(value: Value) -> bool:
    return any(value) if isinstance(value, bytes) else bool(value)


def _compare(test: Compare) -> Predicate:
    searching = test.op in (Op.CONTAINS, Op.MATCHES)
    left = searched(test.left) if searching else values(test.left)
    right = values(test.right)
    relation = _relation(test)
    quantified = any if test.how is How.ANY else all

    def compare(packet: Packet) -> bool:
        ours = left(packet)
        theirs = right(packet) if ours else ()
        if not theirs:
            return False
        return quantified(relation(one, other) for one in ours for other in theirs)

    return compare


def _relation(test: Compare) -> Relation:
    if test.op is Op.CONTAINS:
        return lambda whole, part: bool(part) and octets(part) in octets(whole)
    if test.op is Op.MATCHES and isinstance(test.right, Constant):
        search = compiled(str(test.right.value)).search
        if isinstance(test.left, Slice):  # in an empty slice Wireshark finds nothing
            return lambda value, _: bool(value) and search(octets(value)) is not None
        return lambda value, _: search(octets(value)) is not None
    order = _ORDER[test.op]
    if kind_of(test.left) in (Kind.BYTES, Kind.PROTOCOL):
        return lambda one, other: order(_by_length(one), _by_length(other))
    if isinstance(test.right, Constant) and test.right.prefix is not None:
        bits = test.right.prefix
        return lambda one, other: order(_network(one, bits), _network(other, bits))
    return order


def _by_length(row: bytes) -> tuple[int, bytes]:
    """What rows of bytes are ordered by: in Wireshark 4.0 a longer one is always greater."""
    return len(row), row


def _network(address: Value, bits: int) -> bytes:
    """An address with everything behind its leading bits cleared."""
    packed = as_bytes(address)
    width = len(packed) * 8
    kept = int.from_bytes(packed) >> (width - bits) << (width - bits)
    return kept.to_bytes(len(packed))


def _member(how: How, found: Values, elements: list[Membership]) -> Predicate:
    quantified = any if how is How.ANY else all

    def member(packet: Packet) -> bool:
        ours = found(packet)
        return bool(ours) and any(
            quantified(element(packet, value) for value in ours) for element in elements
        )

    return member


def _element(element: Operand | Between, operand: Operand) -> Membership:
    if isinstance(element, Between):
        low, high = values(element.low), values(element.high)
        at_most = _relation(Compare(Op.LE, How.ANY, operand, element.low))
        return lambda packet, value: any(
            at_most(least, value) and at_most(value, most)
            for least in low(packet)
            for most in high(packet)
        )
    relation, wanted = _relation(Compare(Op.EQ, How.ANY, operand, element)), values(element)
    return lambda packet, value: any(relation(value, each) for each in wanted(packet))
