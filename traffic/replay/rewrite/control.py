"""ICMP, ICMPv6 with neighbour discovery, and IGMP."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wirelab.traffic.replay.rewrite.editing import LyingError
from wirelab.traffic.replay.rewrite.network import ipv4, ipv6

if TYPE_CHECKING:
    from collections.abc import Callable

    from wirelab.traffic.replay.rewrite.editing import Editing
    from wirelab.traffic.replay.rewrite.network import Carried

_ERRORS, _REDIRECT, _ROUTER = (3, 4, 5, 11, 12), 5, 9
_EXTENDED = (3, 11, 12)
_QUERY, _V3_REPORT = 0x11, 0x22
_ND_ADDRESSES = {135: 1, 136: 1, 137: 2}
_ND_OPTIONS = {133: 8, 134: 16, 135: 24, 136: 24, 137: 40, 141: 8, 142: 8}
"""Where the options of a message of neighbour discovery begin (RFC 4861, RFC 3122)."""


def icmp(e: Editing, carried: Carried) -> None:
    """Rewrite an ICMP message (RFC 792), with the packet that it quotes."""
    _message(e, carried, "icmp", _icmp, pseudo=False)


def icmpv6(e: Editing, carried: Carried) -> None:
    """Rewrite an ICMPv6 message (RFC 4443, RFC 4861, RFC 3810)."""
    _message(e, carried, "icmpv6", _icmpv6, pseudo=True)


def igmp(e: Editing, carried: Carried) -> None:
    """Rewrite an IGMP message (RFC 2236, RFC 3376)."""
    _message(e, carried, "igmp", _igmp, pseudo=False)


def _message(
    e: Editing,
    carried: Carried,
    what: str,
    read: Callable[[Editing, int, int], None],
    *,
    pseudo: bool,
) -> None:
    start, end = carried.start, carried.end
    if start + 4 <= end:
        e.cover(carried.cover(start + 2, end, pseudo=pseudo))
    try:
        e.need(start, 8, end)
        # Quoted messages quote nothing, and other people's are only known by their beginning.
        if not e.quoted:
            read(e, start, end)
    except LyingError:
        e.leave(what)


def _icmp(e: Editing, start: int, end: int) -> None:
    kind = e.octets[start]
    if kind == _REDIRECT:
        e.address(start + 4, 4)
    if kind == _ROUTER:
        count, size = e.octets[start + 4], e.octets[start + 5] * 4
        for at in range(start + 8, e.need(start, 8 + count * size, end), max(size, 4)):
            e.address(at, 4)
    if kind in _ERRORS:
        # Before extensions stands how many words of the packet there are (RFC 4884 4).
        words = e.octets[start + 5] if kind in _EXTENDED else 0
        _quoted(e, ipv4, start + 8, min(end, start + 8 + words * 4) if words else end)


def _icmpv6(e: Editing, start: int, end: int) -> None:
    kind = e.octets[start]
    if kind in (1, 2, 3, 4):
        words = e.octets[start + 4] if kind in (1, 3) else 0
        _quoted(e, ipv6, start + 8, min(end, start + 8 + words * 8) if words else end)
    for number in range(_ND_ADDRESSES.get(kind, 0)):
        at = start + 8 + number * 16
        e.need(at, 16, end)
        e.address(at, 16)
    if kind in _ND_OPTIONS:
        _nd_options(e, start + _ND_OPTIONS[kind], end)
    elif kind in (130, 131, 132):
        e.need(start + 8, 16, end)
        e.address(start + 8, 16)
        if kind == 130 and start + 28 <= end:
            _sources(e, start + 28, e.number(start + 26, 2), 16, end)
    elif kind == 143:
        _records(e, start, 16, end)


def _igmp(e: Editing, start: int, end: int) -> None:
    kind = e.octets[start]
    if kind == _V3_REPORT:
        _records(e, start, 4, end)
        return
    e.address(start + 4, 4)
    if kind == _QUERY and start + 12 <= end:
        _sources(e, start + 12, e.number(start + 10, 2), 4, end)


def _records(e: Editing, start: int, size: int, end: int) -> None:
    """Rewrite group records, which are alike in IGMPv3 and MLDv2."""
    at = start + 8
    for _ in range(e.number(start + 6, 2)):
        e.need(at, 4 + size, end)
        more, count = e.octets[at + 1], e.number(at + 2, 2)
        e.address(at + 4, size)
        at = _sources(e, at + 4 + size, count, size, end) + more * 4


def _sources(e: Editing, at: int, count: int, size: int, end: int) -> int:
    behind = e.need(at, count * size, end)
    e.addresses(at, behind, size)
    return behind


def _quoted(e: Editing, read: Callable[[Editing, int, int], None], start: int, end: int) -> None:
    was, e.quoted = e.quoted, True
    if start < end:
        read(e, start, end)
    e.quoted = was


def _nd_options(e: Editing, at: int, end: int) -> None:
    """Rewrite options of neighbour discovery (RFC 4861 4.6, RFC 4191 2.3, RFC 8106 5.1)."""
    while at < end:
        e.need(at, 8, end)
        kind, size = e.octets[at], e.octets[at + 1] * 8
        behind = e.need(at, size or end, end)  # an option without length is beyond any end
        if kind in (1, 2) and size == 8:
            e.mac(at + 2)
        elif kind == 3 and size == 32:
            e.address(at + 16, 16)
        elif kind == 4:
            _quoted(e, ipv6, at + 8, behind)
        elif kind == 24 and size == 24:
            e.address(at + 8, 16)
        elif kind in (9, 10, 25):
            e.addresses(at + 8, behind, 16)
        at = behind
