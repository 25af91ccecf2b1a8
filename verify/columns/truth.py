"""Tests in three-valued logic: true of a frame, false, or not known from the columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from wirelab.verify.columns.compare import among, compared, nonzero
from wirelab.verify.columns.dependence import CONTEXT, FRAGMENTS
from wirelab.verify.columns.octets import distinct
from wirelab.verify.columns.places import is_plain_only, plain
from wirelab.verify.columns.values import Unsupported, layers_of, satisfied, values
from wirelab.verify.columns.witness import without_witness
from wirelab.verify.dissect import dissect
from wirelab.verify.fields import FIELDS, Kind
from wirelab.verify.filter.nodes import (
    Always,
    And,
    Compare,
    Constant,
    Exists,
    FieldRef,
    How,
    Member,
    NonZero,
    Not,
    Or,
    Test,
)
from wirelab.verify.filter.predicate import predicate
from wirelab.verify.filter.walk import fields_of, leaves

if TYPE_CHECKING:
    from wirelab.verify.columns.batch import Batch
    from wirelab.verify.columns.octets import Ints, Mask
    from wirelab.verify.filter.nodes import Operand

_POINT = ("frame.interface_name",)


@dataclass(frozen=True, slots=True)
class Truth:
    """What is known of a test in a batch of frames."""

    true: Mask
    """The frames that certainly satisfy it."""
    unknown: Mask
    """The frames of which that is not known."""

    @property
    def possible(self) -> Mask:
        """The frames that may satisfy it."""
        return self.true | self.unknown


def truth(test: Test, batch: Batch) -> Truth:
    """What the columns know of a checked test without references."""
    known = batch.truths.get(test)
    if known is None:
        known = batch.truths[test] = _truth(test, batch)
    return known


def _truth(test: Test, batch: Batch) -> Truth:
    match test:
        case And(tests):
            return _all(tests, batch)
        case Or(tests):
            return _any(tests, batch)
        case Not(inner):
            found = truth(inner, batch)
            return Truth(~found.possible, found.unknown)
        case Always():
            return Truth(np.ones(batch.size, bool), np.zeros(batch.size, bool))
        case _:
            return _atom(test, batch)


def _all(tests: tuple[Test, ...], batch: Batch) -> Truth:
    true, possible = np.ones(batch.size, bool), np.ones(batch.size, bool)
    for test in tests:
        found = truth(test, batch)
        true &= found.true
        possible &= found.possible
        if not possible.any():
            break
    return Truth(true, possible & ~true)


def _any(tests: tuple[Test, ...], batch: Batch) -> Truth:
    true, possible = np.zeros(batch.size, bool), np.zeros(batch.size, bool)
    for test in tests:
        found = truth(test, batch)
        true |= found.true
        possible |= found.possible
    return Truth(true, possible & ~true)


def _atom(test: Compare | Member | NonZero | Exists, batch: Batch) -> Truth:
    """A test of operands: known where the layers of its fields are, and the columns have them."""
    if fields_of(test) == _POINT:
        return _at_points(test, batch)
    needed = _needed(test)
    possible = np.ones(batch.size, bool)
    for protocol in {FIELDS[name].protocol for name in needed}:
        possible &= batch.stack.may_have(protocol)
    if FRAGMENTS.intersection(needed):
        possible &= batch.stack.are_pieces()
    doubtful = batch.stack.is_unknown({FIELDS[name].protocol for name in fields_of(test)})
    try:
        satisfied = _satisfied(test, batch)
    except Unsupported:
        return Truth(np.zeros(batch.size, bool), without_witness(test, possible, batch))
    for name in filter(is_plain_only, fields_of(test)):
        doubtful |= _unusual(name, batch)
    return Truth(satisfied & ~doubtful, possible & doubtful)


def _needed(test: Compare | Member | NonZero | Exists) -> list[str]:
    """The fields without which the test is false."""
    match test:
        case Member(operand=operand):
            parts: tuple[Operand, ...] = (operand,)
        case Compare(left=left, right=right):
            parts = (left, right)
        case NonZero(operand) | Exists(operand):
            parts = (operand,)
    return [leaf.name for part in parts for leaf in leaves(part) if isinstance(leaf, FieldRef)]


def _satisfied(test: Compare | Member | NonZero | Exists, batch: Batch) -> Mask:
    """Which frames satisfy a test, as far as their layers are known.

    Raises:
        Unsupported: the columns do not tell.
    """
    if CONTEXT.intersection(fields_of(test)):
        raise Unsupported
    match test:
        case Exists(FieldRef(name) as reference) if FIELDS[name].kind is Kind.PROTOCOL:
            return _marked([each.row for each in layers_of(reference, batch)], batch.size)
        case Exists(operand):
            return _marked([values(operand, batch).row], batch.size)
        case NonZero(operand):
            found = values(operand, batch)
            return _marked([found.row[nonzero(found)]], batch.size)
        case Compare(op, how, left, right) if isinstance(right, Constant):
            found = values(left, batch)
            return _quantified(how, found.row, compared(op, found, right), batch.size)
        case Member(how, operand, elements):
            found = values(operand, batch)
            return _quantified(how, found.row, among(found, elements), batch.size)
        case _:
            raise Unsupported


def _marked(rows: list[Ints], size: int) -> Mask:
    mask = np.zeros(size, bool)
    for row in rows:
        mask[row] = True
    return mask


def _quantified(how: How, row: Ints, good: Mask, size: int) -> Mask:
    """The frames of which one value is good, or all are and there is one."""
    if how is How.ANY:
        return _marked([row[good]], size)
    mask = _marked([row], size)
    mask[row[~good]] = False
    return mask


def _unusual(name: str, batch: Batch) -> Mask:
    """The frames whose layer may have the field at another place."""
    mask = np.zeros(batch.size, bool)
    for layers in batch.stack.found.get(FIELDS[name].protocol, ()):
        for check in plain(name):
            mask[layers.row[~satisfied(batch, layers, check)]] = True
    return mask


def _at_points(test: Test, batch: Batch) -> Truth:
    """A test of nothing but the capture point: one frame of each stands for all."""
    interface = batch.table.columns.interface[batch.first : batch.behind]
    selects, true = predicate(test), np.zeros(batch.size, bool)
    for number in distinct(interface):
        mine = interface == number
        example = batch.table[batch.first + int(mine.argmax())]
        true |= mine & selects(dissect([example])[0])
    return Truth(true, np.zeros(batch.size, bool))
