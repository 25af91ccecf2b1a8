"""udhcpc (BusyBox): a small DHCP client with fixed timers (RFC 2131).

It resends its Discover after a pause that is given, not drawn. Before it uses an address it
probes it once (if told to) and declines it when somebody answers; it announces nothing, so
its script does.
"""

from dataclasses import dataclass

from wirelab.emulator import Host, Socket
from wirelab.traffic.clients.lease import (
    GIVEN,
    UDHCPC_NAMES,
    Lease,
    from_udhcpc,
    obtain,
    read_given,
)
from wirelab.traffic.daemon import Daemon, Place
from wirelab.traffic.templates import render


@dataclass(frozen=True)
class Udhcpc(Daemon):
    """How udhcpc asks; as a daemon it stays and keeps its lease."""

    hostname: str = ""
    """Host name it sends (option 12); none when empty."""
    requests: tuple[str, ...] = ("subnet", "router", "dns")
    """Parameter request list (option 55), in udhcpc's names or numbers, in numeric order."""
    vendor: str = ""
    """Vendor class (option 60); none when empty."""
    retry: int = 5
    """Seconds between Discovers; more than the three for which dnsmasq probes an address."""
    attempts: int = 3
    """Discovers to send before it gives up."""
    probe: bool = True
    """Whether it probes the address once by ARP, for two seconds, before it uses it."""
    announce: bool = True
    """Whether its script announces the address by ARP once it is the interface's."""
    broadcast: bool = False
    """Whether it asks for broadcast replies (the flag B)."""
    request_ip: str = ""
    """Address to ask for in the Discover (option 50); none when empty."""
    release: bool = False
    """Whether it releases its lease when it ends."""
    interface: str = ""
    """Where; the node's first interface by default."""
    name: str = "udhcpc"
    """What it is called in logs."""

    def argv(self, place: Place) -> tuple[str, ...]:
        """Return the command: in the foreground, until ended."""
        argv = ["busybox", "udhcpc", "-f", "-n", "-i", self.interface or place.interface]
        argv += ["-s", f"{place.folder}/udhcpc.sh", "-T", str(self.retry), "-t", str(self.attempts)]
        argv += ["-o", *(f"-O{option}" for option in self.requests), "-V", self.vendor]
        argv += ["-x", f"hostname:{self.hostname}"] if self.hostname else []
        argv += ["-a"] if self.probe else []
        argv += ["-B"] if self.broadcast else []
        argv += ["-r", self.request_ip] if self.request_ip else []
        argv += ["-R"] if self.release else []
        return tuple(argv)

    def files(self, place: Place) -> dict[str, str | bytes]:
        """Return its script, which sets the interface up and notes what it is told."""
        values = {"folder": place.folder, "names": UDHCPC_NAMES, "announce": self.announce}
        return {"udhcpc.sh": render("udhcpc.sh.j2", **values), GIVEN: ""}

    def ready(self, place: Place, sockets: frozenset[Socket]) -> bool:
        """Say whether it has a lease."""
        del sockets
        return bool(self.leases(place))

    def facts(self, place: Place) -> dict[str, object]:
        """Return the `leases` it got, renewals included."""
        return {"leases": self.leases(place)}

    def leases(self, place: Place) -> list[Lease]:
        """Return the leases it got so far, renewals included."""
        told = map(from_udhcpc, read_given(place.folder))
        return [lease for lease in told if lease is not None]


def udhcpc(node: Host, client: Udhcpc | None = None, *, timeout: float = 60) -> Lease:
    """Have a node get a lease, set its interface up with it, and leave it at that.

    Raises:
        CommandFailed: it got none, or took longer than `timeout` seconds.
    """
    return obtain(node, client or Udhcpc(), ("-q",), timeout)
