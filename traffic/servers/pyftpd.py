"""pyftpdlib: an FTP server (RFC 959) with named users, in a process of its own."""

import json
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from wirelab.emulator import Socket
from wirelab.traffic.daemon import Daemon, Place, listening
from wirelab.traffic.servers.ftp_home import FTP_PORT, HOME, file_facts, home_files

_PROGRAM = Path(__file__).with_name("pyftpd_main.py")


@dataclass(frozen=True)
class User:
    """Somebody who may log in."""

    name: str
    """Name, as in `USER name`; `anonymous` needs no password."""
    password: str = ""
    """Password, as in `PASS password`."""
    writable: bool = False
    """Whether the user may store, delete and rename files."""


@dataclass(frozen=True)
class Pyftpd(Daemon):
    """An FTP server; its users share one home folder, which they see as `/`."""

    users: tuple[User, ...] = (User("anonymous"),)
    """Who may log in."""
    home: Mapping[str, bytes] = field(default_factory=dict)
    """Files to offer: content by path."""
    passive_ports: tuple[int, int] = (40000, 40000)
    """First and last port for passive data connections; drawn at random where they differ."""
    banner: str = "Welcome"
    """What it says after 220 when a client connects."""
    login_delay: float = 0.0
    """Seconds from a wrong password to its 530."""
    name: str = "pyftpd"
    """What it is called in logs."""

    def argv(self, place: Place) -> tuple[str, ...]:
        """Return the command; `-I` keeps the user's Python settings out of it."""
        return (sys.executable, "-I", str(_PROGRAM), f"{place.folder}/pyftpd.json")

    def files(self, place: Place) -> dict[str, str | bytes]:
        """Return its configuration and the files it offers."""
        config = {
            "address": place.ip,
            "port": FTP_PORT,
            "home": str(place.folder / HOME),
            "events": str(place.folder / "events.jsonl"),
            "users": [asdict(user) for user in self.users],
            "passive_ports": self.passive_ports,
            "banner": self.banner,
            "login_delay": self.login_delay,
        }
        own = {"pyftpd.json": json.dumps(config, indent=2), f"{HOME}/.keep": ""}
        return own | home_files(self.home)

    def ready(self, place: Place, sockets: frozenset[Socket]) -> bool:
        """Say whether it listens."""
        return listening(sockets, "tcp", FTP_PORT, place.ip)

    def facts(self, place: Place) -> dict[str, object]:
        """Return its `files`, and the `logins` and `transfers` that it noted."""
        events = place.folder / "events.jsonl"
        lines = events.read_text().splitlines() if events.exists() else []
        told = [json.loads(line) for line in lines]
        return {
            "files": file_facts(self.home),
            "logins": [event["login"] for event in told if "login" in event],
            "transfers": [event["transfer"] for event in told if "transfer" in event],
        }
