"""An expectation without its closed scopes."""

from __future__ import annotations

from dataclasses import replace

from wirelab.verify.items import AnyOrder, Either, Habit, Item, Optional, Par, Repeat, Seq


def relaxed(item: Item) -> Item:
    """The same expectation, in which frames that no step took are nobody's business.

    Allowances go with the closed scopes, since nothing is left for them to allow. What must never
    be seen stays.
    """
    match item:
        case Seq(items):
            return replace(item, items=tuple(map(relaxed, items)), closed=(), allow=())
        case Par(items) | AnyOrder(items) | Either(items) | Habit(items=items):
            return replace(item, items=tuple(map(relaxed, items)))
        case Optional(inner) | Repeat(inner):
            return replace(item, item=relaxed(inner))
        case _:
            return item
