"""dnsmasq as a DHCP relay agent (RFC 2131 section 4.1, RFC 1542 section 4)."""

from dataclasses import dataclass

from wirelab.emulator import Socket
from wirelab.traffic.daemon import Daemon, Place, listening
from wirelab.traffic.servers.dnsmasq import SERVER_PORT
from wirelab.traffic.templates import render


@dataclass(frozen=True)
class DhcpRelay(Daemon):
    """An agent that takes clients' broadcasts to a server in another network."""

    server: str
    """Address of the DHCP server."""
    local: str = ""
    """Its address in the clients' network, which becomes `giaddr`; the node's first by default."""
    name: str = "dhcp-relay"
    """What it is called in logs."""

    def argv(self, place: Place) -> tuple[str, ...]:
        """Return the command."""
        return ("dnsmasq", f"--conf-file={place.folder}/relay.conf")

    def files(self, place: Place) -> dict[str, str]:
        """Return its configuration."""
        local = self.local or place.ip
        return {"relay.conf": render("relay.conf.j2", local=local, server=self.server)}

    def ready(self, place: Place, sockets: frozenset[Socket]) -> bool:
        """Say whether its socket is bound."""
        return listening(sockets, "udp", SERVER_PORT, self.local or place.ip)
