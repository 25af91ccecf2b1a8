"""The process outside of a sandbox that keeps a lab: it has the socket, and tidies up."""

import os
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection, Pipe, wait
from types import FrameType
from typing import Any

from wirelab.emulator import SandboxError, sandbox
from wirelab.live import folder

_ENDING = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT)

Tell = Callable[[dict[str, Any]], None]
Work = Callable[[socket.socket, Tell], object]
"""What the sandbox does: it gets the socket, and says (once) that it is ready, and what it is."""


def keep(name: str, work: Work, ready: Tell, *, terminal: bool = False) -> object:
    """Run `work` in a sandbox, let it be found under `name` when it is ready; return its answer.

    A signal that asks this process to end ends it: then the answer is None.

    Args:
        name: what the lab is called.
        work: runs in the sandbox.
        ready: is called here, with what `work` said, when the lab can be found.
        terminal: whether the lab stays in the session of the terminal.

    Raises:
        LiveError: a lab of that name runs already.
        EmulatorError: what `work` raised.
    """
    listening = folder.listening()
    told, tell = Pipe()
    try:
        with listening, told, tell, _Ending.heard() as ending:
            child = sandbox.start(_inside, work, listening, tell, keep_terminal=terminal)
            try:
                listening.close()  # nobody but the lab shall listen
                ending.of(child)
                _announce(name, told, child, ready)
                return child.result()
            except SandboxError:
                if ending.asked:
                    return None
                raise
            finally:
                child.kill()
    finally:
        folder.withdraw()


def _announce(name: str, told: Connection, child: sandbox.Child, ready: Tell) -> None:
    """Wait until the lab is ready, and let it be found; do nothing where it ends before."""
    if told in wait([told, child.answers]):
        saying = told.recv()
        folder.publish(name)
        ready(saying)
        told.send(None)


def _inside(work: Work, listening: socket.socket, tell: Connection) -> object:
    for number in _ENDING:
        signal.signal(number, signal.SIG_DFL)

    def say(what: dict[str, Any]) -> None:
        tell.send(what)
        tell.recv()  # until it has its name: that may be taken, and then this is the end

    return work(listening, say)


class _Ending:
    """Whether a signal has asked this process to end; then its sandbox is told to."""

    def __init__(self) -> None:
        self.asked = False
        self._child: sandbox.Child | None = None
        self._owner = os.getpid()

    @classmethod
    @contextmanager
    def heard(cls) -> "Iterator[_Ending]":
        """Hear signals for the length of a `with`; those that are ignored stay so."""
        ending = cls()
        before = {number: signal.getsignal(number) for number in _ENDING}
        heard = [number for number in _ENDING if before[number] is not signal.SIG_IGN]
        try:
            for number in heard:
                signal.signal(number, ending._handle)
            yield ending
        finally:
            for number in heard:
                signal.signal(number, before[number])

    def of(self, child: sandbox.Child) -> None:
        """Name the sandbox that is to end."""
        self._child = child
        if self.asked:
            child.terminate()

    def _handle(self, number: int, _frame: FrameType | None) -> None:
        if os.getpid() != self._owner:
            os._exit(128 + number)  # a fork of ours that has no handlers of its own yet
        self.asked = True
        if self._child is not None:
            self._child.terminate()
