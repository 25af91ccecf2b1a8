"""What is typed behind the options of `lab replay`, read."""

from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from wirelab.traffic.replay.rewrite import Ttl, Vlan

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


def pairs(words: Iterable[str], option: str, form: str) -> dict[str, str]:
    """Read `OLD=NEW`, each only once.

    Raises:
        UsageError: a word is not of this form, or its first half was there before.
    """
    found: dict[str, str] = {}
    for word in words:
        old, _, new = word.rpartition("=")
        if not (old and new):
            raise click.UsageError(f"{option} takes {form}, not {word!r}")
        if old in found:
            raise click.UsageError(f"{option} is given twice for {old}")
        found[old] = new
    return found


def integer(option: str, text: str) -> int:
    """Read a number.

    Raises:
        UsageError: it is none.
    """
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise click.UsageError(f"{option} takes numbers, not {text!r}")
    return int(text)


def vlan(text: str | None) -> "Vlan | None":
    """Read what becomes of VLAN tags: `add:5`, `remove`, `5`, `3=5`.

    Raises:
        UsageError: it is none of these.
        ReplayError: there is no such VLAN.
    """
    from wirelab.traffic.replay.rewrite import Tagging, Vlan  # noqa: PLC0415 - slow to import

    if text is None:
        return None
    if text == "remove":
        return Vlan(Tagging.REMOVE)
    if text.startswith("add:"):
        return Vlan(Tagging.ADD, integer("--vlan", text.removeprefix("add:")))
    old, equals, new = text.rpartition("=")
    only = integer("--vlan", old) if equals else None
    return Vlan(Tagging.CHANGE, integer("--vlan", new), only)


def ttl(text: str | None) -> "Ttl | None":
    """Read a TTL, `64`, or how much is added, `+1` or `-1`.

    Raises:
        UsageError: it is neither.
        ReplayError: there is no such TTL.
    """
    from wirelab.traffic.replay.rewrite import Ttl  # noqa: PLC0415 - slow to import

    if text is None:
        return None
    relative = text.startswith(("+", "-"))
    size = integer("--ttl", text[relative:])
    return Ttl(-size if text.startswith("-") else size, relative=relative)
