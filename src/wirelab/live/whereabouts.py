"""The folder from which somebody calls a program in a node, as the node has it."""

from pathlib import Path


def here() -> str:
    """Return our working folder; the root where it was removed."""
    try:
        return str(Path.cwd())
    except FileNotFoundError:
        return "/"


def inside(folder: str) -> str:
    """Return a folder of the machine if a node has it, too: its /run is another."""
    path = Path(folder)
    return folder if path.is_dir() and not path.is_relative_to("/run") else "/"
