"""The filter of a step with everything in it that was bound: what is printed for a judged frame.

It can be pasted into Wireshark or given to tshark, and it selects the frame.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wirelab.verify.fields import Kind
from wirelab.verify.filter.nodes import (
    Always,
    Compare,
    Constant,
    FieldRef,
    How,
    Op,
    Test,
    both,
    conjuncts,
)
from wirelab.verify.filter.references import substituted
from wirelab.verify.filter.walk import references_of
from wirelab.verify.items import Forwarded, Fragments, Step, Stream
from wirelab.verify.match.pieces import fragment_test
from wirelab.verify.match.relations import forwarded_test, quoting_test
from wirelab.verify.match.segments import segment_test

if TYPE_CHECKING:
    from wirelab.verify.bindings import Bindings
    from wirelab.verify.match.plan import Leaf
    from wirelab.verify.packet import Packet


def wanted(leaf: Leaf, bindings: Bindings) -> Test:
    """What a leaf asks of a frame, with the values of all references that are known."""
    return both(substituted(leaf.test, bindings.lookup), _related(leaf, bindings))


def resolved(leaf: Leaf, bindings: Bindings, packet: Packet) -> Test:
    """The filter that selects a frame that a leaf took.

    Args:
        leaf: the leaf.
        bindings: what was bound when it took the frame.
        packet: the frame.
    """
    test = _without_unknown(wanted(leaf, bindings))
    if isinstance(leaf.item, Fragments):
        return both(test, fragment_test(packet))
    return segment_test(packet) if isinstance(leaf.item, Stream) else test


def at_point(test: Test, point: str, points: tuple[str, ...]) -> Test:
    """The same filter for one point of a capture that has several."""
    if len(points) < 2 or not point or "#" in point:
        return test
    name = Constant(Kind.STRING, point)
    return both(test, Compare(Op.EQ, How.ANY, FieldRef("frame.interface_name"), name))


def _related(leaf: Leaf, bindings: Bindings) -> Test:
    """The filter of a leaf's relation to another step; always true where there is none."""
    item = leaf.item
    if isinstance(item, Forwarded):
        sources = bindings.packets.get(item.step)
        return (forwarded_test(item, sources[0]) if sources else None) or Always()
    if isinstance(item, Step) and item.quotes is not None:
        sources = bindings.packets.get(item.quotes)
        return (quoting_test(sources[0]) if sources else None) or Always()
    return Always()


def _without_unknown(test: Test) -> Test:
    """The test without what depends on names that were never bound."""
    return both(*(each for each in conjuncts(test) if not references_of(each)))
