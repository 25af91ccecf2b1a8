"""Running a program in a node of a lab from outside: with our descriptors, or our terminal.

On a terminal the program gets one of its own (pty(7)), and bytes are carried to and fro: only the
session that a terminal belongs to can have Ctrl-C, job control and background jobs on it.
"""

import os
import signal
import socket
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

from wirelab.live.client import Control
from wirelab.live.relay import relayed, terminal_pair
from wirelab.live.whereabouts import here

_FORWARDED = (signal.SIGINT, signal.SIGQUIT, signal.SIGTERM, signal.SIGHUP)


def run_in(control: Control, node: str, argv: Sequence[str]) -> int:
    """Run a program in a node and return its exit status, 128 and more for a signal.

    It has our standard input, output and error, our folder and environment; signals that come to
    us go to it.

    Raises:
        LiveError: there is no such node, or the lab ended meanwhile.
    """
    ours, theirs = socket.socketpair()
    with ours, _forwarded(ours):
        request = {
            "do": "exec", "node": node, "argv": list(argv), "cwd": here(),
            "environ": dict(os.environ),
        }  # fmt: skip
        with theirs:
            begin = _on_terminal if sys.stdout.isatty() and _at_our_terminal() else _directly
            status = begin(control, request, theirs.fileno())
    return status if status >= 0 else 128 - status


def _at_our_terminal() -> bool:
    """Say whether standard input is a terminal that is ours now.

    A job in the background (`lab exec … &`) that reads from it, or changes its modes, is stopped.
    """
    if not sys.stdin.isatty():
        return False
    with suppress(OSError):  # of another session: nobody stops us
        return os.tcgetpgrp(0) == os.getpgrp()
    return True


def _directly(control: Control, request: dict[str, Any], signals: int) -> int:
    # The program is of another session, which nobody keeps from reading what is typed elsewhere.
    stdin = os.open(os.devnull, os.O_RDONLY) if sys.stdin.isatty() and not _at_our_terminal() else 0
    answer = control.ask(request, [stdin, 1, 2, signals])
    return int(answer["status"])


def _on_terminal(control: Control, request: dict[str, Any], signals: int) -> int:
    outer, inner = terminal_pair()
    try:
        stderr = inner if sys.stderr.isatty() else 2
        control.send({**request, "terminal": True}, [inner, inner, stderr, signals])
        os.close(inner)
        inner = -1
        relayed(outer, until=control.fileno())
        return int(control.answer()["status"])
    finally:
        for fd in (outer, inner):
            if fd >= 0:
                os.close(fd)


@contextmanager
def _forwarded(ours: socket.socket) -> Iterator[None]:
    """Within, signals that would end us are sent on."""
    before = {number: signal.getsignal(number) for number in _FORWARDED}
    heard = [number for number in _FORWARDED if before[number] is not signal.SIG_IGN]
    try:
        for number in heard:
            signal.signal(number, lambda n, _frame: ours.send(bytes([n])))
        yield
    finally:
        for number in heard:
            signal.signal(number, before[number])
