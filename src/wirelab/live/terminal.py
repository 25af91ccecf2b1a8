"""The terminal of a prompt: whose turn it is, from the prompt to a command and back.

The prompt is a process group of its own, and so is each command that it runs in a node; the
terminal sends Ctrl-C to the group that has it (termios(3), tcsetpgrp). So a Ctrl-C ends a
command, or the line that is being typed, and neither the lab nor its servers.
"""

import os
import signal
import subprocess
import termios
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from wirelab.live.errors import LiveError


def see_that_it_is_ours(fd: int) -> None:
    """See that this process may read from the terminal, which a job in the background may not.

    Raises:
        LiveError: it may not.
    """
    if os.tcgetpgrp(fd) != os.getpgrp():
        raise LiveError("lab shell reads from the terminal: start it in the foreground")


def give(fd: int, group: int) -> None:
    """Give the terminal to a process group; whoever does so may be in the background."""
    held = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTTOU})
    try:
        os.tcsetpgrp(fd, group)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, held)


class Terminal:
    """The terminal of a prompt that has a process group of its own."""

    def __init__(self, fd: int) -> None:
        """Take it."""
        self._fd = fd
        os.setpgid(0, 0)
        give(fd, os.getpgrp())
        self._modes = termios.tcgetattr(fd)

    def attend(self, process: subprocess.Popen[Any]) -> int:
        """Let a command that is a group of its own have the terminal until it ends.

        One that stops itself goes on: there are no jobs here.

        Returns:
            Its exit status; negative for a signal.
        """
        with self._lent(process.pid):
            while True:
                _pid, status = os.waitpid(process.pid, os.WUNTRACED)
                if not os.WIFSTOPPED(status):
                    process.returncode = os.waitstatus_to_exitcode(status)
                    return process.returncode
                os.killpg(process.pid, signal.SIGCONT)

    @contextmanager
    def _lent(self, group: int) -> Iterator[None]:
        with suppress(ProcessLookupError, PermissionError):  # it is over already
            give(self._fd, group)
        try:
            yield
        finally:
            give(self._fd, os.getpgrp())
            termios.tcsetattr(self._fd, termios.TCSADRAIN, self._modes)
