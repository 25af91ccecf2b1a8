"""The program behind `Pyftpd`: pyftpdlib with users, passive ports and a log of events.

It takes one argument, a JSON file (see `pyftpd.py`), and runs until it is ended.
"""

import json
import logging
import os
import signal
import sys
from pathlib import Path
from types import FrameType
from typing import Any

from pyftpdlib.authorizers import DummyAuthorizer
from pyftpdlib.handlers import FTPHandler
from pyftpdlib.servers import FTPServer

_READ, _WRITE = "elr", "adfmwMT"  # pyftpdlib's letters for what a user may do


class PatientDTP(FTPHandler.passive_dtp):  # type: ignore[misc]  # pyftpdlib is untyped
    """The listening socket of a passive data connection, which accepts when it is told to.

    As a rule it would accept at once, and RETR be answered with 125 or 150 (RFC 959 section 5.4)
    by chance: whether the connection or the command is seen first. Now it is always 150.
    """

    def __init__(self, cmd_channel: FTPHandler, extmode: bool = False) -> None:
        super().__init__(cmd_channel, extmode)
        if self.accepting:
            self.ioloop.modify(self.socket.fileno(), 0)

    def accept_now(self) -> None:
        """Accept the client's connection as soon as it is there."""
        self.ioloop.modify(self.socket.fileno(), self.ioloop.READ)


class Handler(FTPHandler):  # type: ignore[misc]  # pyftpdlib is untyped
    """One client's control connection; notes logins and transfers."""

    events: Path
    passive_dtp = PatientDTP
    # An empty password is sent as `PASS ` and is not the missing argument that pyftpdlib sees.
    proto_cmds = FTPHandler.proto_cmds | {"PASS": FTPHandler.proto_cmds["PASS"] | {"arg": None}}

    def process_command(self, cmd: str, *args: Any, **kwargs: Any) -> None:
        """Carry out a command; a transfer is what a passive data connection waits for."""
        super().process_command(cmd, *args, **kwargs)
        state = vars(self)  # which pyftpdlib empties when it has hung up
        transfer = state.get("_out_dtp_queue") or state.get("_in_dtp_queue")
        if transfer is not None and isinstance(self._dtp_acceptor, PatientDTP):
            self._dtp_acceptor.accept_now()

    def ftp_PASS(self, line: str | None) -> Any:  # noqa: N802 - pyftpdlib's name
        """Check the password."""
        return super().ftp_PASS(line or "")

    def on_login(self, username: str) -> None:
        """Note a login."""
        self._note("login", user=username, ok=True)

    def on_login_failed(self, username: str, password: str) -> None:
        """Note a login that failed."""
        del password
        self._note("login", user=username, ok=False)

    def on_file_sent(self, file: str) -> None:
        """Note a download."""
        self._note_transfer("download", file, ok=True)

    def on_file_received(self, file: str) -> None:
        """Note an upload."""
        self._note_transfer("upload", file, ok=True)

    def on_incomplete_file_sent(self, file: str) -> None:
        """Note a download that was broken off."""
        self._note_transfer("download", file, ok=False)

    def on_incomplete_file_received(self, file: str) -> None:
        """Note an upload that was broken off."""
        self._note_transfer("upload", file, ok=False)

    def _note_transfer(self, kind: str, file: str, *, ok: bool) -> None:
        home = self.authorizer.get_home_dir(self.username)
        path = os.path.relpath(file, home)
        self._note("transfer", kind=kind, file=path, bytes=Path(file).stat().st_size, ok=ok)

    def _note(self, what: str, **fields: object) -> None:
        with self.events.open("a") as log:
            log.write(json.dumps({what: fields | {"client": self.remote_ip}}) + "\n")


def authorizer(config: dict[str, Any]) -> DummyAuthorizer:
    """Return pyftpdlib's list of users."""
    found = DummyAuthorizer()
    for user in config["users"]:
        may = _READ + (_WRITE if user["writable"] else "")
        if user["name"] == "anonymous":
            found.add_anonymous(config["home"], perm=may)
        else:
            found.add_user(user["name"], user["password"], config["home"], perm=may)
    return found


def main(config: dict[str, Any]) -> None:
    """Serve until SIGTERM."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    Handler.events = Path(config["events"])
    Handler.authorizer = authorizer(config)
    Handler.banner = config["banner"]
    Handler.auth_failed_timeout = config["login_delay"]
    first, last = config["passive_ports"]
    Handler.passive_ports = range(first, last + 1)
    server = FTPServer((config["address"], config["port"]), Handler)

    def end(_number: int, _frame: FrameType | None) -> None:
        sys.exit(0)

    signal.signal(signal.SIGTERM, end)
    server.serve_forever(handle_exit=False)


if __name__ == "__main__":
    main(json.loads(Path(sys.argv[1]).read_text()))
