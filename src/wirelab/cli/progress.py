"""Progress: a bar on a terminal, plain lines in a pipe."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click

from wirelab.run import Job, Outcome


class Progress:
    """Says what has been done; in a pipe nothing but that."""

    def started(self, job: Job) -> None:
        """Note that a lab has started."""

    def ended(self, outcome: Outcome) -> None:
        """Note that a lab has ended."""

    def say(self, text: str) -> None:
        """Print a line."""
        click.echo(text)


class _Bar(Progress):
    def __init__(self, total: int) -> None:
        from rich.console import Console  # noqa: PLC0415 - 80 ms that a pipe need not spend
        from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn  # noqa: PLC0415
        from rich.progress import Progress as Bar  # noqa: PLC0415

        self._console = Console()
        self.bar = Bar(
            TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(),
            TimeElapsedColumn(), console=self._console, transient=True,
            auto_refresh=False,  # a thread that refreshes would be in the way of our forks
        )  # fmt: skip
        self._task = self.bar.add_task("", total=total)
        self._active: list[str] = []

    def started(self, job: Job) -> None:
        self._active.append(job.scenario.id)
        self._update()

    def ended(self, outcome: Outcome) -> None:
        self._active.remove(outcome.scenario)
        self.bar.advance(self._task)
        self._update()

    def say(self, text: str) -> None:
        from rich.text import Text  # noqa: PLC0415

        self._console.print(Text.from_ansi(text))

    def _update(self) -> None:
        several = f" +{len(self._active) - 1}" if len(self._active) > 1 else ""
        self.bar.update(self._task, description=(self._active or [""])[0] + several, refresh=True)


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
