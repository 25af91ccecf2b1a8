"""What shall be different in frames that are sent again."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum, Flag
from ipaddress import IPv4Network, IPv6Network
from typing import TYPE_CHECKING

from wirelab.traffic.replay.errors import ReplayError

if TYPE_CHECKING:
    from collections.abc import Mapping

Network = IPv4Network | IPv6Network


class Where(Flag):
    """Whose address it is, seen from the packet in which it stands."""

    SOURCE = 1
    """The one of who sent it."""
    DESTINATION = 2
    """The one of whom it is for."""
    BOTH = 3
    """A map of both also holds for addresses that are neither: leases, targets, gateways."""


class Inside(Enum):
    """Payloads in which addresses are rewritten when asked."""

    FTP = "ftp"
    """PORT, EPRT, and the answers to PASV and EPSV; lengths and sequence numbers follow."""
    HTTP = "http"
    """The Host of requests that is an address; lengths and sequence numbers follow."""
    DNS = "dns"
    """A and AAAA records, and the names of reverse lookups."""


class Tagging(Enum):
    """What becomes of VLAN tags; always the outermost is meant."""

    ADD = "add"
    """Every frame gets a tag in front of those that it has."""
    REMOVE = "remove"
    """The tag goes."""
    CHANGE = "change"
    """The tag gets another VLAN, and keeps its priority; untagged frames stay as they are."""


@dataclass(frozen=True)
class NetworkMap:
    """Addresses of one network become those of another, and keep their lower bits."""

    old: Network
    """Whose addresses are rewritten."""
    new: Network
    """What replaces as many bits as its prefix has; of the same IP version."""
    where: Where = Where.BOTH
    """Which addresses of a packet are meant."""

    def __post_init__(self) -> None:
        if self.old.version != self.new.version:
            raise ReplayError(f"{self.old} cannot become {self.new}: not of one IP version")

    def mapped(self, address: int) -> int:
        """An address of the old network, as a number, in the new one."""
        bits = self.new.max_prefixlen - self.new.prefixlen
        return int(self.new.network_address) | address & ((1 << bits) - 1)


@dataclass(frozen=True)
class Ttl:
    """What becomes of TTLs and hop limits; they stay from 1 to 255."""

    value: int
    """The new one, or how much is added."""
    relative: bool = False
    """Whether it is added."""

    def __post_init__(self) -> None:
        if not (-255 if self.relative else 1) <= self.value <= 255:
            raise ReplayError(f"a TTL is from 1 to 255, or +1 to +255, or -1 to -255: {self.value}")

    def applied(self, ttl: int) -> int:
        """What becomes of one."""
        return min(max(ttl + self.value, 1), 255) if self.relative else self.value


@dataclass(frozen=True)
class Vlan:
    """What becomes of the outermost VLAN tag."""

    tagging: Tagging
    number: int = 0
    """The VLAN that is added or put in place, 0 to 4095."""
    old: int | None = None
    """The only VLAN that is changed or removed; None for any."""
    priority: int = 0
    """The priority of a tag that is added, 0 to 7."""

    def __post_init__(self) -> None:
        for number in (self.number, self.old or 0):
            if not 0 <= number <= 4095:
                raise ReplayError(f"a VLAN is from 0 to 4095: {number}")
        if not 0 <= self.priority <= 7:
            raise ReplayError(f"the priority of a VLAN tag is from 0 to 7: {self.priority}")


@dataclass(frozen=True)
class Rewriting:
    """What is rewritten. Keys are always as recorded; whatever is not named stays.

    Raises:
        ReplayError: a value has a size or a range that cannot be.
    """

    macs: Mapping[bytes, bytes] = field(default_factory=dict)
    """MAC addresses, six bytes each, wherever they stand."""
    ends: Mapping[tuple[bytes, bytes], tuple[bytes, bytes]] = field(default_factory=dict)
    """By source and destination address of a packet (of ARP: sender and target), the source and
    destination MAC of its frame; in front of `macs`. A group stays the destination that it is."""
    source_mac: bytes | None = None
    """The source MAC of all frames that `ends` does not know."""
    destination_mac: bytes | None = None
    """The destination MAC of all frames that `ends` does not know and that are for one station."""
    addresses: Mapping[bytes, bytes] = field(default_factory=dict)
    """IPv4 and IPv6 addresses, four or sixteen bytes each."""
    networks: tuple[NetworkMap, ...] = ()
    """Whole networks, for addresses that `addresses` does not name; the first that fits counts.
    Groups, 255.255.255.255 and the unspecified address are left to maps of networks of groups."""
    ports: Mapping[int, int] = field(default_factory=dict)
    """Ports of TCP and UDP, at either end."""
    vlan: Vlan | None = None
    """What becomes of the VLAN tag."""
    ttl: Ttl | None = None
    """What becomes of the TTL or hop limit."""
    dscp: int | None = None
    """The differentiated services code point, 0 to 63; ECN stays (RFC 2474)."""
    tos: int | None = None
    """The whole byte of IPv4 in which DSCP and ECN are, 0 to 255."""
    traffic_class: int | None = None
    """The same of IPv6."""
    inside: frozenset[Inside] = frozenset()
    """The payloads in which addresses and ports are rewritten as well."""
    fix_checksums: bool = False
    """Whether checksums are computed; otherwise a wrong one stays as wrong as it was."""

    def __post_init__(self) -> None:
        macs = [*self.macs.items(), *self.ends.values()]
        every = [each for pair in macs for each in pair]
        every += [each for each in (self.source_mac, self.destination_mac) if each is not None]
        if wrong := [each for each in every if len(each) != 6]:
            raise ReplayError(f"a MAC address has six bytes: {wrong[0].hex(':')}")
        for old, new in [*self.addresses.items(), *self.ends]:
            if len(old) != len(new) or len(old) not in (4, 16):
                raise ReplayError(f"not two addresses of one IP version: {old.hex()}, {new.hex()}")
        for port in [each for pair in self.ports.items() for each in pair]:
            _within("a port", port, 65535)
        _within("a DSCP", self.dscp or 0, 63)
        _within("a TOS", self.tos or 0, 255)
        _within("a traffic class", self.traffic_class or 0, 255)

    @property
    def moves_ends(self) -> bool:
        """Whether MAC or IP addresses may change."""
        ends = (self.macs, self.ends, self.source_mac, self.destination_mac)
        return any((*ends, self.addresses, self.networks))


def _within(what: str, value: int, most: int) -> None:
    if not 0 <= value <= most:
        raise ReplayError(f"{what} is from 0 to {most}: {value}")
