"""Putting a run's files into the output folder: whole, or not at all."""

import shutil
from pathlib import Path


def publish(folder: Path, destination: int, name: str) -> None:
    """Copy `folder` into the folder open as descriptor `destination`, under `name`.

    The copy gets its name when it is complete; an earlier one of that name is replaced. The
    descriptor, not a path, names the place: in a sandbox the path may be covered.
    """
    place = Path(f"/proc/self/fd/{destination}")
    partial = place / f".{name}.partial"
    shutil.rmtree(partial, ignore_errors=True)
    try:
        shutil.copytree(folder, partial)
        shutil.rmtree(place / name, ignore_errors=True)
        partial.rename(place / name)
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise


def sweep(destination: Path) -> None:
    """Remove what a killed run left half-written."""
    for partial in destination.glob(".*.partial"):
        shutil.rmtree(partial, ignore_errors=True)
