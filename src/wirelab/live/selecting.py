"""A display filter on frames that pass right now."""

from collections.abc import Callable
from itertools import count

from wirelab.emulator.tap import Captured
from wirelab.verify.dissect import Dissection
from wirelab.verify.errors import FilterError
from wirelab.verify.filter import display_filter
from wirelab.verify.frame import Frame


def selecting(text: str) -> Callable[[Captured], bool]:
    """Return what says of one frame after the other whether a display filter selects it.

    What spans frames (fragments, streams, requests and answers) is known as far as it has passed:
    a frame is judged once, when it comes.

    Raises:
        FilterError: it is no display filter, or has references.
    """
    chosen = display_filter(text)
    if chosen.references:
        first = chosen.references[0]
        raise FilterError(text, first.column, "a filter by itself has nothing to refer to")
    dissection, numbers = Dissection(), count(1)

    def selects(frame: Captured) -> bool:
        data = frame.data
        known = Frame(
            next(numbers), frame.time, frame.point, data, len(data), outgoing=frame.outgoing
        )
        return chosen.selects(dissection.add(known))

    return selects
