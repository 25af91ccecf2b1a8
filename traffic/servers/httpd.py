"""BusyBox httpd: a web server (RFC 9112) that hands out files, one a connection."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from wirelab.emulator import Socket
from wirelab.traffic.daemon import Daemon, Place, listening
from wirelab.traffic.servers.ftp_home import HOME, file_facts, home_files


@dataclass(frozen=True)
class Httpd(Daemon):
    """A web server."""

    home: Mapping[str, bytes] = field(default_factory=dict)
    """Its files, as contents by path."""
    port: int = 80
    """Where it listens, at its node's first address."""
    name: str = "httpd"
    """What it is called in logs."""

    def argv(self, place: Place) -> tuple[str, ...]:
        """Return the command; `-vv` logs requests and the status of each answer."""
        listen, home = f"{place.ip}:{self.port}", f"{place.folder}/{HOME}"
        return ("busybox", "httpd", "-f", "-vv", "-p", listen, "-h", home)

    def files(self, place: Place) -> dict[str, str | bytes]:
        """Return the files that it hands out."""
        del place
        return {f"{HOME}/.keep": b"", **home_files(self.home)}

    def ready(self, place: Place, sockets: frozenset[Socket]) -> bool:
        """Say whether it listens."""
        return listening(sockets, "tcp", self.port, place.ip)

    def facts(self, place: Place) -> dict[str, object]:
        """Return its `files`, and the `requests` that it logged."""
        log = place.log.read_text(errors="replace")
        return {"files": file_facts(self.home), "requests": parse_requests(log)}


_LINE = re.compile(
    r"^([\d.]+):(\d+): (?:url:(?P<path>\S+)|response:(?P<status>\d+))$", re.MULTILINE
)


def parse_requests(log: str) -> list[dict[str, object]]:
    """Return the requests of a log: `client`, its `port`, `path`, and the `status` of the answer.

    The status is None where no answer was logged.
    """
    found: dict[tuple[str, str], dict[str, object]] = {}
    for line in _LINE.finditer(log):
        client, port = line[1], line[2]
        if line["path"]:
            request = {"client": client, "port": int(port), "path": line["path"], "status": None}
            found[client, port] = request
        elif (client, port) in found:
            found[client, port]["status"] = int(line["status"])
    return list(found.values())
