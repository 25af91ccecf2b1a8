"""What must never be seen, and what must be seen so that its absence proves something."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wirelab.verify.fields import FIELDS, Kind
from wirelab.verify.filter.nodes import Always, Exists, FieldRef, Test, either
from wirelab.verify.filter.walk import fields_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from wirelab.verify.match.plan import Ban
    from wirelab.verify.match.sightings import Sightings

_BELOW = {
    "icmp": ("ip",),
    "icmpv6": ("ipv6",),
    "igmp": ("ip",),
    "tcp": ("ip", "ipv6"),
    "udp": ("ip", "ipv6"),
    "dhcp": ("udp",),
    "dns": ("udp", "tcp"),
    "tftp": ("udp",),
    "ftp": ("tcp",),
    "ftp-data": ("tcp",),
    "http": ("tcp",),
    "tls": ("tcp",),
    "ssh": ("tcp",),
    "snmp": ("udp",),
}
"""What carries a protocol; what is not here is carried by frames."""


def banned(
    ban: Ban,
    seen: Sightings,
    taken: Mapping[str, list[int]],
    chosen: Callable[[Test], frozenset[int]],
) -> list[int]:
    """The indices of the frames that should not be there.

    Args:
        ban: what must not be seen.
        seen: the capture.
        taken: the indices of the frames that each step took, in order.
        chosen: gives the indices of the packets that satisfy a test, references included.
    """
    return sorted(filter(_watched(ban, seen, taken), chosen(ban.test)))


def _watched(ban: Ban, seen: Sightings, taken: Mapping[str, list[int]]) -> Callable[[int], bool]:
    """Whether a frame is at the ban's points, between its `since` and its `until`."""
    since = taken.get(ban.item.since or "", [])[-1:]
    until = taken.get(ban.item.until or "", [])[:1]

    def is_watched(index: int) -> bool:
        return (
            seen.point(index) in ban.points
            and all(_precedes(seen, one, index) for one in since)
            and all(_precedes(seen, index, one) for one in until)
        )

    return is_watched


def _precedes(seen: Sightings, one: int, other: int) -> bool:
    """Whether a frame comes before another: in the capture at one point, by the clock at two."""
    if seen.point(one) == seen.point(other):
        return one < other
    return seen.shared_clock and seen.time(one) <= seen.time(other)


def lacking(
    ban: Ban,
    seen: Sightings,
    taken: Mapping[str, list[int]],
    chosen: Callable[[Test], frozenset[int]],
) -> list[Test]:
    """The witnesses that were not seen, without which the ban proves nothing."""
    is_watched = _watched(ban, seen, taken)
    wanted = [ban.seen] if ban.seen is not None else _witnesses(ban.item.filter.test)
    return [test for test in wanted if not any(map(is_watched, chosen(test)))]


def _witnesses(test: Test) -> list[Test]:
    """What must be seen for a filter: the protocol of each field, what carries each protocol."""
    found = [_witness(name) for name in fields_of(test)] or [Always()]
    return list(dict.fromkeys(found))


def _witness(name: str) -> Test:
    field = FIELDS[name]
    if field.kind is not Kind.PROTOCOL:
        return Exists(FieldRef(field.protocol))
    carriers = _BELOW.get(name)
    return either(*(Exists(FieldRef(each)) for each in carriers)) if carriers else Always()
