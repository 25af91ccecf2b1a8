"""Our terminal and one inside: what is typed goes in, what is printed comes out."""

import errno
import fcntl
import os
import pty
import select
import signal
import termios
import tty
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

_PIECE = 65536  # bytes
_SILENCE = 0.1
"""Seconds without output after which a program's is over, where its children keep the terminal."""


def terminal_pair() -> tuple[int, int]:
    """Return a new terminal, of the size of ours: the side of who types, and of the program."""
    outer, inner = pty.openpty()
    _resize(outer)
    return outer, inner


def relayed(outer: int, until: int) -> None:
    """Carry bytes between standard input and output and `outer` until `until` has something.

    What was printed before that comes out, too.
    """
    with _raw(), _resized(outer):
        waiting, open_ends = b"", {0, outer}
        while True:
            reading = [*(open_ends - ({0} if waiting else set())), until]
            ready, writable, _ = select.select(reading, [outer] if waiting else [], [])
            if writable:
                waiting = waiting[os.write(outer, waiting) :]
            if 0 in ready:
                waiting = _read(0)
                open_ends -= set() if waiting else {0}
            if outer in ready and not _printed(outer):
                open_ends.discard(outer)
            if until in ready:
                break
        while outer in open_ends and select.select([outer], [], [], _SILENCE)[0]:
            if not _printed(outer):
                break


def _printed(outer: int) -> bool:
    """Print what came; say whether more may."""
    data = _read(outer)
    left = data
    while left:
        left = left[os.write(1, left) :]
    return bool(data)


def _read(fd: int) -> bytes:
    try:
        return os.read(fd, _PIECE)
    except OSError:  # EIO: nobody has the other side of the terminal any more
        return b""


@contextmanager
def _raw() -> Iterator[None]:
    """Within, our terminal passes every key on: Ctrl-C is for the program inside."""
    before = termios.tcgetattr(0)
    try:
        # What was typed ahead is for the program.
        _through_signals(lambda: tty.setraw(0, termios.TCSADRAIN))
        yield
    finally:
        with suppress(termios.error):  # the terminal is gone
            _through_signals(lambda: termios.tcsetattr(0, termios.TCSADRAIN, before))


def _through_signals(change: Callable[[], object]) -> None:
    """Change modes of a terminal, again where a signal came while its output drained."""
    while True:
        try:
            change()
        except termios.error as error:
            if error.args[0] != errno.EINTR:
                raise
        else:
            return


@contextmanager
def _resized(outer: int) -> Iterator[None]:
    """Within, the terminal inside follows the size of ours."""
    before = signal.signal(signal.SIGWINCH, lambda *_: _resize(outer))
    try:
        yield
    finally:
        signal.signal(signal.SIGWINCH, before)


def _resize(outer: int) -> None:
    size = fcntl.ioctl(0, termios.TIOCGWINSZ, bytes(8))
    fcntl.ioctl(outer, termios.TIOCSWINSZ, size)
