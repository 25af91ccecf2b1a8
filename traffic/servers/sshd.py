"""OpenSSH's server (RFC 4253), for transfers by SFTP.

A server that is root wants a user for its unprivileged half, changes its root folder and its
groups, none of which works with a single mapped user id. As an ordinary user it does without. So
it gets a user namespace of its own, in which it is the user who logs in.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from wirelab.emulator import Socket
from wirelab.traffic.clients.ssh_key import SshKey
from wirelab.traffic.daemon import Daemon, Place, listening
from wirelab.traffic.servers.ftp_home import HOME, file_facts, home_files
from wirelab.traffic.templates import render

SSH_PORT = 22
_UID = 1000  # of the user inside
_SFTP_SERVER = "/usr/lib/openssh/sftp-server"


@dataclass(frozen=True)
class Sshd(Daemon):
    """An SSH server that lets one user in, by a key, and to files only."""

    host_key: SshKey
    """By which clients know it."""
    user_key: str
    """The public key of the user, as a line of `authorized_keys`."""
    user: str = "chris"
    """The user's name."""
    home: Mapping[str, bytes] = field(default_factory=dict)
    """Files to offer: content by path."""
    name: str = "sshd"
    """What it is called in logs."""

    def argv(self, place: Place) -> tuple[str, ...]:
        """Return the command."""
        return (f"{place.folder}/start",)

    def files(self, place: Place) -> dict[str, str | bytes]:
        """Return its configuration, keys and users, and the files it offers."""
        about = {"place": place, "uid": _UID, "sftp_server": _SFTP_SERVER, "sftp_log": _log(place)}
        own: dict[str, str | bytes] = {
            "start": render("sshd.sh.j2", **about),
            "sshd_config": render("sshd_config.j2", **about),
            "passwd": f"{self.user}:x:{_UID}:{_UID}::{place.folder / HOME}:/bin/sh\n",
            "host_key": self.host_key.private,
            "authorized_keys": f"{self.user_key}\n",
            f"{HOME}/.keep": "",
        }
        return own | home_files(self.home)

    def ready(self, place: Place, sockets: frozenset[Socket]) -> bool:
        """Say whether it listens."""
        return listening(sockets, "tcp", SSH_PORT, place.ip)

    def facts(self, place: Place) -> dict[str, object]:
        """Return its `files`, and the `logins` and `transfers` of its log."""
        logs = [log.read_text(errors="replace") for log in (place.log, _log(place)) if log.exists()]
        told = parse_log("".join(logs), f"{place.folder / HOME}/")
        return {"files": file_facts(self.home)} | told


def _log(place: Place) -> Path:
    """Return the log of the part that transfers files, beside that of the server."""
    return place.log.with_suffix(".sftp.log")


_LOGIN = re.compile(
    r"^Accepted publickey for (?P<user>\S+) from (?P<client>\S+) port", re.MULTILINE
)
_CLOSED = re.compile(
    r'^close "(?P<file>[^"]+)" bytes read (?P<read>\d+) written (?P<written>\d+)', re.MULTILINE
)


def parse_log(text: str, home: str) -> dict[str, object]:
    """Return the `logins` and `transfers` of sshd's log; `home` is cut off file names."""
    logins = [{"user": found["user"], "client": found["client"]} for found in _LOGIN.finditer(text)]
    transfers = [
        {
            "file": found["file"].removeprefix(home),
            "read": int(found["read"]),
            "written": int(found["written"]),
        }
        for found in _CLOSED.finditer(text)
    ]
    return {"logins": logins, "transfers": transfers}
