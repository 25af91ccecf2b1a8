"""System calls of a sender, through ctypes.

`wirelab.emulator.syscalls` has some of them as well, but to import that is to import Mininet, and
a sender is to be ready at once.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import signal

MSG_DONTWAIT = 0x40
POLLIN, POLLOUT = 1, 4
_PR_SET_PDEATHSIG, _PR_SET_TIMERSLACK = 1, 29  # include/uapi/linux/prctl.h
_MCL_CURRENT = 1
_SOONEST = 1  # SCHED_FIFO: before everything ordinary, after everything urgent
_SECOND = 1_000_000_000

_libc = ctypes.CDLL(None, use_errno=True)
_sendmmsg = _libc.sendmmsg
_sendmmsg.argtypes = (ctypes.c_int, ctypes.c_void_p, ctypes.c_uint, ctypes.c_int)


def send_messages(fd: int, address: int, count: int) -> int:
    """Send up to `count` messages (sendmmsg(2)) without waiting; how many went, or -errno."""
    sent: int = _sendmmsg(fd, address, count, MSG_DONTWAIT)
    return sent if sent >= 0 else -ctypes.get_errno()


class _PollFd(ctypes.Structure):
    _fields_ = (("fd", ctypes.c_int), ("events", ctypes.c_short), ("revents", ctypes.c_short))


class _Timespec(ctypes.Structure):
    _fields_ = (("seconds", ctypes.c_long), ("nanoseconds", ctypes.c_long))


class Wait:
    """ppoll(2) on one descriptor or more, which waits to the nanosecond."""

    def __init__(self, events: dict[int, int]) -> None:
        """Takes what to wait for at each descriptor."""
        self._fds = (_PollFd * len(events))(*(_PollFd(fd, each) for fd, each in events.items()))
        self._count = ctypes.c_ulong(len(events))
        self._time = _Timespec()
        self._timeout = ctypes.byref(self._time)

    def first(self, nanoseconds: int) -> bool:
        """Whether the first descriptor is ready, after the first is, or that time has passed."""
        self._time.seconds, self._time.nanoseconds = divmod(nanoseconds, _SECOND)
        found = _libc.ppoll(self._fds, self._count, self._timeout, None)
        if found < 0 and ctypes.get_errno() != errno.EINTR:
            raise OSError(ctypes.get_errno(), "ppoll")
        return bool(found > 0 and self._fds[0].revents)


def end_with(parent: int) -> None:
    """Have the kernel end this process when its parent does; end at once if it has already."""
    _libc.prctl(_PR_SET_PDEATHSIG, ctypes.c_ulong(signal.SIGKILL), 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)


def wake_in_time() -> None:
    """Have the kernel wake this process when it is time, and keep its memory from being moved."""
    _libc.prctl(_PR_SET_TIMERSLACK, ctypes.c_ulong(1), 0, 0, 0)
    _libc.mlockall(_MCL_CURRENT)  # an ordinary user may not lock so much: then it is not locked


def run_first() -> bool:
    """Run before all ordinary processes; whether that is allowed."""
    with contextlib.suppress(PermissionError):  # of an ordinary user
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(_SOONEST))
        return True
    return False
