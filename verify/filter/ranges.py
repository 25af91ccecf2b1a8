"""The ranges of slices and layer operators: reading, printing, taking."""

from __future__ import annotations

import re

from wirelab.verify.filter.nodes import Range

_RANGE = re.compile(
    r"\s*(?:(?P<start>-?\d+)\s*:\s*(?P<length>\d+)"
    r"|(?P<first>-?\d+)\s*-\s*(?P<last>-?\d+)"
    r"|(?P<open>-?\d+)\s*:"
    r"|:\s*(?P<leading>\d+)"
    r"|(?P<single>-?\d+))\s*"
)


def parse_ranges(text: str) -> tuple[Range, ...]:
    """The ranges of `1,3-5,9:`, as they stand between the brackets.

    Raises:
        ValueError: one of them is no range; the message says which.

    """
    return tuple(_parse_range(part) for part in text.split(","))


def _parse_range(text: str) -> Range:
    found = _RANGE.fullmatch(text)
    if found is None:
        raise ValueError(f"{text.strip()!r} is no range; write i:length, i-j, i, :length or i:")
    if found["single"]:
        return Range(int(found["single"]), 1)
    if found["open"]:
        return Range(int(found["open"]), None)
    if found["leading"]:
        return _checked(text, Range(0, int(found["leading"])))
    if found["start"]:
        return _checked(text, Range(int(found["start"]), int(found["length"])))
    first, last = int(found["first"]), int(found["last"])
    if (first < 0) != (last < 0):
        raise ValueError(f"{text.strip()!r} counts from both ends")
    if first == last:
        raise ValueError(f"{text.strip()!r} is one, and written {first}")
    return _checked(text, Range(first, last - first + 1))


def _checked(text: str, taken: Range) -> Range:
    if taken.length is not None and taken.length <= 0:
        raise ValueError(f"{text.strip()!r} takes nothing")
    return taken


def print_ranges(ranges: tuple[Range, ...]) -> str:
    """The ranges as they are written between the brackets."""
    return ",".join(_print_range(each) for each in ranges)


def _print_range(taken: Range) -> str:
    if taken.length == 1:
        return str(taken.start)
    return f"{taken.start}:{'' if taken.length is None else taken.length}"


def take(value: bytes, ranges: tuple[Range, ...]) -> bytes:
    """The bytes of a value that ranges select, joined.

    Like in Wireshark 4.0, only what comes before the first range that it is too short for counts,
    which may be no byte at all.
    """
    joined = b""
    for each in ranges:
        start = each.start + len(value) if each.start < 0 else each.start
        stop = len(value) if each.length is None else start + each.length
        if not 0 <= start < stop <= len(value):
            return joined
        joined += value[start:stop]
    return joined


def chosen_layers(count: int, ranges: tuple[Range, ...]) -> list[int]:
    """Which of the layers 1 to `count` a layer operator means, in ascending order."""
    chosen: set[int] = set()
    for each in ranges:
        start = each.start + count + 1 if each.start < 0 else each.start
        stop = count + 1 if each.length is None else start + each.length
        chosen.update(range(max(start, 1), min(stop, count + 1)))
    return sorted(chosen)
