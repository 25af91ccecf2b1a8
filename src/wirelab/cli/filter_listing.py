"""`lab verify CAPTURE --filter FILTER`: the frames that a display filter selects, a line each."""

import json
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from time import monotonic
from typing import NoReturn

import click

from wirelab.cli.errors import BAD_INPUT, end
from wirelab.verify.capture import Capture, load_capture
from wirelab.verify.errors import CaptureError, FilterError
from wirelab.verify.filter import DisplayFilter, display_filter
from wirelab.verify.found import Found, found

_SECOND = 1_000_000_000
_PATIENCE = 0.5
"""For so many seconds nobody needs to see a bar."""
_AT_ONCE = 512
"""So many lines are written together while they come fast."""


def listing(path: Path, text: str, *, as_json: bool) -> NoReturn:
    """Print the frames of a capture that a display filter selects, and exit."""
    chosen = _understood(text)
    try:
        capture = load_capture(path)
    except CaptureError as error:
        end(str(error), BAD_INPUT)
    bar = _Bar(len(capture.frames))
    try:
        _print(capture, chosen, bar, _as_json if as_json else _line_of(capture))
    except KeyboardInterrupt:  # comes only while the bar hides the cursor
        bar.make_room()
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGINT)
    sys.exit(0)


def _understood(text: str) -> DisplayFilter:
    """Read the filter, or point at what is wrong with it."""
    try:
        chosen = display_filter(text)
        if chosen.references:
            first = chosen.references[0]
            raise FilterError(text, first.column, "a filter by itself has nothing to refer to")
    except FilterError as error:
        click.echo(f"lab: {error.reason}\n  {error.text}\n  {'^':>{error.column}}", err=True)
        sys.exit(BAD_INPUT)
    return chosen


def _print(
    capture: Capture, chosen: DisplayFilter, bar: "_Bar", line: Callable[[Found], str]
) -> None:
    lines: list[str] = []
    since = monotonic()
    for each in found(capture, chosen, bar.go_to):
        lines.append(line(each))
        if len(lines) >= _AT_ONCE or monotonic() - since > _PATIENCE:
            bar.make_room()
            _write(lines)
            since = monotonic()
    bar.make_room()
    _write(lines)


def _write(lines: list[str]) -> None:
    sys.stdout.write("".join(lines))
    sys.stdout.flush()
    lines.clear()


def _as_json(each: Found) -> str:
    return (
        json.dumps(
            {
                "number": each.number,
                "time": each.time,
                "point": each.point,
                "length": each.length,
                "summary": str(each.summary),
            },
            ensure_ascii=False,
        )
        + "\n"
    )


def _line_of(capture: Capture) -> Callable[[Found], str]:
    """Make what writes a frame in one line; with its point where there are several."""
    first = capture.frames[0].time if capture.frames else 0
    width = len(str(len(capture.frames)))
    several = len(capture.points) > 1

    def line(each: Found) -> str:
        after, text = each.time - first, each.summary
        sign, after = ("-", -after) if after < 0 else ("", after)
        time = f"{sign}{after // _SECOND}.{after % _SECOND // 1000:06d}"
        point = f" [{each.point}]" if several else ""
        ends = f" {text.source} → {text.destination}" if text.source else ""
        details = f" {text.details}" if text.details else ""
        protocol = text.protocol.upper()
        return f"{each.number:>{width}} {time}{point}{ends} {protocol} {each.length}{details}\n"

    return line


class _Bar:
    """A bar on standard error, where that is a terminal and somebody has to wait."""

    def __init__(self, total: int) -> None:
        self._total = total
        self._from = monotonic() + _PATIENCE if sys.stderr.isatty() else float("inf")
        self._live: object = None
        self._update: Callable[[int], None] = lambda _: None
        self._stop: Callable[[], None] = lambda: None

    def go_to(self, done: int) -> None:
        """Show how many frames were looked at."""
        if monotonic() >= self._from:
            if self._live is None:
                self._start()
            self._update(done)

    def make_room(self) -> None:
        """Take the bar away, so that lines can be written."""
        self._stop()
        self._live, self._stop = None, lambda: None

    def _start(self) -> None:
        from rich.console import Console  # noqa: PLC0415 - only who waits pays for it
        from rich.progress import Progress  # noqa: PLC0415

        live = Progress(console=Console(stderr=True), transient=True, auto_refresh=False)
        task = live.add_task("reading", total=self._total)
        live.start()
        self._live, self._stop = live, live.stop
        signal.signal(signal.SIGINT, signal.default_int_handler)
        self._update = lambda done: live.update(task, completed=done, refresh=True)
