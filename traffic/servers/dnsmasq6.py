"""dnsmasq beside an IPv6 router: advertisements (RFC 4861 section 6.2) and DHCPv6 (RFC 8415).

It advertises unasked up to three seconds after its start and every 5 to 20 seconds in its first
minute, and answers a solicitation at once, to the asker alone.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from wirelab.emulator import Socket
from wirelab.traffic.daemon import Daemon, Place, listening
from wirelab.traffic.templates import render

SERVER_PORT = 547
_ICMPV6 = 58


@dataclass(frozen=True)
class Dnsmasq6(Daemon):
    """What tells a LAN its prefix, and gives its hosts addresses if they shall not make them."""

    lifetime: int = 3600
    """Seconds for which the prefix, or an address of the pool, is valid and preferred; no prefix is
    advertised with less than `router_lifetime`."""
    pool: tuple[int, int] | None = None
    """First and last address of a pool, as numbers in the network; without it hosts make theirs."""
    options: Mapping[str, str] = field(default_factory=dict)
    """DHCPv6 options for clients that request them, by dnsmasq's name as in `dns-server`."""
    router_lifetime: int = 1800
    """Seconds for which the router is a default router."""
    interval: int = 600
    """Seconds between unasked advertisements, after the first minute."""
    duid: str = "00:00:00:01"
    """What it calls itself (RFC 8415 section 11.3); with none a DUID of the time of day."""
    enterprise: int = 32473
    """Whose numbering that is; by default the one for examples (RFC 5612)."""
    name: str = "dnsmasq"
    """What it is called in logs."""

    def argv(self, place: Place) -> tuple[str, ...]:
        """Return the command."""
        return ("dnsmasq", f"--conf-file={place.folder}/dnsmasq.conf")

    def files(self, place: Place) -> dict[str, str]:
        """Return its configuration."""
        first, last = self.pool or (0, 0)
        config = render(
            "dnsmasq6.conf.j2",
            daemon=self,
            folder=place.folder,
            interface=place.interface,
            first=f"{first:x}",
            last=f"{last:x}",
        )
        return {"dnsmasq.conf": config}

    def ready(self, place: Place, sockets: frozenset[Socket]) -> bool:
        """Say whether it hears solicitations, and those of DHCPv6 if it has a pool."""
        del place
        hears = any((found.proto, found.port) == ("raw", _ICMPV6) for found in sockets)
        return hears and (self.pool is None or listening(sockets, "udp", SERVER_PORT, "::"))

    def facts(self, place: Place) -> dict[str, object]:
        """Return its `leases` (from its leases file) and `messages` (from its log)."""
        leases = place.folder / "leases"
        return {
            "leases": parse_leases6(leases.read_text()) if leases.exists() else [],
            "messages": parse_log6(place.log.read_text(errors="replace")),
        }


def parse_leases6(text: str) -> list[dict[str, object]]:
    """Return the IPv6 leases of dnsmasq's leases file; `expires` in seconds since the epoch."""
    found: list[dict[str, object]] = []
    for line in text.splitlines():
        if line.startswith("duid "):  # its own one
            continue
        expires, iaid, ip, hostname, duid = line.split()
        lease = {"iaid": int(iaid), "ip": ip, "hostname": hostname, "duid": duid}
        found.append(lease | {"expires": int(expires)})
    return found


_MESSAGE = re.compile(
    r"dnsmasq-dhcp\[\d+\]: (?:\d+ )?(?P<message>(?:RTR-|DHCP)[A-Z]+)\((?P<interface>[^)]+)\) "
    r"(?P<about>.*?) *$",
    re.MULTILINE,
)


def parse_log6(text: str) -> list[dict[str, str]]:
    """Return the messages that dnsmasq logged, in order.

    Each has `message` (as in `RTR-ADVERT`, `DHCPREPLY`), `interface`, and what it is `about`: the
    prefix, the asker's Ethernet address, or an address and the client's DUID.
    """
    return [match.groupdict() for match in _MESSAGE.finditer(text)]
