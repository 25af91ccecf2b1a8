"""A network namespace, held by its file descriptor and worked through its netlink socket."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import count
from pathlib import Path

from wirelab.emulator.errors import NodeError
from wirelab.emulator.netlink import Netlink
from wirelab.emulator.syscalls import CLONE_NEWNET, setns, unshare

# Above what a kernel gives the devices that it puts into every namespace (lo, tunl0, sit0, …).
_FIRST_INDEX = 101
_SELF = "/proc/thread-self/ns/net"
_READ_ONLY = os.O_RDONLY | os.O_CLOEXEC


class NetNamespace:
    """A network namespace that lives as long as this object holds it open."""

    def __init__(self, fd: int, home: int, netlink: Netlink) -> None:
        self.fd = fd
        self._home = home
        self.netlink = netlink
        self._indexes = count(_FIRST_INDEX)

    def next_index(self) -> int:
        """Return an interface index that nothing in this namespace has yet."""
        return next(self._indexes)

    @classmethod
    def current(cls) -> "NetNamespace":
        """Return the namespace that the calling thread is in."""
        return cls(os.open(_SELF, _READ_ONLY), os.open(_SELF, _READ_ONLY), Netlink())

    @classmethod
    def create(cls, sysctls: Mapping[str, str | int]) -> "NetNamespace":
        """Make a new, empty namespace with `sysctls` set before any interface is in it."""
        home = os.open(_SELF, _READ_ONLY)
        unshare(CLONE_NEWNET)
        try:
            write_sysctls(sysctls)
            return cls(os.open(_SELF, _READ_ONLY), home, Netlink())
        finally:
            setns(home, CLONE_NEWNET)

    @contextmanager
    def entered(self) -> Iterator[None]:
        """Put the calling thread into this namespace for the length of a `with`."""
        setns(self.fd, CLONE_NEWNET)
        try:
            yield
        finally:
            setns(self._home, CLONE_NEWNET)

    def sysctl(self, name: str, value: str | int) -> None:
        """Set a sysctl of this namespace, named as in `net.ipv4.ip_forward`."""
        with self.entered():
            write_sysctls({name: value})

    def read_sysctl(self, name: str) -> str:
        """Return the value of a sysctl of this namespace."""
        with self.entered():
            return _path(name).read_text().strip()

    def close(self) -> None:
        """Let go of the namespace; the kernel removes it once nothing runs in it."""
        self.netlink.close()
        os.close(self.fd)
        os.close(self._home)


def write_sysctls(values: Mapping[str, str | int]) -> None:
    """Set sysctls of the calling thread's network namespace.

    Raises:
        NodeError: there is no such sysctl here, or it does not take the value.
    """
    for name, value in values.items():
        try:
            fd = os.open(_path(name), os.O_WRONLY | os.O_CLOEXEC)
            try:
                os.write(fd, str(value).encode())
            finally:
                os.close(fd)
        except OSError as error:
            raise NodeError(f"sysctl {name}={value}: {error.strerror}") from error


def _path(name: str) -> Path:
    # An interface's name may hold a dot, and is then written with a slash, as sysctl(8) does.
    return Path("/proc/sys", name.replace("/", "\0").replace(".", "/").replace("\0", "."))
