"""What a node's programs see of the file system: their own /etc/hosts, resolv.conf and /run."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from wirelab.emulator import syscalls
from wirelab.emulator.sandbox import SCRATCH

_STATE_FOLDERS = ("/var/lib/dhcpcd", "/var/lib/dhcp", "/var/lib/misc")
"""Where daemons keep state at a path that no option changes; each node gets empty ones."""


class NodeView:
    """A mount and UTS namespace for the processes of one node."""

    def __init__(self, name: str, files: Mapping[str, str]) -> None:
        """Make the namespaces; `files` are contents by path, laid over what the host has there."""
        self._home = _open_pair()
        self._folder = os.open(".", os.O_RDONLY | os.O_CLOEXEC)
        self._sources: dict[str, Path] = {}
        syscalls.unshare(syscalls.CLONE_NEWNS | syscalls.CLONE_NEWUTS)
        try:
            syscalls.sethostname(name)
            self._sources = _mount_all(SCRATCH / "nodes" / name, files)
            self._own = _open_pair()
        finally:
            self._leave()

    @contextmanager
    def entered(self) -> Iterator[None]:
        """Put the calling thread into this view, in its root folder, for the length of a `with`."""
        _enter(self._own)
        try:
            yield
        finally:
            self._leave()

    def rewrite(self, path: str, content: str) -> None:
        """Change one of the files that are laid over what the host has there."""
        self._sources[path].write_text(content)  # in place: the mount is of this very file

    def _leave(self) -> None:
        _enter(self._home)
        os.fchdir(self._folder)

    def close(self) -> None:
        """Let go of the namespaces."""
        for fd in (*self._home, *self._own, self._folder):
            os.close(fd)


def _enter(pair: tuple[int, int]) -> None:
    syscalls.setns(pair[0], syscalls.CLONE_NEWNS)
    syscalls.setns(pair[1], syscalls.CLONE_NEWUTS)


def _open_pair() -> tuple[int, int]:
    flags = os.O_RDONLY | os.O_CLOEXEC
    return os.open("/proc/thread-self/ns/mnt", flags), os.open("/proc/thread-self/ns/uts", flags)


def _mount_all(own: Path, files: Mapping[str, str]) -> dict[str, Path]:
    """Lay everything over what the host has; return where the files are by their paths there."""
    run = own / "run"
    inner = run / SCRATCH.relative_to("/run")
    inner.mkdir(parents=True)
    sources = {target: own / f"file{index}" for index, target in enumerate(files)}
    for target, source in sources.items():
        source.write_text(files[target])
        _bind_file(source, Path(target))
    for folder in filter(os.path.isdir, _STATE_FOLDERS):
        (own / folder.lstrip("/")).mkdir(parents=True)
        _bind(own / folder.lstrip("/"), Path(folder))
    _bind(SCRATCH, inner)
    _bind(run, Path("/run"))
    return sources


def _bind_file(source: Path, target: Path) -> None:
    """Lay a file over `target`, following a link into /run, which is empty here."""
    real = Path(os.path.realpath(target))
    if not real.exists() and real.is_relative_to("/run"):
        real.parent.mkdir(parents=True, exist_ok=True)
        real.touch()
    if real.exists():
        _bind(source, real)


def _bind(source: Path, target: Path) -> None:
    syscalls.mount(str(source), str(target), flags=syscalls.MS_BIND | syscalls.MS_REC)
