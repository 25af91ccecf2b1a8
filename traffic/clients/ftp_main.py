"""The program behind `ftp_session`: reads its orders as JSON, prints what came of them.

Orders: `server`, `port`, `commands`, `passive`, and `files` to store (contents in base64, by
name); see `ftp_session.py` for what it prints.
"""

import base64
import ftplib
import hashlib
import json
import socket
import sys
from typing import Any

_WITH_DATA = ("RETR", "LIST", "NLST")
_BLOCK = 65536


class Session(ftplib.FTP):
    """A session that notes what is said."""

    def __init__(self, *, passive: bool, files: dict[str, str]) -> None:
        super().__init__()
        self.set_pasv(passive)
        self.files = files
        self.told: dict[str, Any] = {
            "greeting": "",
            "exchanges": [],
            "transfers": [],
            "error": "",
        }

    def putcmd(self, line: str) -> None:
        """Note and send a command."""
        self.told["exchanges"].append({"command": line, "replies": []})
        super().putcmd(line)

    def getmultiline(self) -> str:
        """Receive and note a reply."""
        reply = super().getmultiline()
        if self.told["exchanges"]:
            self.told["exchanges"][-1]["replies"].append(reply)
        else:
            self.told["greeting"] = reply
        return reply

    def say(self, command: str) -> None:
        """Say one command, with a data connection where it needs one."""
        verb, _, name = command.partition(" ")
        try:
            if verb.upper() in _WITH_DATA:
                self._transfer(command, None)
            elif verb.upper() == "STOR":
                self._transfer(command, base64.b64decode(self.files[name]))
            else:
                self.sendcmd(command)
        except (ftplib.error_temp, ftplib.error_perm):
            return  # it is noted; the session goes on

    def _transfer(self, command: str, content: bytes | None) -> None:
        """Open a data connection, send `content` over it or receive, and note what passed."""
        with self.transfercmd(command) as data:
            address, port = data.getpeername()[:2]
            if content is None:
                content = _received(data)
            else:
                data.sendall(content)
        transfer = {"command": command, "address": address, "port": port, "size": len(content)}
        self.told["transfers"].append(transfer | {"sha256": hashlib.sha256(content).hexdigest()})
        self.voidresp()


def _received(data: socket.socket) -> bytes:
    """Return everything that comes until the other side has nothing more."""
    blocks = []
    while block := data.recv(_BLOCK):
        blocks.append(block)
    return b"".join(blocks)


def main(orders: dict[str, Any]) -> dict[str, Any]:
    """Hold the session and return what was said."""
    with Session(passive=orders["passive"], files=orders["files"]) as session:
        try:
            session.connect(orders["server"], orders["port"], timeout=20)
            for command in orders["commands"]:
                session.say(command)
        except (OSError, EOFError, ftplib.Error) as problem:
            session.told["error"] = str(problem) or type(problem).__name__
        if session.sock is not None:
            session.close()  # or leaving would say QUIT
        return session.told


if __name__ == "__main__":
    print(json.dumps(main(json.load(sys.stdin))))
