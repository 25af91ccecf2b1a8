"""DHCP and BOOTP: whose addresses are given, and who gives them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wirelab.traffic.replay.rewrite.editing import LyingError
from wirelab.traffic.replay.rewrite.rewriting import Where

if TYPE_CHECKING:
    from wirelab.traffic.replay.rewrite.editing import Editing

_MAGIC = 0x63825363
_HEADER = 236
_NAME, _FILE = (44, 108), (108, 236)
_ADDRESSES = frozenset(
    (
        *(3, 4, 5, 6, 7, 8, 9, 10, 11, 16, 28, 32, 33, 41, 42, 44, 45, 48, 49, 50, 54),
        *(65, 68, 69, 70, 71, 72, 73, 74, 75, 76, 85, 118, 150),
    )
)
"""Options that are a list of IPv4 addresses (RFC 2132, RFC 3011, RFC 5859)."""
_OVERLOAD, _CLIENT, _RELAY, _ROUTES, _OLD_ROUTES = 52, 61, 82, 121, 249
_LINK_SELECTION, _SERVER_OVERRIDE = 5, 11
_ETHERNET, _DUID = 1, 255


def message(e: Editing, start: int, end: int) -> None:
    """Rewrite a DHCP message (RFC 2131)."""
    try:
        e.addresses(start + 12, min(start + 28, end), 4)
        e.need(start, 34, end)
        if e.octets[start + 1] == _ETHERNET and e.octets[start + 2] == 6:
            e.mac(start + 28)
        e.need(start, _HEADER, end)
        if start + _HEADER + 4 > end or e.number(start + _HEADER, 4) != _MAGIC:
            return
        overloaded = _options(e, start + _HEADER + 4, end)
        if overloaded & 1:
            _options(e, start + _FILE[0], start + _FILE[1])
        if overloaded & 2:
            _options(e, start + _NAME[0], start + _NAME[1])
    except LyingError:
        e.leave("dhcp")


def _options(e: Editing, at: int, end: int) -> int:
    """Rewrite options; tells which fields of the header hold some more (RFC 2132 9.3)."""
    overloaded = 0
    while at < end and e.octets[at] != 255:
        if e.octets[at] == 0:
            at += 1
            continue
        kind, value = e.octets[at], e.need(at, 2, end)
        behind = e.need(value, e.octets[at + 1], end)
        if kind in _ADDRESSES:
            e.addresses(value, behind, 4)
        elif kind == _OVERLOAD and value < behind:
            overloaded = e.octets[value]
        elif kind == _CLIENT:
            _client(e, value, behind)
        elif kind == _RELAY:
            _relay(e, value, behind)
        elif kind in (_ROUTES, _OLD_ROUTES):
            _routes(e, value, behind)
        at = behind
    return overloaded


def _client(e: Editing, at: int, end: int) -> None:
    """Rewrite a client identifier: hardware type and address, or a DUID (RFC 4361)."""
    if end - at == 7 and e.octets[at] == _ETHERNET:
        e.mac(at + 1)
    elif end - at > 5 and e.octets[at] == _DUID:
        duid(e, at + 5, end)


def duid(e: Editing, at: int, end: int) -> None:
    """Rewrite the MAC address in a DUID-LLT or a DUID-LL (RFC 8415 11)."""
    kind = e.number(at, 4) if at + 4 <= end else 0
    if (kind, end - at) in ((0x0001_0001, 14), (0x0003_0001, 10)):
        e.mac(end - 6)


def _relay(e: Editing, at: int, end: int) -> None:
    """Rewrite what relays say of themselves (RFC 3046, RFC 3527, RFC 5107)."""
    while at + 2 <= end:
        behind = e.need(at, 2 + e.octets[at + 1], end)
        if e.octets[at] in (_LINK_SELECTION, _SERVER_OVERRIDE) and behind - at == 6:
            e.address(at + 2, 4)
        at = behind


def _routes(e: Editing, at: int, end: int) -> None:
    """Rewrite classless static routes: as many bytes of a network as its prefix has (RFC 3442)."""
    while at < end:
        some = (e.octets[at] + 7) // 8
        if some > 4:
            raise LyingError
        router = e.need(at, 1 + some, end)
        network = bytes(e.octets[at + 1 : router]).ljust(4, b"\0")
        e.put(at + 1, e.maps.address(network, Where.BOTH)[:some])
        behind = e.need(router, 4, end)
        e.address(router, 4)
        at = behind
