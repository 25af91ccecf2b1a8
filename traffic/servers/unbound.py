"""Unbound as a recursor with root hints of its own: BIND's rival, with other habits."""

from collections.abc import Mapping
from dataclasses import dataclass

from wirelab.emulator import Host, Socket
from wirelab.traffic.daemon import Daemon, Place, listening
from wirelab.traffic.servers.nsd import DNS_PORT
from wirelab.traffic.servers.recursor import hints_file, prime, queries
from wirelab.traffic.templates import render


@dataclass(frozen=True)
class Unbound(Daemon):
    """A recursor that answers with nothing but the answer."""

    hints: Mapping[str, str]
    """Its root servers: address by name."""
    qname_minimization: bool = False
    """Whether it shows each server only as much of the name as it must see (RFC 9156)."""
    primed: bool = True
    """Whether it learns its root servers' names before it is ready, not with the first question."""
    name: str = "unbound"
    """What it is called in logs."""

    def argv(self, place: Place) -> tuple[str, ...]:
        """Return the command; `-d` keeps it in the foreground."""
        return ("unbound", "-d", "-c", f"{place.folder}/unbound.conf")

    def files(self, place: Place) -> dict[str, str]:
        """Return its configuration and root hints."""
        config = render("unbound.conf.j2", daemon=self, folder=place.folder, address=place.ip)
        return {"unbound.conf": config, "root.hints": hints_file(self.hints)}

    def ready(self, place: Place, sockets: frozenset[Socket]) -> bool:
        """Say whether it serves: it binds before it is done, so ask its log too."""
        started = "info: start of service" in place.log.read_text(errors="replace")
        return started and listening(sockets, "udp", DNS_PORT, place.ip)

    def settle(self, node: Host, place: Place) -> None:
        """Have it primed."""
        del place
        if self.primed:
            prime(node)

    def facts(self, place: Place) -> dict[str, object]:
        """Return the `queries` of its clients, from its log."""
        return {"queries": queries(place.log.read_text(errors="replace"))}
