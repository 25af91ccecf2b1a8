"""dhcpcd with a fixed address: it asks no server, but it asks the neighbours (RFC 5227).

It probes the address three times, 1 to 2 seconds apart, waits for two, uses it, and announces it
twice, two seconds apart.
"""

from dataclasses import dataclass

from wirelab.emulator import Socket
from wirelab.traffic.daemon import Daemon, Place
from wirelab.traffic.templates import render


@dataclass(frozen=True)
class FixedAddress(Daemon):
    """An address that was written down on the host, taken with care."""

    address: str
    """The address and its prefix length, as in 192.168.10.77/24."""
    name: str = "dhcpcd"
    """What it is called in logs."""

    def argv(self, place: Place) -> tuple[str, ...]:
        """Return the command: in the foreground, until ended, telling all it does."""
        config, script = f"{place.folder}/dhcpcd.conf", f"{place.folder}/dhcpcd.sh"
        return ("dhcpcd", "-B", "-d", "-f", config, "-c", script, place.interface)

    def files(self, place: Place) -> dict[str, str | bytes]:
        """Return its configuration, and a script that does nothing: there is nothing to tell."""
        del place
        config = render("fixed_address.conf.j2", address=self.address)
        return {"dhcpcd.conf": config, "dhcpcd.sh": "#!/bin/sh\nexit 0\n"}

    def ready(self, place: Place, sockets: frozenset[Socket]) -> bool:
        """Say whether it has begun to probe."""
        del sockets
        return "probing for" in _said(place)

    def facts(self, place: Place) -> dict[str, object]:
        """Return what it `did` with the address, in its own words."""
        words = ("probing", "claims", "DAD", "using static", "announcing")
        lines = (line.partition(": ")[2] for line in _said(place).splitlines())
        return {"did": [line for line in lines if any(word in line for word in words)]}


def _said(place: Place) -> str:
    return place.log.read_text(errors="replace") if place.log.exists() else ""
