"""Work for several processors: results in order, made in threads while earlier ones are used.

NumPy lets go of the interpreter while it works on a column, so that threads are enough.
"""

from __future__ import annotations

import os
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

_Part = TypeVar("_Part")
_Result = TypeVar("_Result")

PROCESSORS = min(len(os.sched_getaffinity(0)), 4)
"""How many are used; with more the memory, not the work, would be what one waits for."""


def ahead(make: Callable[[_Part], _Result], parts: Iterable[_Part]) -> Iterator[_Result]:
    """What is made of each part, in order; no more than two a processor are ever waiting.

    Args:
        make: makes a result of a part, and may be called in any thread.
        parts: the parts.
    """
    left = iter(parts)
    first = list(islice(left, 2))
    if PROCESSORS == 1 or len(first) < 2:
        yield from map(make, first)
        yield from map(make, left)
        return
    with ThreadPoolExecutor(PROCESSORS) as pool:
        waiting = deque(pool.submit(make, part) for part in first)
        waiting.extend(pool.submit(make, part) for part in islice(left, 2 * PROCESSORS - 2))
        try:
            while waiting:
                made = waiting.popleft().result()
                waiting.extend(pool.submit(make, part) for part in islice(left, 1))
                yield made
        finally:
            for each in waiting:
                each.cancel()
