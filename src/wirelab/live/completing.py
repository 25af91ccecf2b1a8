"""What may come next on the line of a prompt."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from wirelab.emulator.spawn import environment
from wirelab.live.running import Running
from wirelab.live.services import SERVICES


def candidates(running: Running, text: str, before: Sequence[str]) -> list[str]:
    """Return the words that begin with `text`, after the words `before` it.

    Those that are complete end with a space; folders do not.
    """
    nodes = [node.name for node in (*running.lab.hosts, *running.lab.switches)]
    first = before[0] if before else ""
    if before and before[-1] == "-w":
        words: Iterable[str] = ()
    elif first == "tap":
        words = (*running.points, "-w", "stop")
    elif first == "serve":
        words = nodes if len(before) == 1 else SERVICES
    elif first in nodes and len(before) == 1 and text:
        words = (*_programs(), *nodes)
    else:
        words = (*nodes, *running.points)
    found = [f"{word} " for word in sorted(set(words)) if word.startswith(text)]
    return found + list(_files(text))


def _programs() -> Iterator[str]:
    for folder in map(Path, environment()["PATH"].split(":")):
        if folder.is_dir():
            yield from (path.name for path in folder.iterdir())


def _files(text: str) -> Iterator[str]:
    if not text:
        return
    folder, _, start = text.rpartition("/")
    place = Path(folder + "/" if "/" in text else ".")
    for path in sorted(place.glob(f"{start}*")) if place.is_dir() else ():
        name = f"{folder}/{path.name}" if "/" in text else path.name
        yield f"{name}/" if path.is_dir() else f"{name} "
