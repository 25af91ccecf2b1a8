"""Signals that end a command: it cleans up first, and its exit status tells which it was."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stopped(Exception):  # noqa: N818 - named after what happened
    """A signal asked the command to end."""

    def __init__(self, number: int) -> None:
        super().__init__(signal.Signals(number).name)
        self.status = 128 + number
        """The exit status that shells give to a command which a signal ended."""


class Stop:
    """Whether a signal has asked the command to end; its descriptor then becomes readable.

    A handler that raises an exception is not good enough: one that hits a callback of the
    interpreter's (fork hooks, finalizers) is printed and forgotten.
    """

    def __init__(self) -> None:
        self._asked, self._ask = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)
        self._owner = os.getpid()

    def fileno(self) -> int:
        """Return the descriptor to wait on."""
        return self._asked

    def handle(self, number: int, _frame: FrameType | None) -> None:
        """Take a signal."""
        if os.getpid() != self._owner:
            os._exit(128 + number)  # a fork of ours that has no handler of its own yet
        os.write(self._ask, bytes([number]))

    def check(self) -> None:
        """Raise `Stopped` if a signal came."""
        try:
            raise Stopped(os.read(self._asked, 1)[0])
        except BlockingIOError:
            return

    def close(self) -> None:
        """Let go of the descriptors."""
        os.close(self._asked)
        os.close(self._ask)


def die_of_ctrl_c() -> None:
    """Have Ctrl-C simply end the process, for as long as there is nothing to clean up."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)


@contextmanager
def stoppable() -> Iterator[Stop]:
    """Within, ending signals are noted in a `Stop`; those that the caller ignores stay ignored."""
    stop = Stop()
    before = {number: signal.getsignal(number) for number in _ENDING}
    heard = [number for number in _ENDING if before[number] is not signal.SIG_IGN]
    try:
        for number in heard:
            signal.signal(number, stop.handle)
        yield stop
    finally:
        for number in heard:
            signal.signal(number, before[number])
        stop.close()
