"""BIND 9 as a recursor with root hints of its own."""

from collections.abc import Mapping
from dataclasses import dataclass

from wirelab.emulator import Host, Socket
from wirelab.traffic.daemon import Daemon, Place, listening
from wirelab.traffic.servers.nsd import DNS_PORT
from wirelab.traffic.servers.recursor import hints_file, prime, queries
from wirelab.traffic.templates import render


@dataclass(frozen=True)
class Named(Daemon):
    """A recursor that also tells the authority and additional records it knows."""

    hints: Mapping[str, str]
    """Its root servers: address by name."""
    minimal_responses: bool = False
    """Whether it leaves out authority and additional records that no one needs."""
    qname_minimization: bool = False
    """Whether it shows each server only as much of the name as it must see (RFC 9156)."""
    primed: bool = True
    """Whether it learns its root servers' names before it is ready, not with the first question."""
    cache: int = 16
    """Size of its cache in MiB."""
    name: str = "named"
    """What it is called in logs."""

    def argv(self, place: Place) -> tuple[str, ...]:
        """Return the command: `-g` foreground, log to standard error; `-n 1` one thread."""
        return ("named", "-g", "-4", "-n", "1", "-c", f"{place.folder}/named.conf")

    def files(self, place: Place) -> dict[str, str]:
        """Return its configuration and root hints."""
        config = render("named.conf.j2", daemon=self, folder=place.folder, address=place.ip)
        return {"named.conf": config, "root.hints": hints_file(self.hints)}

    def ready(self, place: Place, sockets: frozenset[Socket]) -> bool:
        """Say whether it serves: it binds first and loads its zones then, so ask its log too."""
        running = " running\n" in place.log.read_text(errors="replace")
        return running and listening(sockets, "udp", DNS_PORT, place.ip)

    def settle(self, node: Host, place: Place) -> None:
        """Have it primed."""
        del place
        if self.primed:
            prime(node)

    def facts(self, place: Place) -> dict[str, object]:
        """Return the `queries` of its clients, from its log."""
        return {"queries": queries(place.log.read_text(errors="replace"))}
