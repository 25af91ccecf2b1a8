"""The command behind `./lab test --fuzz`: a million inputs on all processors."""

from __future__ import annotations

import argparse
import os
import resource
import sys
import time
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from typing import TYPE_CHECKING

from fuzzing.campaign import TARGETS, Find, attempts

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

INPUTS = 1_000_000
_BATCH = 1000
_MEMORY = 1 << 30
"""What a process may take beyond what it has when it starts, in bytes."""
_EVERY = 10.0
"""Seconds between two lines of progress where there is no terminal."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs a campaign; returns 0 when nothing was found, 1 otherwise."""
    asked = _parser().parse_args(arguments)
    places: dict[str, Find] = {}
    began = time.monotonic()
    for place, target in enumerate(asked.only):
        share = len(range(place, asked.inputs, len(asked.only)))
        for find in _campaign(target, share, asked.seed, asked.jobs):
            places.setdefault(find.place, find)
    for find in places.values():
        _tell(find, asked.seed)
    seconds = time.monotonic() - began
    print(f"{asked.inputs} inputs in {seconds:.0f} s, {len(places)} finds")
    return 1 if places else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="lab test --fuzz",
        description="Damage captures and frames, and see that the judge bears it.",
    )
    parser.add_argument("inputs", nargs="?", type=_count, default=INPUTS, help="how many inputs")
    parser.add_argument("--seed", type=_count, default=1, help="other inputs with another seed")
    parser.add_argument("--jobs", type=_count, default=os.cpu_count() or 1, help="processes")
    parser.add_argument("--only", choices=TARGETS, nargs=1, default=TARGETS, help="one of the two")
    return parser


def _count(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError
    return number


def _campaign(target: str, count: int, seed: int, jobs: int) -> Iterator[Find]:
    """The finds of one target, while telling how far it is."""
    batches = [range(first, min(first + _BATCH, count)) for first in range(0, count, _BATCH)]
    progress, done, found = Progress(target, count), 0, 0
    with ProcessPoolExecutor(jobs, get_context("fork"), _limit) as pool:
        running = {pool.submit(attempts, target, seed, batch): batch for batch in batches}
        for ended in as_completed(running):
            finds = ended.result()
            yield from finds
            done, found = done + len(running[ended]), found + len(finds)
            progress.tell(done, found)


def _limit() -> None:
    """Bounds the memory of a process, so that an input that takes too much is an error."""
    with open("/proc/self/statm", encoding="ascii") as file:  # noqa: PTH123
        now = int(file.read().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (now + _MEMORY, now + _MEMORY))


class Progress:
    """One line that is written over on a terminal, a line now and then elsewhere."""

    def __init__(self, target: str, count: int) -> None:
        self._target, self._count = target, count
        self._began = self._told = time.monotonic()

    def tell(self, done: int, found: int) -> None:
        now = time.monotonic()
        is_over = done == self._count
        if not is_over and now - self._told < (0.2 if sys.stdout.isatty() else _EVERY):
            return
        self._told = now
        rate = done / max(now - self._began, 1e-9)
        end = "\n" if is_over or not sys.stdout.isatty() else "\r"
        text = f"{self._target:8} {done} of {self._count} inputs, {rate:.0f}/s, {found} finds"
        print(text.ljust(70), end=end, flush=True)


def _tell(find: Find, seed: int) -> None:
    print(f"\n{find.place}: {find.target}, input {find.number} of seed {seed}")
    print(find.text.rstrip())
    print(f"input: {find.data}\n")
