"""dnsmasq as a name server: it forwards questions, and knows some names itself."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from wirelab.emulator import Socket
from wirelab.traffic.daemon import Daemon, Place, listening
from wirelab.traffic.servers.nsd import DNS_PORT
from wirelab.traffic.templates import render

_MESSAGE = re.compile(
    r"^.*dnsmasq\[\d+\]: ((?:query|forwarded|reply|config|cached).*)$", re.MULTILINE
)


@dataclass(frozen=True)
class Forwarder(Daemon):
    """A name server of the kind that home routers and desktops have.

    It is a single process, which can be halted.
    """

    upstreams: tuple[str, ...] = ()
    """Addresses of the servers that it asks."""
    all_servers: bool = False
    """Whether it asks all of them at once and takes the first answer."""
    records: Mapping[str, str] = field(default_factory=dict)
    """What it knows itself: address by name."""
    ttl: int = 3600
    """Time to live of its own records, in seconds."""
    address: str = ""
    """Where it listens, as in 127.0.0.1 for its own node; the node's first address by default."""
    name: str = "dnsmasq-dns"
    """What it is called in logs."""

    def argv(self, place: Place) -> tuple[str, ...]:
        """Return the command."""
        return ("dnsmasq", f"--conf-file={place.folder}/forwarder.conf")

    def files(self, place: Place) -> dict[str, str]:
        """Return its configuration."""
        address = self.address or place.ip
        return {"forwarder.conf": render("forwarder.conf.j2", daemon=self, address=address)}

    def ready(self, place: Place, sockets: frozenset[Socket]) -> bool:
        """Say whether its socket is bound."""
        return listening(sockets, "udp", DNS_PORT, self.address or place.ip)

    def facts(self, place: Place) -> dict[str, object]:
        """Return its `messages`: questions, where they were sent, and answers, from its log."""
        return {"messages": _MESSAGE.findall(place.log.read_text(errors="replace"))}
