"""The words with which an expectation is written.

    EXPECT = seq(
        step("request", "icmp.type == 8 && ip.dst == ${s.ip}"),
        step("reply", "icmp.type == 0 && icmp.seq == ${request.icmp.seq}", within="1s"),
        closed=["icmp"],
        at="c",
    )

What each word means is in docs/expectations.md. All of them read their filters at once, so that a
mistake is found when a file loads.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wirelab.verify.errors import ExpectationError
from wirelab.verify.filter import display_filter
from wirelab.verify.items import (
    Allowance,
    AnyOrder,
    Either,
    Habit,
    Item,
    Optional,
    Par,
    Repeat,
    Seq,
)
from wirelab.verify.window import window_or_none

if TYPE_CHECKING:
    from collections.abc import Iterable


def seq(
    *items: Item,
    closed: Iterable[str] = (),
    points: Iterable[str] = (),
    allow: Iterable[Allowance] = (),
    at: str | None = None,
    within: str | None = None,
) -> Seq:
    """Items one after another.

    Args:
        items: the items, in the order of time.
        closed: display filters; at every point of which the sequence speaks, each frame that
            satisfies one of them must be taken by an item or covered by an allowance.
        points: more capture points at which `closed` holds, though no item speaks of them: where
            nothing may be seen.
        allow: the allowances.
        at: the capture point of all items in it that name none.
        within: how much time may pass from its first frame to its last.

    """
    filters = tuple(map(display_filter, closed))
    several = _several(items, "seq")
    return Seq(several, filters, tuple(points), tuple(allow), at, window_or_none(within))


def par(*items: Item) -> Par:
    """Items that run at the same time; their frames may interleave."""
    return Par(_several(items, "par"))


def any_order(*items: Item) -> AnyOrder:
    """Items one after another, in whatever order; each is complete before the next begins."""
    return AnyOrder(_several(items, "any_order"))


def optional(*items: Item) -> Optional:
    """An item, or several one after another, that may be missing as a whole."""
    return Optional(_one(items, "optional"))


def repeat(item: Item, min: int = 1, max: int | None = None) -> Repeat:  # noqa: A002
    """An item several times, one after another, as often as it is found.

    Args:
        item: what is repeated.
        min: how often it must be found.
        max: how often it may be found; None for any number.

    Raises:
        ExpectationError: the numbers allow nothing, or are negative.

    """
    if min < 0 or (max is not None and (max < min or max == 0)):
        raise ExpectationError(f"repeat: from {min} to {max} times is impossible")
    return Repeat(item, min, max)


def either(*items: Item) -> Either:
    """One of several items; where several fit, the first of them."""
    return Either(_several(items, "either"))


def habit(why: str, *items: Item) -> Habit:
    """Steps of this lab's programs; required in a capture of the lab, optional in a foreign one.

    Args:
        why: what the habit is and whose, in one sentence.
        items: the steps, in the order of time.

    """
    return Habit(why, _several(items, "habit"))


def _several(items: tuple[Item, ...], word: str) -> tuple[Item, ...]:
    if not items:
        raise ExpectationError(f"{word}() without items expects nothing")
    return items


def _one(items: tuple[Item, ...], word: str) -> Item:
    several = _several(items, word)
    return several[0] if len(several) == 1 else Seq(several)
