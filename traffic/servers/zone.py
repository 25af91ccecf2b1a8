"""DNS zones as data: what a name server is given to serve (RFC 1034, RFC 1035)."""

from collections.abc import Mapping
from dataclasses import dataclass

from wirelab.traffic.templates import render


@dataclass(frozen=True)
class Record:
    """One resource record of class IN."""

    owner: str
    """Whose it is: relative to the zone's origin, `@` for the origin, or with a final dot."""
    type: str
    """`A`, `CNAME`, `NS`, …"""
    data: str
    """Its data as in a zone file; names as in `owner`."""
    ttl: int | None = None
    """Time to live in seconds; the zone's when not given."""


@dataclass(frozen=True)
class Zone:
    """A zone; its SOA record is made from these fields."""

    origin: str
    """Its name, with a final dot: `example.test.`; the root zone is `.`."""
    records: tuple[Record, ...]
    """All its records but the SOA, glue included."""
    primary: str
    """The primary name server (SOA MNAME), relative to the origin or with a final dot."""
    hostmaster: str = "hostmaster.example.test."
    """Mailbox of its keeper (SOA RNAME), with a dot for the @."""
    serial: int = 1
    """Version (SOA SERIAL)."""
    ttl: int = 3600
    """Time to live of records that name none, in seconds."""
    negative_ttl: int = 300
    """How long to remember that a name is not there (RFC 2308 section 4), in seconds."""

    @property
    def file_name(self) -> str:
        """Name of its zone file."""
        return f"{self.origin.rstrip('.') or 'root'}.zone"

    def text(self) -> str:
        """Return its zone file (RFC 1035 section 5)."""
        return render("zone.j2", zone=self)


def name_servers(owner: str, servers: Mapping[str, str]) -> tuple[Record, ...]:
    """Return NS records, and an address for each name.

    At the zone's origin (`@`) they say who serves it; at a name below it they delegate that
    name, and the addresses are glue (RFC 1034 section 4.2.1).

    Args:
        owner: the name that is served.
        servers: address by name of the server.
    """
    names = tuple(Record(owner, "NS", name) for name in servers)
    return names + tuple(Record(name, "A", address) for name, address in servers.items())
