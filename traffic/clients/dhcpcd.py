"""dhcpcd: a DHCP client by the book (RFC 2131, RFC 5227).

It probes an address three times before it uses it and announces it then. Its waits are drawn:
the first Discover is resent after 3 to 5 seconds, probes are 1 to 2 seconds apart.
"""

import re
from dataclasses import dataclass

from wirelab.emulator import Host, Socket
from wirelab.traffic.clients.lease import (
    DHCPCD_NAMES,
    GIVEN,
    Lease,
    from_dhcpcd,
    obtain,
    read_given,
)
from wirelab.traffic.daemon import Daemon, Place
from wirelab.traffic.templates import render


@dataclass(frozen=True)
class Dhcpcd(Daemon):
    """How dhcpcd asks; as a daemon it stays, and keeps its lease."""

    hostname: str = ""
    """Host name it sends (option 12); none when empty."""
    requests: tuple[str, ...] = ("subnet_mask", "routers", "domain_name_servers")
    """Options it requests (option 55) besides its own 51, 58 and 59, in dhcpcd's names."""
    vendor: str = "dhcpcd"
    """Vendor class (option 60)."""
    probe: bool = True
    """Whether it probes and announces the address by ARP (RFC 5227 section 2.1 to 2.3)."""
    request_ip: str = ""
    """Address to ask for in the Discover (option 50); none when empty."""
    release: bool = False
    """Whether it releases its lease when it ends."""
    inform: bool = False
    """Whether it keeps the address that it has, and only asks for the rest (DHCPINFORM)."""
    link_local: bool = False
    """Whether it takes an address of 169.254.0.0/16 (RFC 3927) when no server answers."""
    patience: int = 5
    """Seconds after which no server counts as having answered."""
    timeout: int = 30
    """Seconds after which it gives up."""
    interface: str = ""
    """Where; the node's first interface by default."""
    name: str = "dhcpcd"
    """What it is called in logs."""

    def argv(self, place: Place) -> tuple[str, ...]:
        """Return the command: in the foreground, until ended, telling all it does."""
        config, script = f"{place.folder}/dhcpcd.conf", f"{place.folder}/dhcpcd.sh"
        interface = self.interface or place.interface
        return ("dhcpcd", "-B", "-d", "-f", config, "-c", script, interface)

    def files(self, place: Place) -> dict[str, str | bytes]:
        """Return its configuration, and its script, which notes what it is told."""
        config = render("dhcpcd.conf.j2", client=self)
        script = render("dhcpcd.sh.j2", folder=place.folder, names=DHCPCD_NAMES)
        return {"dhcpcd.conf": config, "dhcpcd.sh": script, GIVEN: ""}

    def ready(self, place: Place, sockets: frozenset[Socket]) -> bool:
        """Say whether it has a lease."""
        del sockets
        return bool(self.leases(place))

    def facts(self, place: Place) -> dict[str, object]:
        """Return the `leases` it got, renewals included, and the messages that it `sent`."""
        said = place.log.read_text(errors="replace") if place.log.exists() else ""
        return {"leases": self.leases(place), "sent": parse_sent(said)}

    def leases(self, place: Place) -> list[Lease]:
        """Return the leases it got so far, renewals included."""
        told = map(from_dhcpcd, read_given(place.folder))
        return [lease for lease in told if lease is not None]


_SENT = re.compile(r": sending ([A-Z]+) (?:\(|with )xid 0x([0-9a-f]+)")


def parse_sent(text: str) -> list[dict[str, object]]:
    """Return `message` (as in `DISCOVER`) and `xid` of what dhcpcd says it sent, in order."""
    return [{"message": kind, "xid": int(xid, 16)} for kind, xid in _SENT.findall(text)]


def dhcpcd(node: Host, client: Dhcpcd | None = None, *, timeout: float = 60) -> Lease:
    """Have a node get a lease, set its interface up with it, and leave it at that.

    Raises:
        CommandFailed: it got none, or took longer than `timeout` seconds.
    """
    return obtain(node, client or Dhcpcd(), ("-1",), timeout)
