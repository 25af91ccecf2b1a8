"""A way through to a server for an SSH client, which notes what passes (ssh's ProxyCommand).

Arguments: the server's address, its port, and a file for what it noted, as JSON: for `sent` and
`received` the number of bytes, `size`, and their hash, `sha256`. The file appears when both sides
have ended.
"""

import hashlib
import json
import os
import select
import signal
import socket
import sys
from contextlib import suppress
from pathlib import Path

_BLOCK = 65536
_STDIN, _STDOUT = 0, 1


class Noted:
    """What has passed in one direction."""

    def __init__(self) -> None:
        self.size = 0
        self.hash = hashlib.sha256()

    def add(self, data: bytes) -> None:
        """Note some more."""
        self.size += len(data)
        self.hash.update(data)

    def told(self) -> dict[str, object]:
        """Return it for JSON."""
        return {"size": self.size, "sha256": self.hash.hexdigest()}


def relay(server: socket.socket) -> dict[str, Noted]:
    """Carry what comes either way until neither side has more to say."""
    noted = {"sent": Noted(), "received": Noted()}
    open_ends = {_STDIN, server.fileno()}
    while open_ends:
        for end in select.select(sorted(open_ends), [], [])[0]:
            data = os.read(end, _BLOCK)
            if not data:
                open_ends.discard(end)
            if end == _STDIN:
                noted["sent"].add(data)
                server.sendall(data) if data else server.shutdown(socket.SHUT_WR)
            else:
                noted["received"].add(data)
                with suppress(BrokenPipeError):  # the client has gone before the server's last word
                    os.write(_STDOUT, data) if data else os.close(_STDOUT)
    return noted


def main(address: str, port: str, report: Path) -> None:
    """Relay, and report."""
    signal.signal(signal.SIGHUP, signal.SIG_IGN)  # ssh's goodbye, which comes before the server's
    with socket.create_connection((address, int(port)), timeout=20) as server:
        server.settimeout(None)
        server.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        noted = relay(server)
    whole = report.with_suffix(".partial")
    whole.write_text(json.dumps({way: each.told() for way, each in noted.items()}))
    whole.rename(report)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], Path(sys.argv[3]))
