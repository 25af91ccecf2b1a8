"""What `lab verify` is given: captures to read, names to bind, a place for annotations."""

import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path

import click

from wirelab.verify import (
    Capture,
    Item,
    Provenance,
    Verdict,
    load_capture,
    merged,
    provenance,
    write_annotated,
)
from wirelab.verify.lint import names_of


@dataclass(frozen=True)
class Input:
    """One capture to judge."""

    title: str
    """The file, or the points and their files."""
    capture: Capture
    """What was read."""
    made: Provenance
    """What it says about itself; without a scenario where it is foreign."""
    shared_clock: bool = True
    """Whether times at its points can be compared."""
    at: str | None = None
    """The only point that was named; None when there are several, or a whole capture."""


def inputs(captures: tuple[Path, ...], points: tuple[str, ...]) -> Iterator[Input]:
    """Read the captures one by one, or put those of several points together.

    Raises:
        UsageError: there are neither captures nor points, or both.
        CaptureError: a file is no capture.
    """
    if bool(captures) == bool(points):
        raise click.UsageError("name CAPTUREs, or --point NAME=FILE for each point")
    if points:
        yield _together(dict(_pairs(points, "--point", "NAME=FILE")))
    for path in captures:
        read = load_capture(path)
        yield Input(str(path), read, provenance(read.comment) or Provenance(""))


def _together(files: Mapping[str, str]) -> Input:
    parts = {name: load_capture(file) for name, file in files.items()}
    for name, part in parts.items():
        if len(part.points) > 1:
            count = len(part.points)
            raise click.UsageError(f"{files[name]} was captured at {count} points, not at one")
    title = " ".join(f"{name}={file}" for name, file in files.items())
    together = merged(parts)
    comments = {each.comment for each in parts.values()}
    made = provenance(comments.pop()) if len(comments) == 1 else None
    alone = next(iter(parts)) if len(parts) == 1 else None
    if made is None:
        return Input(title, together, Provenance(""), shared_clock=alone is not None)
    own = replace(together, comment=made.comment())  # the points of one run
    return Input(title, own, made, at=alone)


def bound(assignments: tuple[str, ...], expectation: Item) -> dict[str, str]:
    """The names that were bound by hand.

    Raises:
        UsageError: the expectation has no such name.
    """
    known = names_of(expectation)
    values = dict(_pairs(assignments, "--name", "NAME=VALUE"))
    for name in values:
        if name not in known:
            near = get_close_matches(name, known, n=1)
            hint = f"did you mean {near[0]}?" if near else f"it has {_listed(known)}"
            raise click.UsageError(f"the expectation has no name {name!r}; {hint}")
    return values


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names)) or "none"


def _pairs(assignments: tuple[str, ...], option: str, form: str) -> Iterator[tuple[str, str]]:
    seen = set()
    for assignment in assignments:
        name, equals, value = assignment.partition("=")
        if not (name and equals and value):
            raise click.UsageError(f"{option} {assignment!r} is not {form}")
        if name in seen:
            raise click.UsageError(f"{option} gives {name!r} twice")
        seen.add(name)
        yield name, value


def check_target(target: Path, sources: Iterable[Path]) -> None:
    """Make sure that the annotated capture would overwrite no input.

    Raises:
        UsageError: it would.
    """
    for source in sources:
        same = target.resolve() == source.resolve()
        with suppress(OSError):
            same = same or target.samefile(source)
        if same:
            raise click.UsageError(f"--annotate would overwrite {source}, which is judged")


def annotate(capture: Capture, verdict: Verdict, target: Path) -> None:
    """Write the annotated capture; it appears whole or not at all.

    Raises:
        OSError: it cannot be written.
    """
    try:
        handle, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(target)) from None
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            write_annotated(capture, verdict, file)
        temporary.chmod(0o666 & ~_umask())
        temporary.replace(target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
