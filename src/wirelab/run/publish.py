"""The output folder: a run's files appear in it whole, or not at all."""

import errno
import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from wirelab.run.errors import OutputError

PAGE = "index.html"
"""The page of a run, beside the folders of its scenarios."""
_OF_THE_DISK = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO, errno.EACCES, errno.ENOENT)


@contextmanager
def opened(output: Path, *, keep_page: bool = False) -> Iterator[int]:
    """Make the output folder, claim it, and give a descriptor of it for the length of a `with`.

    What a killed run left half-written is removed, and the page of the run before: it would
    speak of files that are no longer there. So is what this run leaves half-written.

    Args:
        output: the folder.
        keep_page: leave the page there: nothing of what it speaks of will change.

    Raises:
        OutputError: it cannot be made or written, or another run is writing there.
    """
    try:
        output.mkdir(parents=True, exist_ok=True)
        if not os.access(output, os.W_OK | os.X_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        destination = os.open(output, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except FileExistsError:
        raise OutputError(output, "is not a folder") from None
    except OSError as error:
        raise OutputError(output, f"cannot be written: {error.strerror}") from error
    try:
        _claim(destination, output)
        _sweep(output)
        if not keep_page:
            (output / PAGE).unlink(missing_ok=True)
        yield destination
    finally:
        _sweep(output)
        os.close(destination)


def withdraw(destination: int, name: str) -> None:
    """Remove what an earlier run left under `name`: the new one may leave nothing there."""
    shutil.rmtree(Path(f"/proc/self/fd/{destination}") / name, ignore_errors=True)


def publish(folder: Path, destination: int, name: str) -> None:
    """Copy `folder` into the folder open as descriptor `destination`, under `name`.

    The copy gets its name when it is complete; an earlier one of that name is replaced. The
    descriptor, not a path, names the place: in a sandbox the path may be covered.

    Raises:
        OutputError: it cannot be copied there.
    """
    place = Path(f"/proc/self/fd/{destination}")
    partial = place / f".{name}.partial"
    try:
        copy_folder(folder, partial)
        shutil.rmtree(place / name, ignore_errors=True)
        partial.rename(place / name)
    except OSError as error:
        shutil.rmtree(partial, ignore_errors=True)
        raise OutputError(Path(name), f"cannot be written: {error.strerror}") from error


@contextmanager
def appearing(destination: int, name: str) -> Iterator[Path]:
    """Give a new folder for the length of a `with`, which then appears under `name`.

    For results too large for memory: they are written where they stay. An earlier folder of that
    name is replaced when the new one is complete, and stays when it is not.

    Raises:
        OutputError: it cannot be written there.
    """
    place = Path(f"/proc/self/fd/{destination}")
    partial = place / f".{name}.partial"
    try:
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir()
        yield partial
        shutil.rmtree(place / name, ignore_errors=True)
        partial.rename(place / name)
    except OSError as error:
        if error.errno not in _OF_THE_DISK:
            raise
        raise OutputError(Path(name), f"cannot be written: {error.strerror}") from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def publish_page(output: Path, page: str) -> Path:
    """Write the page of a run into its output folder and return its path.

    Raises:
        OutputError: it cannot be written there.
    """
    partial = output / f".{PAGE}.partial"
    try:
        partial.write_text(page)
        return partial.replace(output / PAGE)
    except OSError as error:
        with suppress(OSError):
            partial.unlink()
        raise OutputError(output / PAGE, f"cannot be written: {error.strerror}") from error


def copy_folder(folder: Path, target: Path) -> None:
    """Copy a folder; unlike `shutil.copytree` this ends at the first error, with its reason."""
    target.mkdir()
    for path in sorted(folder.iterdir()):
        if path.is_dir():
            copy_folder(path, target / path.name)
        elif path.is_file():  # a daemon may leave a socket among its logs
            shutil.copyfile(path, target / path.name)


def _claim(destination: int, output: Path) -> None:
    """Have the folder to ourselves: two runs would sweep away each other's files."""
    try:
        fcntl.flock(destination, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        reason = "another lab run is writing there; give this one its own folder with -o"
        raise OutputError(output, reason) from None
    except OSError:
        return  # a file system without locks


def _sweep(output: Path) -> None:
    """Remove what is half-written."""
    for partial in output.glob(".*.partial"):
        shutil.rmtree(partial, ignore_errors=True)
        with suppress(OSError):
            partial.unlink(missing_ok=True)
