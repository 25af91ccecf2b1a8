"""nginx: an HTTPS server (RFC 9110, RFC 8446) for files.

It runs as a single process, which changes to no other user: with a single mapped user id there
is none.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from wirelab.emulator import Socket
from wirelab.traffic.daemon import Daemon, Place, listening
from wirelab.traffic.servers.certificate import Certificate
from wirelab.traffic.servers.ftp_home import HOME, file_facts, home_files
from wirelab.traffic.templates import render

HTTPS_PORT = 443
_ACCESS = "access.jsonl"


@dataclass(frozen=True)
class Nginx(Daemon):
    """A web server that speaks one version of TLS, and gives out no session tickets."""

    certificate: Certificate
    """What it shows of itself."""
    home: Mapping[str, bytes] = field(default_factory=dict)
    """Files to offer: content by path."""
    version: str = "1.3"
    """The version of TLS: `1.2` or `1.3`."""
    name: str = "nginx"
    """What it is called in logs."""

    def argv(self, place: Place) -> tuple[str, ...]:
        """Return the command."""
        config = f"{place.folder}/nginx.conf"
        return ("nginx", "-e", "stderr", "-p", str(place.folder), "-c", config)

    def files(self, place: Place) -> dict[str, str | bytes]:
        """Return its configuration, its key and certificate, and the files it offers."""
        config = render("nginx.conf.j2", daemon=self, place=place, home=HOME, access=_ACCESS)
        own: dict[str, str | bytes] = {
            "nginx.conf": config,
            "key.pem": self.certificate.key,
            "certificate.pem": self.certificate.certificate,
            f"{HOME}/.keep": "",
        }
        return own | home_files(self.home)

    def ready(self, place: Place, sockets: frozenset[Socket]) -> bool:
        """Say whether it listens."""
        return listening(sockets, "tcp", HTTPS_PORT, place.ip)

    def facts(self, place: Place) -> dict[str, object]:
        """Return its `files`, and the `requests` that it noted."""
        noted = place.folder / _ACCESS
        lines = noted.read_text().splitlines() if noted.exists() else []
        return {"files": file_facts(self.home), "requests": [json.loads(line) for line in lines]}
