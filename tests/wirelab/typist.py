"""Somebody at a terminal: types into a command, and reads what it prints."""

import os
import pty
import re
import select
import signal
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from types import TracebackType
from typing import Self

_LAB = (sys.executable, "-m", "wirelab")
_WITHIN = 60.0  # seconds: somebody who waits longer than that has lost patience


class Typist:
    """A command line of ours, or another program, on a terminal of its own."""

    def __init__(
        self, *arguments: str, environ: Mapping[str, str], program: Sequence[str] = _LAB
    ) -> None:
        self.seen = ""
        """All that was printed."""
        self._read_up_to = 0
        self._pid, self._terminal = pty.fork()
        if self._pid == 0:
            argv = [*program, *arguments]
            os.execvpe(argv[0], argv, {**os.environ, **environ, "TERM": "dumb"})

    @property
    def pid(self) -> int:
        return self._pid

    def types(self, keys: str) -> None:
        os.write(self._terminal, keys.encode())

    def sees(self, pattern: str) -> re.Match[str]:
        """Wait until something new is printed that looks like this."""
        deadline = time.monotonic() + _WITHIN
        while not (found := re.compile(pattern, re.MULTILINE).search(self.seen, self._read_up_to)):
            waited = select.select([self._terminal], [], [], max(0, deadline - time.monotonic()))
            assert waited[0], f"{pattern!r} is not to be seen in\n{self.seen[self._read_up_to :]}"
            assert self._read(), f"it ended without {pattern!r}\n{self.seen[self._read_up_to :]}"
        self._read_up_to = found.end()
        return found

    def ended(self) -> int:
        """Wait for its end and return its exit status."""
        deadline = time.monotonic() + _WITHIN
        while self._terminal >= 0:
            waited = select.select([self._terminal], [], [], max(0, deadline - time.monotonic()))
            assert waited[0], f"it does not end\n{self.seen[self._read_up_to :]}"
            if not self._read():
                break
        _pid, status = os.waitpid(self._pid, 0)
        self._pid = 0
        return os.waitstatus_to_exitcode(status)

    def hang_up(self) -> None:
        """Close the window."""
        os.close(self._terminal)
        self._terminal = -1

    def _read(self) -> bool:
        try:
            piece = os.read(self._terminal, 65536).decode(errors="replace")
        except OSError:  # EIO: it has let go of the terminal
            return False
        self.seen += piece.replace("\r\n", "\n")
        return bool(piece)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._pid:
            with suppress(ProcessLookupError):
                os.kill(self._pid, signal.SIGKILL)
            os.waitpid(self._pid, 0)
        if self._terminal >= 0:
            os.close(self._terminal)
