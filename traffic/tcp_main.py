"""The program behind `TcpListener` and `TcpCaller`: connections that do what they are told.

It takes a JSON file of orders (see `tcp_peers.py`) and runs until it is ended. Of each connection
it notes a line of JSON in `connections.jsonl` when it is over, or at the latest when the program
is ended; SIGUSR1 is what it waits for.
"""

import errno
import hashlib
import json
import signal
import socket
import struct
import sys
from pathlib import Path
from typing import Any

_BLOCK = 65536
_ABORT = struct.pack("ii", 1, 0)  # struct linger: on, for no time at all (socket(7))


class Talk:
    """One connection, and what came of it."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._seen, self._digest, self.error = 0, hashlib.sha256(), ""

    def hold(self, words: list[list[str]]) -> None:
        """Do what each word says; an error ends it."""
        try:
            for verb, argument in words:
                getattr(self, verb)(argument)
        except OSError as problem:
            self.error = errno.errorcode.get(problem.errno or 0, str(problem))
        self._connection.close()

    def told(self) -> dict[str, Any]:
        """What came of it."""
        return {"received": self._seen, "sha256": self._digest.hexdigest(), "error": self.error}

    def send(self, text: str) -> None:
        """Send a text."""
        self._connection.sendall(text.encode())

    def receive(self, size: str) -> None:
        """Read so many bytes, or to the end if that comes first."""
        missing = int(size)
        while missing and (block := self._connection.recv(min(missing, _BLOCK))):
            self._note(block)
            missing -= len(block)

    def drain(self, _: str) -> None:
        """Read until the other side has no more to say."""
        while block := self._connection.recv(_BLOCK):
            self._note(block)

    def wait(self, _: str) -> None:
        """Do nothing until told to go on."""
        signal.sigwaitinfo({signal.SIGUSR1})

    def finish(self, _: str) -> None:
        """Have no more to say, and go on listening."""
        self._connection.shutdown(socket.SHUT_WR)

    def reset(self, _: str) -> None:
        """Break it off."""
        self._connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _ABORT)
        self._connection.close()

    def _note(self, block: bytes) -> None:
        self._seen += len(block)
        self._digest.update(block)


def main(orders: dict[str, Any], folder: Path) -> None:
    """Hold one talk after the other, and then wait to be ended."""
    end = (orders["address"], orders["port"])
    with socket.socket() as listener, (folder / "connections.jsonl").open("w") as log:
        if orders["listens"]:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(end)
            listener.listen()
        for words in orders["talks"]:
            connection = listener.accept()[0] if orders["listens"] else _call(end, orders)
            (folder / "connected").touch()
            talk = Talk(connection)
            try:
                talk.hold(words)
            finally:  # also of one that is under way when we are ended
                print(json.dumps(talk.told()), file=log, flush=True)
        while True:
            signal.pause()


def _call(end: tuple[str, int], orders: dict[str, Any]) -> socket.socket:
    caller = socket.socket()
    if orders["receive_buffer"]:
        caller.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, orders["receive_buffer"])
    caller.connect(end)
    return caller


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR1})  # it is waited for
    _path = Path(sys.argv[1])
    main(json.loads(_path.read_text()), _path.parent)
