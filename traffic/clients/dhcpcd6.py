"""dhcpcd as a DHCPv6 client (RFC 8415), for a host whose router says that addresses are managed."""

from collections.abc import Mapping
from dataclasses import dataclass

from wirelab.emulator import CommandFailed, Host
from wirelab.emulator.sandbox import SCRATCH
from wirelab.traffic.clients.lease import GIVEN, read_given
from wirelab.traffic.daemon import Place, place_of, write_files
from wirelab.traffic.templates import render

_NAMES = ("reason", "new_dhcp6_[a-z0-9_]+")


@dataclass(frozen=True)
class Lease6:
    """What a DHCPv6 server gave a client."""

    ip: str
    """The address."""
    preferred: int
    """Seconds for which to prefer it."""
    valid: int
    """Seconds for which it counts."""
    server: str
    """DUID of the server, in hexadecimal digits."""
    name_servers: tuple[str, ...]
    """Option 23 (RFC 3646 section 3)."""


@dataclass(frozen=True)
class Dhcpcd6:
    """How dhcpcd asks."""

    requests: tuple[str, ...] = ("dhcp6_name_servers",)
    """Options it requests besides its own, in dhcpcd's names."""
    enterprise: int = 32473
    """Whose vendor class it is of; by default the number for examples (RFC 5612)."""
    vendor: str = "wirelab"
    """Its vendor class (RFC 8415 section 21.16)."""
    timeout: int = 30
    """Seconds after which it gives up."""
    name: str = "dhcpcd6"
    """What it is called in logs."""

    def argv(self, place: Place) -> tuple[str, ...]:
        """Return the command: in the foreground, until it has a lease, telling all it does."""
        config, script = f"{place.folder}/dhcpcd6.conf", f"{place.folder}/dhcpcd6.sh"
        return ("dhcpcd", "-B", "-1", "-d", "-f", config, "-c", script, place.interface)

    def files(self, place: Place) -> dict[str, str | bytes]:
        """Return its configuration, and its script, which notes what it is told."""
        config = render("dhcpcd6.conf.j2", client=self)
        script = render("dhcpcd.sh.j2", folder=place.folder, names=_NAMES)
        return {"dhcpcd6.conf": config, "dhcpcd6.sh": script, GIVEN: ""}


def dhcpcd6(node: Host, client: Dhcpcd6 | None = None, *, timeout: float = 60) -> Lease6:
    """Have a node get an address, set its interface up with it, and leave it at that.

    Raises:
        CommandFailed: it got none, or took longer than `timeout` seconds.
    """
    chosen = client or Dhcpcd6()
    place = place_of(node, chosen.name, SCRATCH, SCRATCH / "logs")
    write_files(place, chosen.files(place))
    argv = chosen.argv(place)
    ended = node.run(argv, timeout=timeout, check=False)
    place.log.write_text(ended.stdout + ended.stderr)
    leases = [lease for told in read_given(place.folder) if (lease := lease6(told))]
    if not leases:
        outcome = f"no lease, exit status {ended.returncode}"
        raise CommandFailed(node.name, argv, outcome, ended.stdout + ended.stderr)
    return leases[-1]


def lease6(told: Mapping[str, str]) -> Lease6 | None:
    """Return the lease in an environment of dhcpcd's script; None if it is about none."""
    address = "new_dhcp6_ia_na1_ia_addr1"
    if told.get("reason") != "BOUND6" or address not in told:
        return None
    return Lease6(
        told[address],
        int(told[f"{address}_pltime"]),
        int(told[f"{address}_vltime"]),
        told.get("new_dhcp6_server_id", ""),
        tuple(told.get("new_dhcp6_name_servers", "").split()),
    )
