"""A tree of zones: each domain is delegated by the closest one above it (RFC 1034 section 4.2)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain

from wirelab.traffic.servers.zone import Record, Zone, name_servers


@dataclass(frozen=True)
class Domain:
    """A part of the name space that is served by itself."""

    origin: str
    """Its name, with a final dot: `example.test.`; the root is `.`."""
    records: tuple[Record, ...] = ()
    """What it knows, besides its name servers and the domains right below it."""
    ttl: int = 3600
    """Time to live of its records, in seconds."""
    negative_ttl: int = 300
    """How long to remember that a name is not there, in seconds."""
    servers: Mapping[str, str] = field(default_factory=dict)
    """Addresses of its name servers, by their full names; the first is the primary one."""


def zones(domains: Sequence[Domain]) -> tuple[Zone, ...]:
    """Return the zone of each domain, with delegations of those right below it.

    Every domain needs a name server.
    """
    return tuple(
        Zone(
            each.origin,
            (
                *name_servers("@", each.servers),
                *chain.from_iterable(
                    name_servers(child.origin, child.servers)
                    for child in domains
                    if _parent(child, domains) is each
                ),
                *each.records,
            ),
            primary=next(iter(each.servers)),
            ttl=each.ttl,
            negative_ttl=each.negative_ttl,
        )
        for each in domains
    )


def _parent(child: Domain, domains: Sequence[Domain]) -> Domain | None:
    """Return the closest domain above another; None above the highest."""
    above = [each for each in domains if each is not child and _is_below(child, each)]
    return max(above, key=lambda each: len(each.origin), default=None)


def _is_below(child: Domain, parent: Domain) -> bool:
    return parent.origin == "." or child.origin.endswith(f".{parent.origin}")
