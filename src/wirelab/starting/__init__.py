"""Files to begin with: a scenario, a topology, each of which runs as it is.

The files beside this one are what is written, with other names; so they are checked, and played by
the tests, like any other.
"""

import keyword
import re
import sys
import sysconfig
from difflib import get_close_matches
from enum import StrEnum
from importlib.machinery import PathFinder
from pathlib import Path

__all__ = ["Kind", "StartingError", "write"]

_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


class Kind(StrEnum):
    """What a file is to hold."""

    SCENARIO = "scenario"
    TOPOLOGY = "topology"


class StartingError(Exception):
    """A file cannot be written, or not under this name: one line."""


def write(kind: Kind, name: str, target: Path | None, taken: frozenset[str]) -> Path:
    """Write a file to begin with, and return its path.

    Args:
        kind: what it holds.
        name: what that is called: small letters, digits and `-`.
        target: the file; by default one of this name in the current folder.
        taken: names that mean something already.

    Raises:
        StartingError: the name cannot be used, or the file is there, or cannot be written.
    """
    _check_name(kind, name, taken)
    path = target or Path(f"{_stem(name)}.py")
    _check_path(path)
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text(kind, name))
    except FileExistsError:
        raise StartingError(f"{path} is there already; give another name, or -o FILE.py") from None
    except OSError as error:
        raise StartingError(f"{path} cannot be written: {error.strerror}") from error
    return path


def text(kind: Kind, name: str) -> str:
    """Return what a file of this kind and name holds."""
    written = Path(__file__).with_name(f"{kind}_file.py").read_text(encoding="utf-8")
    words = name.split("-")
    for ours, own in (
        (f"my-{kind}", name),
        (f"my_{kind}", _stem(name)),
        (f"My{kind.capitalize()}", "".join(map(str.capitalize, words))),
    ):
        written = written.replace(ours, own)
    return written.replace("  # fmt: skip", "")  # a note to the formatter of this checkout


def _stem(name: str) -> str:
    return name.replace("-", "_")


def _check_name(kind: Kind, name: str, taken: frozenset[str]) -> None:
    if not _NAME.fullmatch(name):
        plain = re.sub(r"[^a-z0-9]+", "-", name.removesuffix(".py").lower()).strip("-")
        meant = f"; did you mean {plain}?" if _NAME.fullmatch(plain) else ""
        form = "is small letters, digits and single - between them"
        raise StartingError(f"a {kind}'s name {form}, not {name!r}{meant}")
    if keyword.iskeyword(_stem(name)):
        raise StartingError(f"{name!r} is a word of Python; add another to it: my-{name}")
    if name in taken:
        raise StartingError(f"the catalogue has a {name!r}; add a word to it: my-{name}")


def _check_path(path: Path) -> None:
    if path.suffix != ".py":
        raise StartingError(f"{path} is no name of a Python file: it ends in .py")
    if not path.stem.isidentifier():
        raise StartingError(f"{path.name} could not be imported: use letters, digits and _")
    if path.stem in {"wirelab", *sys.stdlib_module_names} or _installed(path.stem):
        # What lies beside a scenario is looked for last, so this file would not be found.
        raise StartingError(f"Python has a module {path.stem!r}; call the file my_{path.name}")
    if not path.parent.is_dir():
        near = get_close_matches(path.parent.name, _folders(path.parent.parent), n=1)
        hint = f"; did you mean {path.parent.with_name(near[0])}?" if near else ""
        raise StartingError(f"there is no folder {path.parent}{hint}")


def _installed(module: str) -> bool:
    places = [sysconfig.get_path(name) for name in ("purelib", "platlib")]
    return PathFinder.find_spec(module, places) is not None


def _folders(place: Path) -> list[str]:
    return [each.name for each in place.iterdir() if each.is_dir()] if place.is_dir() else []
