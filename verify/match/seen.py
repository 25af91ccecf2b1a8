"""From a capture to what the matcher looks at: all packets, or what a table tells of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wirelab.verify.dissect import dissect
from wirelab.verify.filter.walk import fields_of, references_of
from wirelab.verify.items import Stream
from wirelab.verify.match.sightings import Sightings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wirelab.verify.capture import Capture
    from wirelab.verify.filter.nodes import Test
    from wirelab.verify.match.plan import Plan

_NUMBERED = ("tcp.stream", "udp.stream")
"""Fields that depend on the whole capture, however little of it is dissected."""


def points_seen(capture: Capture) -> tuple[str, ...]:
    """The points that have frames, in the order in which they are first seen."""
    if isinstance(capture.frames, tuple):
        return tuple(dict.fromkeys(frame.point for frame in capture.frames))
    from wirelab.verify.columns.table import Table  # noqa: PLC0415 - NumPy takes 0.1 s

    assert isinstance(capture.frames, Table)
    return capture.frames.points_seen


def sightings(
    capture: Capture, plan: Plan, points: tuple[str, ...], shared_clock: bool, *, whole: bool
) -> Sightings:
    """The capture, ready to be searched.

    Args:
        capture: the capture.
        plan: what will be looked for.
        points: the names of the capture points.
        shared_clock: whether times at different points can be compared.
        whole: whether every packet will be looked at anyway.
    """
    if whole or isinstance(capture.frames, tuple):
        return Sightings(dissect(capture.frames), points, shared_clock)
    from wirelab.verify.columns.sightings import TableSightings  # noqa: PLC0415
    from wirelab.verify.columns.table import Table  # noqa: PLC0415

    assert isinstance(capture.frames, Table)
    seen = TableSightings(capture.frames, points, shared_clock, numbered=_speaks_of_numbers(plan))
    seen.prepare(test for test in _tests(plan) if not references_of(test))
    return seen


def _tests(plan: Plan) -> Iterator[Test]:
    """The tests for which the whole capture is asked before the search."""
    yield from (leaf.fixed for leaf in plan.leaves)
    yield from (test for closing in plan.closings for test in closing.tests)
    yield from (each.test for each in plan.allowances)
    for ban in plan.bans:
        yield ban.test


def _speaks_of_numbers(plan: Plan) -> bool:
    """Whether the numbers of conversations are compared, or printed."""
    if any(isinstance(leaf.item, Stream) for leaf in plan.leaves):
        return True
    tests = [*_tests(plan), *(leaf.test for leaf in plan.leaves)]
    names = {name for test in tests for name in fields_of(test)}
    names |= {reference.name for test in tests for reference in references_of(test)}
    return any(name.endswith(_NUMBERED) for name in names)
