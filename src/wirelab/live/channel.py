"""The wire between a running lab and the commands: a JSON line a message, descriptors beside it.

Messages go over a Unix stream socket. The descriptors of a message (SCM_RIGHTS, unix(7)) come
with its first byte; whoever receives them owns them. Each side sends one message and then waits
for the other's, the client first.
"""

import json
import os
import socket
from collections.abc import Mapping, Sequence
from typing import Any

_MOST_DESCRIPTORS = 16
_PIECE = 65536  # bytes
_LONGEST = 16 << 20  # bytes of a message: nobody sends more


class Channel:
    """One end of a connection."""

    def __init__(self, connected: socket.socket) -> None:
        self._socket = connected

    def fileno(self) -> int:
        """Return the descriptor to wait on."""
        return self._socket.fileno()

    def send(self, message: Mapping[str, Any], fds: Sequence[int] = ()) -> None:
        """Send a message, with duplicates of descriptors.

        Raises:
            OSError: the other side is gone.
        """
        line = json.dumps(message).encode() + b"\n"
        sent = socket.send_fds(self._socket, [line], list(fds)) if fds else 0
        self._socket.sendall(line[sent:])

    def receive(self) -> tuple[dict[str, Any], list[int]] | None:
        """Return the next message and its descriptors; None when the other side has ended.

        Raises:
            ValueError: what came is no message.
            OSError: the connection broke.
        """
        line, fds = b"", list[int]()
        try:
            while not line.endswith(b"\n"):
                piece, more, flags, _address = socket.recv_fds(
                    self._socket, _PIECE, _MOST_DESCRIPTORS
                )
                fds += more
                line += piece
                if not piece:
                    close_all(fds)
                    return None
                if flags & socket.MSG_CTRUNC or len(line) > _LONGEST:
                    raise ValueError("the message is too long, or has too many descriptors")
            message = json.loads(line)
            if not isinstance(message, dict):
                raise ValueError("the message is no JSON object")
        except BaseException:
            close_all(fds)
            raise
        return message, fds

    def close(self) -> None:
        """End the connection."""
        self._socket.close()


def close_all(fds: Sequence[int]) -> None:
    """Close descriptors."""
    for fd in fds:
        os.close(fd)
