"""DHCPv6: whose addresses are given, and who gives them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wirelab.traffic.replay.rewrite.dhcp import duid
from wirelab.traffic.replay.rewrite.editing import DEEPEST, LyingError

if TYPE_CHECKING:
    from wirelab.traffic.replay.rewrite.editing import Editing

_RELAY_FORWARD, _RELAY_REPLY = 12, 13
_DUIDS, _RELAYED, _CLIENT_MAC = (1, 2), 9, 79
_ADDRESSES = frozenset((12, 22, 23, 27, 28, 31))
"""Options that are a list of addresses (RFC 8415, RFC 3319, RFC 3646, RFC 3898, RFC 4075)."""
_ADDRESS, _PREFIX, _NTP = 5, 26, 56
_OPTIONS_AFTER = {3: 12, 4: 4, _ADDRESS: 24, 25: 12, _PREFIX: 25}
"""After how many bytes of an option more options follow inside it."""


def message(e: Editing, start: int, end: int) -> None:
    """Rewrite a DHCPv6 message (RFC 8415)."""
    try:
        _message(e, start, end, 0)
    except LyingError:
        e.leave("dhcpv6")


def _message(e: Editing, start: int, end: int, depth: int) -> None:
    e.need(start, 4, end)
    if e.octets[start] not in (_RELAY_FORWARD, _RELAY_REPLY):
        _options(e, start + 4, end, depth)
        return
    behind = e.need(start, 34, end)
    e.addresses(start + 2, behind, 16)
    _options(e, behind, end, depth)


def _options(e: Editing, at: int, end: int, depth: int) -> None:
    if depth > DEEPEST:
        raise LyingError
    while at < end:
        value = e.need(at, 4, end)
        kind, behind = e.number(at, 2), e.need(value, e.number(at + 2, 2), end)
        if kind in _DUIDS:
            duid(e, value, behind)
        elif kind == _RELAYED:
            _message(e, value, behind, depth + 1)
        elif kind in _ADDRESSES:
            e.addresses(value, behind, 16)
        elif kind == _CLIENT_MAC and behind - value == 8 and e.number(value, 2) == 1:
            e.mac(value + 2)
        elif kind == _NTP:
            _ntp(e, value, behind)
        elif kind in _OPTIONS_AFTER:
            more = e.need(value, _OPTIONS_AFTER[kind], behind)
            if kind in (_ADDRESS, _PREFIX):
                e.address(value + (9 if kind == _PREFIX else 0), 16)
            _options(e, more, behind, depth + 1)
        at = behind


def _ntp(e: Editing, at: int, end: int) -> None:
    """Rewrite the addresses of time servers (RFC 5908)."""
    while at < end:
        value = e.need(at, 4, end)
        behind = e.need(value, e.number(at + 2, 2), end)
        if e.number(at, 2) in (1, 2) and behind - value == 16:
            e.address(value, 16)
        at = behind
