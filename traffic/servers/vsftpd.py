"""vsftpd: an FTP server (RFC 959) for anonymous users.

It runs as whoever started it, which it allows for anonymous service only: to let a named user
in it must change user and groups, and with a single mapped user id the kernel forbids that.
Nor can it make the home folder the root: clients see its whole path.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from wirelab.emulator import Socket
from wirelab.traffic.daemon import Daemon, Place, listening
from wirelab.traffic.servers.ftp_home import FTP_PORT, HOME, file_facts, home_files
from wirelab.traffic.templates import render


@dataclass(frozen=True)
class Vsftpd(Daemon):
    """An FTP server whose users are `anonymous` and `ftp`, with any password."""

    home: Mapping[str, bytes] = field(default_factory=dict)
    """Files to offer: content by path."""
    passive_ports: tuple[int, int] = (40000, 40000)
    """First and last port for passive data connections; drawn at random where they differ."""
    writable: bool = False
    """Whether users may store files."""
    banner: str = "Welcome"
    """What it says after 220 when a client connects."""
    name: str = "vsftpd"
    """What it is called in logs."""

    def argv(self, place: Place) -> tuple[str, ...]:
        """Return the command."""
        return ("vsftpd", f"{place.folder}/vsftpd.conf")

    def files(self, place: Place) -> dict[str, str | bytes]:
        """Return its configuration and the files it offers."""
        config = render(
            "vsftpd.conf.j2",
            daemon=self,
            address=place.ip,
            home=place.folder / HOME,
            log=place.log,
        )
        return {"vsftpd.conf": config, f"{HOME}/.keep": ""} | home_files(self.home)

    def ready(self, place: Place, sockets: frozenset[Socket]) -> bool:
        """Say whether it listens."""
        return listening(sockets, "tcp", FTP_PORT, place.ip)

    def facts(self, place: Place) -> dict[str, object]:
        """Return its `files`, and the `logins` and `transfers` of its log."""
        told = parse_log(place.log.read_text(errors="replace"), f"{place.folder / HOME}/")
        return {"files": file_facts(self.home)} | told


_LOGIN = re.compile(r'\[(?P<user>[^\]]+)\] (?P<outcome>OK|FAIL) LOGIN: Client "(?P<client>[^"]+)"')
_TRANSFER = re.compile(
    r'(?P<outcome>OK|FAIL) (?P<kind>DOWNLOAD|UPLOAD): Client "(?P<client>[^"]+)", '
    r'"(?P<file>[^"]+)", (?P<bytes>\d+) bytes'
)


def parse_log(text: str, home: str) -> dict[str, object]:
    """Return the `logins` and `transfers` of vsftpd's log; `home` is cut off file names."""
    logins = [
        {"user": found["user"], "client": found["client"], "ok": found["outcome"] == "OK"}
        for found in _LOGIN.finditer(text)
    ]
    transfers = [
        {
            "kind": found["kind"].lower(),
            "file": found["file"].removeprefix(home),
            "bytes": int(found["bytes"]),
            "client": found["client"],
            "ok": found["outcome"] == "OK",
        }
        for found in _TRANSFER.finditer(text)
    ]
    return {"logins": logins, "transfers": transfers}
