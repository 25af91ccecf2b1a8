"""dnsmasq as a DHCP server (RFC 2131, RFC 2132).

By default it makes sure that an address is free before it offers it (RFC 2131 section 3.1
step 2): it sends an ICMP echo request and waits three seconds, in which its kernel asks three
times by ARP.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Network

from wirelab.emulator import Socket
from wirelab.traffic.daemon import Daemon, Place, listening
from wirelab.traffic.templates import render

SERVER_PORT = 67


@dataclass(frozen=True)
class Boot:
    """What a client is told about booting over the network."""

    file: str
    """Boot file name: the field `file` (RFC 2131 section 2)."""
    server_name: str = ""
    """Server host name: the field `sname`."""
    server: str = ""
    """Address of the server that has the file: the field `siaddr`."""


@dataclass(frozen=True)
class Dnsmasq(Daemon):
    """A DHCP server."""

    first: int = 201
    """First address of its pool, as number of the host in the network; hosts have up to 200."""
    last: int = 250
    """Last address of its pool, likewise."""
    network: str = ""
    """Network of the pool, as in `10.0.20.0/24`; that of its node's first interface by default."""
    lease: int = 86400
    """Lease time in seconds (option 51); dnsmasq makes 120 of anything shorter."""
    options: Mapping[str, str] = field(default_factory=dict)
    """Options for clients that request them: by number, or by dnsmasq's name as in `router`."""
    forced_options: Mapping[str, str] = field(default_factory=dict)
    """Options sent whether requested or not."""
    boot: Boot | None = None
    """What to tell about booting."""
    authoritative: bool = True
    """Whether it answers Requests for leases that it does not know (with a NAK if need be)."""
    ping_check: bool = True
    """Whether it makes sure that an address is free before it offers it; takes three seconds."""
    sequential: bool = False
    """Whether it hands out the pool from its start, not from a hash of the client's address."""
    reserved: Mapping[str, int] = field(default_factory=dict)
    """Addresses for certain clients: number of the host by Ethernet address."""
    interfaces: tuple[str, ...] = ()
    """Interfaces to serve; the node's first by default."""
    name: str = "dnsmasq"
    """What it is called in logs."""

    def argv(self, place: Place) -> tuple[str, ...]:
        """Return the command."""
        return ("dnsmasq", f"--conf-file={place.folder}/dnsmasq.conf")

    def files(self, place: Place) -> dict[str, str]:
        """Return its configuration."""
        network = IPv4Network(self.network) if self.network else place.address.network
        config = render(
            "dnsmasq.conf.j2",
            daemon=self,
            folder=place.folder,
            interfaces=self.interfaces or (place.interface,),
            first=network[self.first],
            last=network[self.last],
            netmask=network.netmask,
            reserved=[(mac, network[number]) for mac, number in self.reserved.items()],
            options=_named(self.options),
            forced_options=_named(self.forced_options),
        )
        return {"dnsmasq.conf": config}

    def ready(self, place: Place, sockets: frozenset[Socket]) -> bool:
        """Say whether its socket is bound."""
        return listening(sockets, "udp", SERVER_PORT, place.ip)

    def facts(self, place: Place) -> dict[str, object]:
        """Return its `leases` (from its leases file) and `messages` (from its log)."""
        leases = place.folder / "leases"
        return {
            "leases": parse_leases(leases.read_text()) if leases.exists() else [],
            "messages": parse_log(place.log.read_text(errors="replace")),
        }


def _named(options: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return options as dnsmasq writes them: names need a prefix, numbers none."""
    return [
        (name if name.isdigit() else f"option:{name}", value) for name, value in options.items()
    ]


def parse_leases(text: str) -> list[dict[str, object]]:
    """Return the leases of dnsmasq's leases file; `expires` in seconds since the epoch."""
    found: list[dict[str, object]] = []
    for line in text.splitlines():
        expires, mac, ip, hostname, client_id = line.split()
        lease = {"mac": mac, "ip": ip, "hostname": hostname, "client_id": client_id}
        found.append(lease | {"expires": int(expires)})
    return found


_MESSAGE = re.compile(
    r"dnsmasq-dhcp\[\d+\]: (?P<xid>\d+) (?P<message>DHCP[A-Z]+)\((?P<interface>[^)]+)\) "
    r"(?:(?P<ip>[\d.]+) )?(?P<mac>[0-9a-f]{2}(?::[0-9a-f]{2}){5})"
)


def parse_log(text: str) -> list[dict[str, object]]:
    """Return the DHCP messages that dnsmasq logged, in order.

    Each has `message` (as in `DHCPOFFER`), `xid`, `interface`, `mac` and `ip` (None where the
    message is about no address).
    """
    return [match.groupdict() | {"xid": int(match["xid"])} for match in _MESSAGE.finditer(text)]
