"""Whether an expectation says that the order of two steps does not matter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wirelab.verify.items import Named, Par
from wirelab.verify.lint import children

if TYPE_CHECKING:
    from wirelab.verify.items import Item


def unordered(expectation: Item, one: str, other: str) -> bool:
    """Whether the innermost item that holds both steps is a `par`, in different parts of it."""
    holding = [part for part in children(expectation) if {one, other} & _steps(part)]
    if len(holding) == 1:
        return unordered(holding[0], one, other)
    return isinstance(expectation, Par) and len(holding) > 1


def _steps(item: Item) -> set[str]:
    """The names of all steps in an item."""
    found = {item.name} if isinstance(item, Named) else set()
    return found.union(*map(_steps, children(item)))
