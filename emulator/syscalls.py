"""The few system calls that Python 3.11 does not wrap: namespaces, mounts, prctl.

`os.unshare` and `os.setns` exist from Python 3.12 on only.
"""

import ctypes
import errno
import os
from collections.abc import Sequence

# include/uapi/linux/sched.h
CLONE_FS = 0x0000_0200
CLONE_NEWNS = 0x0002_0000
CLONE_NEWUTS = 0x0400_0000
CLONE_NEWIPC = 0x0800_0000
CLONE_NEWUSER = 0x1000_0000
CLONE_NEWPID = 0x2000_0000
CLONE_NEWNET = 0x4000_0000

# include/uapi/linux/mount.h
MS_NOSUID = 0x2
MS_NODEV = 0x4
MS_NOEXEC = 0x8
MS_BIND = 0x1000
MS_REC = 0x4000
MS_PRIVATE = 0x40000

# include/uapi/linux/prctl.h
PR_SET_PDEATHSIG = 1
PR_SET_TIMERSLACK = 29

_libc = ctypes.CDLL(None, use_errno=True)


def _checked(result: int, doing: str) -> None:
    if result != 0:
        code = ctypes.get_errno()
        raise OSError(code, f"{doing}: {os.strerror(code)}")


def unshare(flags: int) -> None:
    """Give this task new namespaces of the kinds in `flags` (unshare(2))."""
    _checked(_libc.unshare(flags), f"unshare({flags:#x})")


def setns(fd: int, kind: int) -> None:
    """Move this task into the namespace that `fd` stands for (setns(2))."""
    _checked(_libc.setns(fd, kind), "setns")


def mount(source: str, target: str, fstype: str = "", flags: int = 0, data: str = "") -> None:
    """Mount `source` on `target` (mount(2))."""
    result = _libc.mount(
        source.encode(),
        target.encode(),
        fstype.encode() or None,
        ctypes.c_ulong(flags),
        data.encode() or None,
    )
    _checked(result, f"mount {fstype or source} on {target}")


def sethostname(name: str) -> None:
    """Set the host name of this UTS namespace."""
    encoded = name.encode()
    _checked(_libc.sethostname(encoded, ctypes.c_size_t(len(encoded))), "sethostname")


def die_with_parent(signal: int) -> None:
    """Ask the kernel to send `signal` to this process when its parent thread ends (prctl(2))."""
    _checked(_libc.prctl(PR_SET_PDEATHSIG, ctypes.c_ulong(signal), 0, 0, 0), "prctl(PDEATHSIG)")


def timer_slack(nanoseconds: int) -> None:
    """Say how late the kernel may be to wake this thread, so as to wake others with it."""
    slack = ctypes.c_ulong(nanoseconds)
    _checked(_libc.prctl(PR_SET_TIMERSLACK, slack, 0, 0, 0), "prctl(TIMERSLACK)")


class _PollFd(ctypes.Structure):
    _fields_ = (("fd", ctypes.c_int), ("events", ctypes.c_short), ("revents", ctypes.c_short))


class _Timespec(ctypes.Structure):
    _fields_ = (("seconds", ctypes.c_long), ("nanoseconds", ctypes.c_long))


class Poll:
    """ppoll(2), which waits to the nanosecond; Python's own waits to the millisecond."""

    _POLLIN = 1

    def __init__(self, fds: Sequence[int]) -> None:
        self._fds = (_PollFd * len(fds))(*(_PollFd(fd, self._POLLIN, 0) for fd in fds))

    def wait(self, nanoseconds: int | None) -> frozenset[int]:
        """Return what is ready to be read, or has failed, within that time; None for any."""
        timeout = None
        if nanoseconds is not None:
            timeout = ctypes.byref(_Timespec(*divmod(nanoseconds, 1_000_000_000)))
        found = _libc.ppoll(self._fds, ctypes.c_ulong(len(self._fds)), timeout, None)
        if found < 0 and ctypes.get_errno() != errno.EINTR:
            _checked(found, "ppoll")
        return (
            frozenset(each.fd for each in self._fds if each.revents) if found > 0 else frozenset()
        )
