"""Where a live capture goes: a file, or a pipe whose reader takes it when it likes."""

import errno
import os
import select
import stat

_AT_ONCE = 1 << 20
MUCH = 4 << 20
"""With so many bytes waiting nothing should be added: whoever has more keeps it."""


class Outlet:
    """Bytes on their way into a descriptor, none of whose users is made to wait.

    The descriptor is left as it is: one that does not block would not do so for anybody who has
    it, and standard output is often the terminal of a shell.
    """

    def __init__(self, fd: int) -> None:
        """Begin with nothing to write; `fd` stays its owner's."""
        self.fd = fd
        self._bytes = bytearray()
        # A pipe that can be written takes at least PIPE_BUF bytes without blocking (pipe(7)).
        steady = stat.S_ISREG(os.fstat(fd).st_mode)
        self._most = _AT_ONCE if steady else select.PIPE_BUF
        self._poll = select.poll()
        self._poll.register(fd, select.POLLOUT)

    @property
    def waiting(self) -> int:
        """How many bytes are not written yet."""
        return len(self._bytes)

    def put(self, data: bytes) -> None:
        """Have `data` written, after what waits."""
        self._bytes += data

    def send(self) -> None:
        """Write what is taken without waiting.

        Raises:
            BrokenPipeError: nobody reads any more.
            OSError: it cannot be written, as on a full disk.
        """
        while self._bytes and self.ready(0):
            del self._bytes[: os.write(self.fd, self._bytes[: self._most])]

    def ready(self, milliseconds: int) -> bool:
        """Wait until something can be written, and say whether it can.

        Raises:
            BrokenPipeError: nobody reads any more.
        """
        for _fd, event in self._poll.poll(milliseconds):
            if event & (select.POLLERR | select.POLLHUP | select.POLLNVAL):
                raise BrokenPipeError(errno.EPIPE, os.strerror(errno.EPIPE))
            return True
        return False
