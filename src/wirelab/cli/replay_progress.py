"""How far a replay is: a bar with rate and remaining time on a terminal, lines in a pipe."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic

import click

_EVERY = 10.0
"""Seconds between two lines."""


class Far:
    """How many frames or payloads have been sent."""

    def __init__(self, total: int, show: Callable[[int], None]) -> None:
        self.total, self.done, self._show = total, 0, show

    def __call__(self, done: int) -> None:
        """Note how many."""
        self.done = done
        self._show(done)


@contextmanager
def shown(total: int, what: str, *, quiet: bool) -> Iterator[Far]:
    """Show how far something is, for the length of a `with`."""
    if quiet:
        yield Far(total, lambda _done: None)
    elif sys.stdout.isatty():
        with _bar(total, what) as show:
            yield Far(total, show)
    else:
        yield Far(total, _lines(total, what))


def _lines(total: int, what: str) -> Callable[[int], None]:
    begun = last = monotonic()

    def show(done: int) -> None:
        nonlocal last
        now = monotonic()
        if now - last >= _EVERY and done < total:
            last = now
            click.echo(told(done, total, what, now - begun))

    return show


def told(done: int, total: int, what: str, seconds: float) -> str:
    """Say how far it is, how fast, how long it will take: `20 of 100 frames, 2/s, 40 s left`."""
    rate = done / seconds if seconds > 0 else 0.0
    left = f", {(total - done) / rate:.0f} s left" if rate else ""
    return f"{done} of {total} {what}, {rate:.3g}/s{left}"


@contextmanager
def _bar(total: int, what: str) -> Iterator[Callable[[int], None]]:
    from rich.progress import (  # noqa: PLC0415 - 80 ms that a pipe need not spend
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    columns = (
        BarColumn(), MofNCompleteColumn(), TextColumn("{task.description}"),
        TextColumn("{task.fields[rate]}"), TimeRemainingColumn(),
    )  # fmt: skip
    # Without a thread that refreshes: it would be in the way of our forks.
    with Progress(*columns, transient=True, auto_refresh=False) as bar:
        task, begun = bar.add_task(what, total=total, rate=""), monotonic()
        bar.refresh()

        def show(done: int) -> None:
            rate = f"{done / max(monotonic() - begun, 1e-9):.3g}/s"
            what_now = "verifying" if done >= total else what
            bar.update(task, completed=done, rate=rate, description=what_now, refresh=True)

        yield show
