"""What tests of running labs share: a place for them that nobody else has, and what is left."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

_MARK = "WIRELAB_TEST_LIVE"
_WITHIN = 30.0  # seconds: what is killed ends when the kernel has time for it


class Place:
    """Where the labs of one test are found, and their processes."""

    def __init__(self, folder: Path) -> None:
        self.runtime, self.home = folder / "runtime", folder / "home"
        for each in (self.runtime, self.home):
            each.mkdir(mode=0o700)
        self.mark = uuid4().hex
        self.environ = {
            "XDG_RUNTIME_DIR": str(self.runtime),
            "XDG_STATE_HOME": str(self.home),
            _MARK: self.mark,
        }

    def lab(self, *arguments: str, text: str | None = None) -> subprocess.CompletedProcess[str]:
        """Run the command line to its end."""
        return subprocess.run(
            [sys.executable, "-m", "wirelab", *arguments],
            env={**os.environ, **self.environ},
            capture_output=True,
            text=True,
            check=False,
            input=text or "",
        )

    def start(self, *arguments: str, **options: object) -> subprocess.Popen[str]:
        """Start the command line."""
        return subprocess.Popen(  # type: ignore[call-overload,no-any-return]  # any of its options
            [sys.executable, "-m", "wirelab", *arguments],
            env={**os.environ, **self.environ},
            text=True,
            **options,
        )

    def processes(self) -> list[str]:
        """Return the processes of this machine that belong to labs of this test."""
        found = []
        for process in Path("/proc").glob("[0-9]*"):
            try:
                if f"{_MARK}={self.mark}".encode() in (process / "environ").read_bytes():
                    found.append((process / "cmdline").read_bytes().replace(b"\0", b" ").decode())
            except OSError:
                continue
        return found

    def wait_for_process(self, words: str) -> None:
        """Wait until a process with these words on its command line is there."""
        assert _soon(lambda: any(words in each for each in self.processes()))

    def is_without(self, words: str) -> bool:
        """Say whether there is no such process, or soon is not."""
        return _soon(lambda: not any(words in each for each in self.processes()))

    def files(self) -> list[str]:
        """Return what is in the folder of running labs."""
        return [path.name for path in self.runtime.glob("wirelab/*")]

    def is_empty(self) -> bool:
        """Say whether no process of a lab is left; those that were killed may take a moment."""
        return _soon(lambda: not self.processes())


def _soon(so: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + _WITHIN
    while not so():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


def traces() -> tuple[list[str], list[str], list[str]]:
    """Return what a lab could leave behind outside: interfaces, mounts, network namespaces."""
    interfaces = sorted(path.name for path in Path("/sys/class/net").iterdir())
    mounts = sorted(line.split()[1] for line in Path("/proc/mounts").read_text().splitlines())
    namespaces = sorted(path.name for path in Path("/run").glob("netns/*"))
    return interfaces, mounts, namespaces
