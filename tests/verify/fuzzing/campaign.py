"""Many inputs, each made from its number alone, and what was found."""

from __future__ import annotations

import signal
import traceback
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

from fuzzing.mutator import Mutator
from fuzzing.targets import Reading, examine, judged
from wirelab import verify

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from wirelab.verify.frame import Frame

READ, DISSECT = TARGETS = ("read", "dissect")
"""Files are read; frames are dissected, all their fields read and rendered, and some judged."""

_JUDGE = str(Path(verify.__file__).parent)
PATIENCE = 5.0
"""How long one input may take, in seconds of the processor, so that a busy machine finds nothing;
ordinary ones take a ten-thousandth of it."""
_JUDGED = 25
"""Every so many inputs are judged as well, which takes longer."""


class TooSlowError(BaseException):
    """An input took longer than it may; no handler of ordinary errors catches it."""


@dataclass(frozen=True)
class Find:
    """An input for which something does not hold."""

    target: str
    """READ or DISSECT."""
    number: int
    """Its number; with the seed it makes the input again."""
    data: str
    """The input: a file in hexadecimal, or the frames."""
    text: str
    """What happened, as a traceback."""
    place: str
    """Where in our own code it happened: finds of one place are most likely one bug."""


class Inputs:
    """The inputs of one seed, by their numbers."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._chance = Random()
        self._mutator = Mutator(self._chance)

    def file(self, number: int) -> bytes:
        self._begin(number)
        return self._mutator.file()

    def capture(self, number: int) -> list[Frame]:
        self._begin(number)
        return self._mutator.capture()

    def _begin(self, number: int) -> None:
        self._chance.seed(self._seed << 48 | number)


@cache
def inputs(seed: int) -> Inputs:
    """The inputs of a seed, which a process prepares once."""
    return Inputs(seed)


@cache
def _reading() -> Reading:
    return Reading()


def attempts(target: str, seed: int, numbers: Iterable[int]) -> list[Find]:
    """Tries the inputs of some numbers; returns what was found."""
    made, found = inputs(seed), []
    with _impatience():
        for number in numbers:
            data = made.file(number) if target == READ else made.capture(number)
            try:
                signal.setitimer(signal.ITIMER_PROF, PATIENCE)
                attempt(data, number)
            except (Exception, TooSlowError) as error:
                signal.setitimer(signal.ITIMER_PROF, 0)
                found.append(_find(target, number, data, error))
    return found


def attempt(data: bytes | list[Frame], number: int = 0) -> None:
    """Tries one input; raises whatever should not be."""
    if isinstance(data, bytes):
        _reading()(data)
        return
    examine(data, number)
    if number % _JUDGED == 0:
        judged(data)


@contextmanager
def _impatience() -> Iterator[None]:
    """Turns the alarm that ends an input's time into an error, and takes it back at the end."""

    def ring(*_: object) -> None:
        raise TooSlowError

    before = signal.signal(signal.SIGPROF, ring)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def _find(target: str, number: int, data: bytes | list[Frame], error: BaseException) -> Find:
    text = data.hex() if isinstance(data, bytes) else repr(data)
    told = "".join(traceback.format_exception(error))
    return Find(target, number, text, told, _place(error))


def _place(error: BaseException) -> str:
    """The kind of an error, and the last line of the judge that it went through."""
    lines = traceback.extract_tb(error.__traceback__)
    last = next((each for each in reversed(lines) if _JUDGE in each.filename), lines[-1])
    told = f" {error}" if isinstance(error, AssertionError) else ""
    return f"{type(error).__name__} in {Path(last.filename).name}:{last.lineno}{told[:60]}"
