"""Progress: a bar on a terminal, plain lines in a pipe."""

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from time import monotonic

import click

from wirelab.run import Job, Outcome


class Progress:
    """Says what has been done; in a pipe nothing but that."""

    tick: Callable[[], None] | None = None
    """To be called once a second, where somebody watches."""

    def started(self, job: Job) -> None:
        """Note that a lab has started."""

    def ended(self, outcome: Outcome) -> None:
        """Note that a lab has ended."""

    def say(self, text: str) -> None:
        """Print a line."""
        click.echo(text)


class _Bar(Progress):
    """How many are done, and who still runs since when: the longest first."""

    def __init__(self, total: int) -> None:
        from rich.console import Console  # noqa: PLC0415 - 80 ms that a pipe need not spend
        from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn  # noqa: PLC0415
        from rich.progress import Progress as Bar  # noqa: PLC0415
        from rich.table import Column  # noqa: PLC0415

        self._console = Console()
        who = Column(ratio=1, no_wrap=True, overflow="ellipsis")
        self.bar = Bar(
            BarColumn(bar_width=20), MofNCompleteColumn(), TimeElapsedColumn(),
            TextColumn("{task.description}", table_column=who, markup=False),
            console=self._console, transient=True, expand=True,
            auto_refresh=False,  # a thread that refreshes would be in the way of our forks
        )  # fmt: skip
        self._task = self.bar.add_task("", total=total)
        self._active: dict[str, float] = {}
        self.tick = self._update

    def started(self, job: Job) -> None:
        self._active[job.scenario.id] = monotonic()
        self._update()

    def ended(self, outcome: Outcome) -> None:
        del self._active[outcome.scenario]
        self.bar.advance(self._task)
        self._update()

    def say(self, text: str) -> None:
        from rich.text import Text  # noqa: PLC0415

        self._console.print(Text.from_ansi(text))

    def _update(self) -> None:
        running = who_runs(self._active, monotonic())
        self.bar.update(self._task, description=running, refresh=True)


def who_runs(begun: Mapping[str, float], now: float) -> str:
    """Return how many still run, and who, the longest first, with the seconds since it began."""
    told = (
        f"{name} {int(now - since)} s" if now - since >= 1 else name
        for name, since in sorted(begun.items(), key=lambda each: each[1])
    )
    return (f"{len(begun)} run: " if len(begun) > 1 else "") + ", ".join(told)


@contextmanager
def plain_or_live(total: int, *, quiet: bool) -> Iterator[Progress]:
    """Give what fits standard output: a bar on a terminal, else plain lines."""
    if quiet or not sys.stdout.isatty():
        yield Progress()
        return
    live = _Bar(total)
    with live.bar:
        yield live


Counted = tuple[Callable[[int], None], Callable[[], None]]
"""What is told how many there are, and what is told of each that is done."""


@contextmanager
def counted(what: str, *, quiet: bool) -> Iterator[Counted]:
    """Give what counts things of one kind: a bar on a terminal, else nothing."""
    if quiet or not sys.stdout.isatty():
        yield (lambda _total: None, lambda: None)
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn  # noqa: PLC0415

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, transient=True, auto_refresh=False) as bar:
        task = bar.add_task(what, total=None)

        def judged() -> None:
            bar.advance(task)
            if not int(bar.tasks[0].completed) % 16:
                bar.refresh()

        yield (lambda total: bar.update(task, total=total), judged)
