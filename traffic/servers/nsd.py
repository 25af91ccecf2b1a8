"""NSD: an authoritative name server, as root, top-level domain or anything below."""

import re
from dataclasses import dataclass

from wirelab.emulator import DaemonDied, Host, Socket
from wirelab.traffic.daemon import Daemon, Place, listening
from wirelab.traffic.servers.zone import Zone
from wirelab.traffic.templates import render

DNS_PORT = 53

_BAD_ZONE = re.compile(r"error: (?:zone \S+|\S+\.zone:\d+).*")


@dataclass(frozen=True)
class Nsd(Daemon):
    """An authoritative name server."""

    zones: tuple[Zone, ...]
    """What it serves."""
    address: str = ""
    """Where it listens; its node's first address by default."""
    minimal_responses: bool = False
    """Whether it leaves out authority and additional records that no one needs."""
    name: str = "nsd"
    """What it is called in logs."""

    def argv(self, place: Place) -> tuple[str, ...]:
        """Return the command; `-d` keeps it in the foreground, logging to standard error."""
        return ("nsd", "-d", "-c", f"{place.folder}/nsd.conf")

    def files(self, place: Place) -> dict[str, str]:
        """Return its configuration and zone files."""
        address = self.address or place.ip
        config = render("nsd.conf.j2", daemon=self, folder=place.folder, address=address)
        return {"nsd.conf": config} | {zone.file_name: zone.text() for zone in self.zones}

    def ready(self, place: Place, sockets: frozenset[Socket]) -> bool:
        """Say whether it serves: it binds early and reads its zones then, so ask its log too."""
        address = self.address or place.ip
        started = "notice: nsd started" in place.log.read_text(errors="replace")
        return started and listening(sockets, "udp", DNS_PORT, address)

    def settle(self, node: Host, place: Place) -> None:
        """See that it read its zones: of one it cannot read it knows nothing, and runs on.

        Raises:
            DaemonDied: it did not.
        """
        errors = _BAD_ZONE.findall(place.log.read_text(errors="replace"))
        if errors:
            raise DaemonDied(self.name, node.name, "cannot read its zones", "\n".join(errors))

    def facts(self, place: Place) -> dict[str, object]:
        """Return its `zones`: serial and records by origin."""
        del place
        return {"zones": {zone.origin: _zone_facts(zone) for zone in self.zones}}


def _zone_facts(zone: Zone) -> dict[str, object]:
    records = [f"{record.owner} {record.type} {record.data}" for record in zone.records]
    return {"serial": zone.serial, "records": records}
