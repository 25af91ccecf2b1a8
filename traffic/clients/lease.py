"""A DHCP lease as its client got it: what a client's script is told, read back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from wirelab.emulator import CommandFailed, Host
from wirelab.emulator.sandbox import SCRATCH
from wirelab.traffic.daemon import Daemon, Place, place_of, write_files

GIVEN = "given"  # file to which a client's script appends what it is told

UDHCPC_NAMES = (
    "ip", "mask", "serverid", "lease", "opt58", "opt59", "router", "dns", "boot_file", "sname",
)  # fmt: skip
DHCPCD_NAMES = (
    "reason",
    "new_ip_address",
    "new_subnet_cidr",
    "new_dhcp_server_identifier",
    "new_dhcp_lease_time",
    "new_dhcp_renewal_time",
    "new_dhcp_rebinding_time",
    "new_routers",
    "new_domain_name_servers",
    "new_filename",
    "new_server_name",
)


@dataclass(frozen=True)
class Lease:
    """What a DHCP server gave a client."""

    event: str
    """Why the client told: `bound` or `renew` (udhcpc), `BOUND`, `RENEW`, `REBIND`, and about an
    address that is not leased `INFORM` or `IPV4LL` (dhcpcd)."""
    ip: str
    """The address (`yiaddr`)."""
    prefix: int
    """Length of the network's prefix, from the subnet mask (option 1)."""
    server: str
    """Who gave it: the server identifier (option 54); nobody where empty."""
    seconds: int
    """Lease time (option 51); 0 when it is not leased."""
    renewal: int | None
    """Seconds until it is to be renewed (T1, option 58); None when the server did not say."""
    rebinding: int | None
    """Seconds until any server may prolong it (T2, option 59)."""
    routers: tuple[str, ...]
    """Option 3."""
    name_servers: tuple[str, ...]
    """Option 6."""
    boot_file: str
    """The field `file`."""
    server_name: str
    """The field `sname`."""


def parse_given(text: str) -> list[dict[str, str]]:
    """Return the environments that a script has noted: blocks of NAME=VALUE, ended by `--`.

    A block without its end is still being written, and left out.
    """
    found: list[dict[str, str]] = []
    block: dict[str, str] = {}
    for line in text.splitlines():
        if line == "--":
            found.append(block)
            block = {}
        else:
            name, _, value = line.partition("=")
            block[name] = value
    return found


def from_udhcpc(told: Mapping[str, str]) -> Lease | None:
    """Return the lease in an environment of udhcpc's script; None if it is about none."""
    if told.get("event") not in ("bound", "renew"):
        return None
    return Lease(
        event=told["event"],
        ip=told["ip"],
        prefix=int(told.get("mask", "32")),
        server=told["serverid"],
        seconds=int(told["lease"]),
        renewal=_hexadecimal(told.get("opt58")),
        rebinding=_hexadecimal(told.get("opt59")),
        routers=tuple(told.get("router", "").split()),
        name_servers=tuple(told.get("dns", "").split()),
        boot_file=told.get("boot_file", ""),
        server_name=told.get("sname", ""),
    )


def _hexadecimal(text: str | None) -> int | None:
    return int(text, 16) if text else None


_DHCPCD_EVENTS = ("BOUND", "RENEW", "REBIND", "REBOOT", "INFORM", "IPV4LL")


def from_dhcpcd(told: Mapping[str, str]) -> Lease | None:
    """Return the lease in an environment of dhcpcd's script; None if it is about none."""
    if told.get("reason") not in _DHCPCD_EVENTS:
        return None
    return Lease(
        event=told["reason"],
        ip=told["new_ip_address"],
        prefix=int(told["new_subnet_cidr"]),
        server=told.get("new_dhcp_server_identifier", ""),
        seconds=int(told.get("new_dhcp_lease_time", "0")),
        renewal=_decimal(told.get("new_dhcp_renewal_time")),
        rebinding=_decimal(told.get("new_dhcp_rebinding_time")),
        routers=tuple(told.get("new_routers", "").split()),
        name_servers=tuple(told.get("new_domain_name_servers", "").split()),
        boot_file=told.get("new_filename", ""),
        server_name=told.get("new_server_name", ""),
    )


def _decimal(text: str | None) -> int | None:
    return int(text) if text else None


def read_given(folder: Path) -> list[dict[str, str]]:
    """Return what a client's script has noted in the client's folder so far."""
    given = folder / GIVEN
    return parse_given(given.read_text()) if given.exists() else []


class DhcpClient(Daemon, Protocol):
    """A DHCP client that stays, and knows the leases it got."""

    def leases(self, place: Place) -> list[Lease]:
        """Return the leases it got so far, renewals included."""


def obtain(node: Host, client: DhcpClient, once: Sequence[str], timeout: float) -> Lease:
    """Run a client until it has a lease, with the options `once` that make it end then.

    Raises:
        CommandFailed: it got no lease, or took longer than `timeout` seconds.
    """
    place = place_of(node, client.name, SCRATCH, SCRATCH / "logs")
    write_files(place, client.files(place))
    argv = [*client.argv(place), *once]
    ended = node.run(argv, timeout=timeout, check=False)
    place.log.write_text(ended.stdout + ended.stderr)
    leases = client.leases(place)
    if not leases:
        outcome = f"no lease, exit status {ended.returncode}"
        raise CommandFailed(node.name, argv, outcome, ended.stdout + ended.stderr)
    return leases[-1]
