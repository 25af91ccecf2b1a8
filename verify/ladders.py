"""An expectation as a ladder: a row for each step, before any capture is there."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from wirelab.verify.items import (
    AnyOrder,
    Either,
    Forwarded,
    Fragments,
    Habit,
    Item,
    Named,
    Never,
    Optional,
    Par,
    Reassembled,
    Repeat,
    Seq,
    Step,
    Stream,
)
from wirelab.verify.lint import children

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wirelab.verify.window import Window


class RowKind(Enum):
    """What a row of a ladder is about."""

    STEP = "step"
    """A frame, or several, that must be seen."""
    GROUP = "group"
    """The rows that follow, one deeper, belong together."""
    CHECK = "check"
    """Something that is asked of the steps above."""
    NEVER = "never"
    """Something that must not be seen."""
    CLOSED = "closed"
    """Frames that must all be expected."""
    ALLOW = "allow"
    """Frames that are let pass."""


@dataclass(frozen=True, slots=True)
class LadderRow:
    """One row of a ladder."""

    kind: RowKind
    """What it is about."""
    depth: int
    """How deep it lies in groups; 0 for the outermost."""
    name: str
    """The name of a step or an allowance, or what a group is; "" for none."""
    point: str
    """The capture point; "" where none is named."""
    text: str
    """What is asked of a frame: a display filter, or a sentence in its place."""
    note: str
    """How much time, how often; "" for nothing."""


def ladder(expectation: Item) -> list[LadderRow]:
    """The rows of an expectation, in the order in which it is written."""
    return list(_rows(expectation, 0, ""))


def _rows(item: Item, depth: int, at: str) -> Iterator[LadderRow]:
    match item:
        case Seq():
            yield from _sequence(item, depth, item.at or at)
        case Never(filter=banned, since=since, until=until):
            note = _span(since, until)
            yield LadderRow(RowKind.NEVER, depth, "", item.at or at, str(banned), note)
        case Reassembled(fragments=fragments):
            text = f"the fragments of {fragments} are {_whole(item)}"
            yield LadderRow(RowKind.CHECK, depth, "", "", text, "")
        case Step() | Forwarded() | Fragments() | Stream():
            text = str(item.filter) if isinstance(item, Step) else described(item)
            yield LadderRow(RowKind.STEP, depth, item.name, item.at or at, text, _note(item))
        case _:
            yield LadderRow(RowKind.GROUP, depth, _group(item), "", "", "")
            for child in children(item):
                yield from _rows(child, depth + 1, at)


def _sequence(item: Seq, depth: int, at: str) -> Iterator[LadderRow]:
    for child in item.items:
        yield from _rows(child, depth, at)
    if item.within is not None:
        yield LadderRow(RowKind.CHECK, depth, "", "", "the whole sequence", _time(item.within))
    for closed in item.closed:
        yield LadderRow(RowKind.CLOSED, depth, "", "", str(closed), "")
    for each in item.allow:
        note = f"at most {each.most}"
        yield LadderRow(RowKind.ALLOW, depth, each.name, each.at or "", str(each.filter), note)


def described(item: Step | Forwarded | Fragments | Stream) -> str:
    """What a step asks of its frame: its filter, and in words what no filter says."""
    match item:
        case Step(filter=own, quotes=quotes):
            return f"{own}, quoting {quotes}" if quotes else str(own)
        case Forwarded(step=step, source=source, hops=hops):
            behind = f", {_count(hops, 'router')} on" if hops else ""
            return f"{step}, seen at {source}{behind}"
        case Fragments(filter=own, mtu=mtu, of=of):
            which = f" of {of}" if of else f" with {own}" if str(own) else ""
            return f"all fragments{which}, cut to an MTU of {mtu}"
        case Stream(filter=own, equals=equals):
            length = f"{len(equals)} bytes" if isinstance(equals, bytes) else f"SHA-256 {equals}"
            return f"all data behind {own}: {length}"


def _group(item: Item) -> str:
    match item:
        case Par():
            return "at the same time"
        case AnyOrder():
            return "in any order"
        case Optional():
            return "perhaps"
        case Either():
            return "one of"
        case Repeat(least=least, most=most):
            return _times(least, most)
        case Habit(why=why):
            return f"habit: {why}"
        case _:
            return "one after another"


def _times(least: int, most: int | None) -> str:
    if least == most:
        return _count(least, "time")
    return f"{least} to {most} times" if most is not None else f"{_count(least, 'time')} or more"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _whole(item: Reassembled) -> str:
    parts = [item.step or "", f"{item.length} bytes" if item.length is not None else ""]
    return ", ".join(part for part in parts if part)


def _note(item: Named) -> str:
    quoted = f"quotes {item.quotes}" if isinstance(item, Step) and item.quotes else ""
    return ", ".join(part for part in (quoted, _time(item.within)) if part)


def _time(window: Window | None) -> str:
    return "" if window is None else str(window)


def _span(since: str | None, until: str | None) -> str:
    parts = [f"since {since}" if since else "", f"until {until}" if until else ""]
    return " ".join(part for part in parts if part)
