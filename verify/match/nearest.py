"""The frame that comes nearest to a step that found none, and in what it differs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from wirelab.verify.errors import FilterError
from wirelab.verify.fields import FIELDS, render
from wirelab.verify.filter.nodes import (
    Compare,
    FieldRef,
    How,
    Op,
    Test,
    conjuncts,
)
from wirelab.verify.filter.operands import values
from wirelab.verify.filter.predicate import predicate
from wirelab.verify.filter.printer import print_operand, print_test
from wirelab.verify.filter.walk import leaves, references_of
from wirelab.verify.items import Forwarded, Fragments, Step, Stream
from wirelab.verify.match.resolve import wanted
from wirelab.verify.summary import summary
from wirelab.verify.verdict import Difference, Nearest
from wirelab.verify.window import duration_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wirelab.verify.bindings import Bindings
    from wirelab.verify.match.plan import Leaf
    from wirelab.verify.match.sightings import Sightings
    from wirelab.verify.packet import Packet

_SHOWN = 4
"""How many values of a field are shown."""
_COMMON = frozenset({"frame", "eth", "vlan", "ip", "ipv6"})
"""Protocols that make no two frames alike."""
_TAKEN = 1.5
"""How many differences weigh as much as that another step took the frame."""


@dataclass(frozen=True)
class Wanting:
    """A leaf that found no frame, and the moment at which it looked for one."""

    leaf: Leaf
    """The leaf."""
    bindings: Bindings
    """What was bound."""
    after: int
    """The index of the latest frame that was taken before; -1 for none."""
    anchor: int | None
    """The time from which its window counts, in nanoseconds since the epoch; None for none."""
    taken: frozenset[int]
    """The indices of the frames that steps took."""


def nearest(wanting: Wanting, seen: Sightings) -> Nearest | None:
    """The nearest frame at the leaf's point; None when none has anything of what is wanted."""
    parts = _parts(wanting)
    item = wanting.leaf.item
    kin = item.filter.protocols - _COMMON if isinstance(item, Step | Fragments | Stream) else ()
    best: tuple[tuple[float, bool], int] | None = None
    for index, met in seen.nearly(parts, kin, wanting.leaf.point):
        score = (met - _TAKEN * (index in wanting.taken), index > wanting.after)
        if best is None or score > best[0]:
            best = (score, index)
    if best is None:
        return None
    packet = seen.packets[best[1]]
    found = [_difference(part, packet) for part in parts if not predicate(part)(packet)]
    found = found or _circumstances(wanting, best[1], seen)
    return Nearest(packet.frame.number, summary(packet), tuple(found))


def _parts(wanting: Wanting) -> list[Test]:
    """What the leaf asks of a frame, one by one, as far as it is known."""
    try:
        test = wanted(wanting.leaf, wanting.bindings)
    except FilterError:
        test = wanting.leaf.fixed
    return [each for each in conjuncts(test) if not references_of(each)]


def _difference(part: Test, packet: Packet) -> Difference:
    if isinstance(part, Compare) and isinstance(part.left, FieldRef):
        plain = part.op is Op.EQ and part.how is How.ANY
        want = (
            print_operand(part.right) if plain else f"{part.op.value} {print_operand(part.right)}"
        )
        return Difference(print_operand(part.left), want, _got([part.left], packet))
    fields = [leaf for leaf in leaves(part) if isinstance(leaf, FieldRef)]
    return Difference(_subject(fields), print_test(part), _got(fields, packet))


def _subject(fields: Sequence[FieldRef]) -> str:
    return ", ".join(dict.fromkeys(map(print_operand, fields)))


def _got(fields: Sequence[FieldRef], packet: Packet) -> str:
    texts = [_texts(each, packet) for each in dict.fromkeys(fields)]
    return "; ".join(texts) or "nothing"


def _texts(reference: FieldRef, packet: Packet) -> str:
    field = FIELDS[reference.name]
    found = values(reference)(packet)
    if not found:
        return f"no {print_operand(reference)}"
    if field.kind.value == "protocol":
        return f"has {reference.name}"
    texts = [render(field, value) for value in found[:_SHOWN]]
    return ", ".join(texts) + (", …" if len(found) > _SHOWN else "")


def _circumstances(wanting: Wanting, index: int, seen: Sightings) -> list[Difference]:
    """Why a frame that satisfies the filter was not taken."""
    if index in wanting.taken:
        return [Difference("frame", "one of its own", "another step took it")]
    if index <= wanting.after:
        number = seen.packets[wanting.after].frame.number
        return [Difference("order", f"after frame {number}", "before it")]
    window = wanting.leaf.within
    if window is not None and wanting.anchor is not None:
        elapsed = seen.time(index) - wanting.anchor
        if elapsed not in window:
            return [Difference("time", str(window), duration_text(elapsed))]
    return [_relation(wanting)]


def _relation(wanting: Wanting) -> Difference:
    """What is left: something that no display filter says."""
    item = wanting.leaf.item
    match item:
        case Forwarded(step=step):
            return Difference("payload", f"that of {step!r}", "another one")
        case Step(quotes=str(step)):
            return Difference("quoted bytes", f"those of {step!r}", "others")
        case Fragments(mtu=mtu):
            return Difference("fragments", f"all of them, as an MTU of {mtu} makes them", "others")
        case Stream():
            return Difference("data", "those that are expected", "others, or a gap")
        case _:
            return Difference("order", "its place among the other steps", "another place")
