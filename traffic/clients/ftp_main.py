"""The program behind `ftp_session`: reads its orders as JSON, prints what came of them.

Orders: `server`, `port`, `commands`, `passive`; see `ftp_session.py` for what it prints.
"""

import ftplib
import hashlib
import json
import sys
from typing import Any

_WITH_DATA = ("RETR", "LIST", "NLST")
_BLOCK = 65536


class Session(ftplib.FTP):
    """A session that notes what is said."""

    def __init__(self, *, passive: bool) -> None:
        super().__init__()
        self.set_pasv(passive)
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
        verb = command.partition(" ")[0].upper()
        try:
            if verb in _WITH_DATA:
                self._fetch(command)
            else:
                self.sendcmd(command)
        except (ftplib.error_temp, ftplib.error_perm):
            return  # it is noted; the session goes on

    def _fetch(self, command: str) -> None:
        digest, size = hashlib.sha256(), 0
        with self.transfercmd(command) as data:
            address, port = data.getpeername()[:2]
            while block := data.recv(_BLOCK):
                digest.update(block)
                size += len(block)
        transfer = {"command": command, "address": address, "port": port, "size": size}
        self.told["transfers"].append(transfer | {"sha256": digest.hexdigest()})
        self.voidresp()


def main(orders: dict[str, Any]) -> dict[str, Any]:
    """Hold the session and return what was said."""
    with Session(passive=orders["passive"]) as session:
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
