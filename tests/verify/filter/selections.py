"""Which frames tshark selects, for many filters at once.

A run of tshark costs a third of a second, whatever it does. Its `io,stat` counts frames for any
number of filters in one run, by intervals of time; in a capture with one frame a second those
counts say which frames a filter selects. It cannot take a filter with a comma, which gets a run
of its own.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import replace
from typing import TYPE_CHECKING

from wirelab.verify.frame import Point
from wirelab.verify.writer import CaptureWriter

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from wirelab.verify.frame import Frame

TSHARK = shutil.which("tshark")
SECOND = 1_000_000_000
_START = 1_700_000_000 * SECOND
_ROW = re.compile(r"^\|\s*(\d+)\s*<>\s*\S+\s*\|(.*)\|$", re.MULTILINE)


def spaced(frames: Iterable[Frame]) -> list[Frame]:
    """The frames one second apart, at one point, counted from 1."""
    return [
        replace(frame, number=number, time=_START + (number - 1) * SECOND, point="p")
        for number, frame in enumerate(frames, 1)
    ]


def save(frames: Sequence[Frame], path: Path) -> None:
    """Writes frames that are spaced, and one more, because `io,stat` leaves the last one out."""
    writer = CaptureWriter(path, [Point("p")])
    last = replace(frames[0], time=frames[-1].time + SECOND)
    for frame in [*frames, last]:
        writer.write(frame.point, frame.time, frame.data, frame.length)
    writer.close()


def selected(path: Path, frames: int, filters: Sequence[str]) -> list[frozenset[int]]:
    """The numbers of the frames that each filter selects.

    Args:
        path: a capture of spaced frames.
        frames: how many it has.
        filters: display filters.
    """
    together = [each for each in filters if "," not in each]
    counted = dict(zip(together, _counted(path, together), strict=True))
    found = [counted[each] if each in counted else _alone(path, each) for each in filters]
    return [frozenset(number for number in numbers if number <= frames) for numbers in found]


def _counted(path: Path, filters: Sequence[str]) -> list[frozenset[int]]:
    if not filters:
        return []
    text = _tshark("-q", "-r", str(path), "-z", ",".join(["io", "stat", "1", *filters]))
    found: list[set[int]] = [set() for _ in filters]
    for second, cells in _ROW.findall(text):
        counts = [int(cell) for cell in cells.split("|")[0::2]]
        for numbers, count in zip(found, counts, strict=True):
            assert count in (0, 1)
            numbers.update([int(second) + 1] * count)
    return [frozenset(numbers) for numbers in found]


def _alone(path: Path, text: str) -> frozenset[int]:
    output = _tshark("-r", str(path), "-Y", text, "-T", "fields", "-e", "frame.number")
    return frozenset(map(int, output.split()))


def _tshark(*arguments: str) -> str:
    assert TSHARK
    done = subprocess.run(
        [TSHARK, "-n", *arguments], check=True, capture_output=True, text=True, timeout=60
    )
    return done.stdout
