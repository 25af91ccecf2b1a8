"""How far a replay is: a bar with rate and remaining time on a terminal, lines in a pipe."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from time import monotonic

import click

_EVERY = 10.0
"""Seconds between two lines."""
_LONG = 60.0
"""Seconds; what takes longer is told at the start how long."""


class Far:
    """How many frames or payloads have been sent."""

    def __init__(self, total: int, show: Callable[[int], None]) -> None:
        self.total, self.done, self._show = total, 0, show

    def __call__(self, done: int) -> None:
        """Note how many."""
        self.done = done
        self._show(done)


@contextmanager
def shown(total: int, what: str, *, quiet: bool, duration: float | None = None) -> Iterator[Far]:
    """Show how far something is, for the length of a `with`.

    Args:
        total: how many there are to be sent.
        what: what they are.
        quiet: show nothing.
        duration: how many seconds it takes by its schedule, where there is one; else what is left
            is estimated.
    """
    if duration is not None and duration > _LONG and not quiet:
        click.echo(f"it takes {_clock(duration)}")
    if quiet:
        yield Far(total, lambda _done: None)
    elif sys.stdout.isatty():
        with _bar(total, what, duration) as show:
            yield Far(total, show)
    else:
        yield Far(total, _lines(total, what, duration))


class _Schedule:
    """How much of a schedule is left; it begins with the first frame."""

    def __init__(self, duration: float | None) -> None:
        self._duration = duration
        self._begun: float | None = None

    def left(self, done: int, now: float) -> float | None:
        """Return the seconds that are left; None where nothing says so, or it is behind."""
        if self._duration is None:
            return None
        if self._begun is None and done:
            self._begun = now
        left = self._duration if self._begun is None else self._duration - (now - self._begun)
        return left if left > 0 else None


def _lines(total: int, what: str, duration: float | None) -> Callable[[int], None]:
    begun = last = monotonic()
    schedule = _Schedule(duration)

    def show(done: int) -> None:
        nonlocal last
        now = monotonic()
        left = schedule.left(done, now)
        if now - last >= _EVERY and done < total:
            last = now
            click.echo(told(done, total, what, now - begun, left))

    return show


def told(done: int, total: int, what: str, seconds: float, left: float | None = None) -> str:
    """Say how far it is, how fast, how long it will take: `20 of 100 frames, 2/s, 40 s left`.

    Args:
        done: how many were sent.
        total: how many there are.
        what: what they are.
        seconds: how long that took.
        left: how many seconds more it takes; None where the rate so far is to tell.
    """
    rate = done / seconds if seconds > 0 else 0.0
    if left is None and rate:
        left = (total - done) / rate
    return f"{done} of {total} {what}, {rate:.3g}/s" + (
        "" if left is None else f", {left:.0f} s left"
    )


def _clock(seconds: float) -> str:
    return str(timedelta(seconds=round(seconds)))


@contextmanager
def _bar(total: int, what: str, duration: float | None) -> Iterator[Callable[[int], None]]:
    from rich.progress import (  # noqa: PLC0415 - 80 ms that a pipe need not spend
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    remaining = TimeRemainingColumn() if duration is None else TextColumn("{task.fields[left]}")
    columns = (
        BarColumn(), MofNCompleteColumn(), TextColumn("{task.description}"),
        TextColumn("{task.fields[rate]}"), remaining,
    )  # fmt: skip
    schedule = _Schedule(duration)
    # Without a thread that refreshes: it would be in the way of our forks.
    with Progress(*columns, transient=True, auto_refresh=False) as bar:
        task, begun = bar.add_task(what, total=total, rate="", left=""), monotonic()
        bar.refresh()

        def show(done: int) -> None:
            now = monotonic()
            rate = f"{done / max(now - begun, 1e-9):.3g}/s"
            what_now = "verifying" if done >= total else what
            left = _clock(schedule.left(done, now) or 0.0)
            bar.update(
                task, completed=done, rate=rate, left=left, description=what_now, refresh=True
            )

        yield show
