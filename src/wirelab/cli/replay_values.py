"""What is typed behind the options of `lab replay`, read."""

from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation

import click

_SECOND = 1_000_000_000


def interfaces(words: Iterable[str]) -> dict[str, str]:
    """Read `INTERFACE` (for all points, under "") and `POINT=INTERFACE`.

    Raises:
        UsageError: a point is named twice, or a word is neither.
    """
    found: dict[str, str] = {}
    for word in words:
        point, equals, name = word.rpartition("=")
        if not name or (equals and not point):
            raise click.UsageError(f"--at takes INTERFACE or POINT=INTERFACE, not {word!r}")
        if point in found:
            whom = f"for the point {point}" if point else "for all points"
            raise click.UsageError(f"--at is given twice {whom}")
        found[point] = name
    return found


class Moment(click.ParamType[int]):
    """A time: seconds into the capture, or a date and time, UTC unless it says otherwise."""

    name = "time"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> int:
        """Return nanoseconds, into the capture or since the epoch."""
        if isinstance(value, int):
            return value
        try:
            seconds = Decimal(str(value))
        except InvalidOperation:
            return self._date(str(value), param, ctx)
        if not (seconds.is_finite() and 0 <= seconds < 10**10):
            self.fail(f"{value} is no time in a capture", param, ctx)
        return int(seconds * _SECOND)

    def _date(self, text: str, param: click.Parameter | None, ctx: click.Context | None) -> int:
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            self.fail(
                f"{text!r} is neither seconds (12.5) nor a time (2026-03-01T12:00:00)", param, ctx
            )
        since = moment.replace(tzinfo=moment.tzinfo or UTC) - datetime.fromtimestamp(0, UTC)
        return (since.days * 86400 + since.seconds) * _SECOND + since.microseconds * 1000
