"""Where running labs are found: a folder of this user alone, with a socket for each.

The socket of a lab is listening when it gets its name, so one that refuses a connection belongs to
a lab that is no more. Names are given and swept under a lock on the folder.
"""

import fcntl
import os
import re
import socket
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from wirelab.live.errors import LiveError

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,40}")
_SUFFIX = ".sock"
_LONGEST = 100  # bytes of a socket's path; the kernel takes 107 (unix(7), sun_path)


def folder() -> Path:
    """Return (and make) the folder.

    Raises:
        LiveError: it belongs to somebody else, or cannot be made.
    """
    chosen = _place()
    try:
        chosen.mkdir(mode=0o700, exist_ok=True)
        found = chosen.lstat()
    except OSError as error:
        raise LiveError(f"{chosen}: {error.strerror}; set XDG_RUNTIME_DIR to a folder") from error
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid() or found.st_mode & 0o077:
        raise LiveError(f"{chosen} is not a folder that only you can open; remove it")
    return chosen


def _place() -> Path:
    """Return the first place that is ours alone and survives until the machine ends."""
    user = os.geteuid()
    for base in (os.environ.get("XDG_RUNTIME_DIR", ""), f"/run/user/{user}" if user else ""):
        if base and Path(base).is_dir() and Path(base).stat().st_uid == user:
            return Path(base) / "wirelab"
    return (
        Path("/run/wirelab-live") if user == 0 else Path(tempfile.gettempdir(), f"wirelab-{user}")
    )


def check_name(name: str) -> None:
    """See that a lab can be called so.

    Raises:
        LiveError: it cannot.
    """
    if not _NAME.fullmatch(name):
        raise LiveError(
            f"a lab's name has letters, digits, - . _ and begins with one; not {name!r}"
        )


@contextmanager
def _locked() -> Iterator[Path]:
    """Have the folder to ourselves for the length of a `with`."""
    place = folder()
    fd = os.open(place, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX)
        yield place
    finally:
        os.close(fd)


def listening() -> socket.socket:
    """Return a socket that listens without having a name; `publish` gives it one.

    Raises:
        LiveError: there is no place for it.
    """
    path = _nameless(folder())
    if len(os.fsencode(path)) > _LONGEST:
        raise LiveError(f"{path.parent}: this path is too long for a socket; set XDG_RUNTIME_DIR")
    found = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_CLOEXEC)
    try:
        found.bind(str(path))
        found.listen(16)
    except OSError as error:
        found.close()
        raise LiveError(f"{path.parent}: {error.strerror}") from error
    return found


def _nameless(place: Path) -> Path:
    return place / f".{os.getpid()}"


def publish(name: str) -> None:
    """Give the socket that this process has from `listening` its name.

    Raises:
        LiveError: a lab of that name runs.
    """
    with _locked() as place:
        if path_of(name, place) in _living(place):
            raise taken(name)
        _nameless(place).rename(path_of(name, place))


def withdraw() -> None:
    """Remove what this process has put into the folder: nobody listens at its socket any more."""
    with _locked() as place:
        _nameless(place).unlink(missing_ok=True)
        _living(place)


def taken(name: str) -> LiveError:
    """Return the error of a second lab of one name."""
    return LiveError(f"a lab {name!r} runs already: `lab down {name}` ends it, --name is another")


def names() -> list[str]:
    """Return the names of the labs that run; what killed ones left is removed."""
    with _locked() as place:
        return [path.name.removesuffix(_SUFFIX) for path in _living(place)]


def path_of(name: str, place: Path | None = None) -> Path:
    """Return the socket of a lab."""
    return (place or folder()) / f"{name}{_SUFFIX}"


def _living(place: Path) -> list[Path]:
    """Return the sockets that somebody listens at, and remove the others."""
    found = []
    for path in sorted(place.iterdir()):
        if path.name.startswith("."):
            if not Path(f"/proc/{path.name[1:]}").exists():  # killed before it had a name
                path.unlink(missing_ok=True)
        elif _answers(path):
            found.append(path)
        else:
            path.unlink(missing_ok=True)
    return found


def _answers(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as trial:
        trial.setblocking(False)
        try:
            trial.connect(str(path))
        except BlockingIOError:  # so many wait that there is no room for one more: it is alive
            return True
        except OSError:
            return False
        return True
