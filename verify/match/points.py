"""Which capture points an expectation speaks of, and where they are in a capture."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wirelab.verify.items import Forwarded, Fragments, Never, Seq, Step, Stream
from wirelab.verify.lint import children

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from wirelab.verify.items import Item


class MissingPoint(Exception):  # noqa: N818 - a finding that becomes a problem of the verdict
    """The capture has no such point."""


def points_of(item: Item, at: str | None = None) -> tuple[str | None, ...]:
    """The points of which an expectation speaks, each once; None where a step names none."""
    if isinstance(item, Seq):
        at = item.at or at
    found: list[str | None] = []
    match item:
        case Seq(points=points):
            found = [*points]
        case Forwarded(source=source, at=to):
            found = [source, to]
        case Step() | Fragments() | Stream():
            found = [item.at or at]
        case Never(at=own) if own or at:
            found = [own or at]
    for child in children(item):
        found.extend(points_of(child, at))
    return tuple(dict.fromkeys(found))


def located(item: Item, present: Sequence[str], used: Sequence[str]) -> Mapping[str | None, str]:
    """Where the points of an expectation are in a capture.

    A capture with one point is taken for the one point of an expectation, whatever their names.

    Args:
        item: the expectation.
        present: the names of the capture's points.
        used: those of them that have frames.

    Raises:
        MissingPoint: the capture has no such point; the message says how to supply it.
    """
    wanted = points_of(item)
    if len(wanted) == len(used) == 1:
        return {wanted[0]: used[0]}
    if None in wanted:
        has = ", ".join(map(repr, present))
        raise MissingPoint(f"a step names no point, and the capture has several: {has}")
    missing = [name for name in wanted if name not in present]
    if missing:
        raise MissingPoint(_advice(missing, present))
    return {name: str(name) for name in wanted}


def _advice(missing: Sequence[str | None], present: Sequence[str]) -> str:
    names = ", ".join(repr(name) for name in missing)
    has = ", ".join(repr(name) for name in present if name) or "one without a name"
    supply = " ".join(f"--point {name}=FILE" for name in missing)
    verb = "point" if len(missing) == 1 else "points"
    return (
        f"the capture has no {verb} {names}, only {has}; supply it with {supply}, "
        "or judge what one point shows with --at"
    )
