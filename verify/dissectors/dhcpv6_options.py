"""The options of DHCPv6, some of which hold options themselves.

As in Wireshark, options end where one is longer than what is left, and one that is too short for
what it should hold has no values.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wirelab.verify.dissectors.cursor import Cursor, printable
from wirelab.verify.dissectors.table import Table

if TYPE_CHECKING:
    from collections.abc import Callable

    from wirelab.verify.layer import Layer

_HEAD = 4
_HUNDREDTH = 10
"""Milliseconds of the unit in which a client says how long it has been trying."""
_DEEPEST = 8
"""How many options lie in each other at most; an address lies in an association, a status in it."""


def describe(layer: Layer, cursor: Cursor, depth: int = 0) -> None:
    """Notes the options from a cursor on."""
    while cursor.left >= _HEAD:
        kind, length = cursor.number(2), cursor.number(2)
        if length > cursor.left:
            return
        layer.note("dhcpv6.option.type", kind)
        layer.note("dhcpv6.option.length", length)
        value = cursor.within(length)
        reader = _READERS.get(kind)
        if reader:
            reader(layer, value)
        if kind in _HOLDERS and depth < _DEEPEST and length >= _HOLDERS[kind]:
            describe(layer, value, depth + 1)


def _duid(layer: Layer, value: Cursor) -> None:
    """Who a client or server is (RFC 8415 11)."""
    if value.left < 2:
        return
    layer.note("dhcpv6.duid.bytes", value.data[value.at : value.end])
    kind = value.number(2)
    layer.note("dhcpv6.duid.type", kind)
    if kind == _LLT and value.left >= 6:
        layer.note("dhcpv6.duidllt.hwtype", value.number(2))
        value.take(4)
        _link_layer(layer, "dhcpv6.duidllt.link_layer_addr", value)
    elif kind == _ENTERPRISE and value.left >= 4:
        layer.note("dhcpv6.duiden.enterprise", value.number(4))
        if value.left:
            layer.note("dhcpv6.duiden.identifier", value.take(value.left))
    elif kind == _LL and value.left >= 2:
        layer.note("dhcpv6.duidll.hwtype", value.number(2))
        _link_layer(layer, "dhcpv6.duidll.link_layer_addr", value)


def _link_layer(layer: Layer, field: str, value: Cursor) -> None:
    if value.left:
        layer.note(field, value.take(value.left).hex(":"))


def _association(layer: Layer, value: Cursor) -> None:
    """What a client wants addresses or prefixes for (RFC 8415 21.4, 21.21)."""
    if value.left < 12:
        return
    layer.note("dhcpv6.iaid", value.take(4).hex())
    layer.note("dhcpv6.iaid.t1", value.number(4))
    layer.note("dhcpv6.iaid.t2", value.number(4))


def _address(layer: Layer, value: Cursor) -> None:
    if value.left < 24:
        return
    layer.note("dhcpv6.iaaddr.ip", value.take(16))
    layer.note("dhcpv6.iaaddr.pref_lifetime", value.number(4))
    layer.note("dhcpv6.iaaddr.valid_lifetime", value.number(4))


def _prefix(layer: Layer, value: Cursor) -> None:
    if value.left < 25:
        return
    layer.note("dhcpv6.iaprefix.pref_lifetime", value.number(4))
    layer.note("dhcpv6.iaprefix.valid_lifetime", value.number(4))
    layer.note("dhcpv6.iaprefix.pref_len", value.number(1))
    layer.note("dhcpv6.iaprefix.pref_addr", value.take(16))


def _requested(layer: Layer, value: Cursor) -> None:
    while value.left >= 2:
        layer.note("dhcpv6.requested_option_code", value.number(2))


def _preference(layer: Layer, value: Cursor) -> None:
    if value.left == 1:
        layer.note("dhcpv6.option_preference", value.number(1))


def _elapsed(layer: Layer, value: Cursor) -> None:
    if value.left == 2:
        layer.note("dhcpv6.elapsed_time", value.number(2) * _HUNDREDTH)


def _status(layer: Layer, value: Cursor) -> None:
    if value.left < 2:
        return
    layer.note("dhcpv6.status_code", value.number(2))
    if value.left:
        layer.note("dhcpv6.status_msg", printable(value.take(value.left)))


def _name_servers(layer: Layer, value: Cursor) -> None:
    while value.left and value.left % 16 == 0:
        layer.note("dhcpv6.dns_server", value.take(16))


_LLT, _ENTERPRISE, _LL = 1, 2, 3
_READERS: dict[int, Callable[[Layer, Cursor], None]] = {
    1: _duid,
    2: _duid,
    3: _association,
    5: _address,
    6: _requested,
    7: _preference,
    8: _elapsed,
    13: _status,
    23: _name_servers,
    25: _association,
    26: _prefix,
}
_HOLDERS = {3: 12, 5: 24, 25: 12, 26: 25}
"""The options that hold others, and the bytes in front of these."""

_D = Table("dhcpv6", "RFC 8415 21")
_DUID, _LEASE, _PD = "RFC 8415 11", "RFC 8415 21.6", "RFC 8415 21.22"
FIELDS = (
    _D.uint("dhcpv6.option.type", "The code of an option.", source="RFC 8415 21.1"),
    _D.uint("dhcpv6.option.length", "Its length.", source="RFC 8415 21.1", unit="bytes"),
    _D.octets("dhcpv6.duid.bytes", "Who a client or a server is.", source=_DUID),
    _D.uint(
        "dhcpv6.duid.type",
        "What it is made of: 1 link-layer address and time, 2 a vendor's number, 3 link-layer"
        " address, 4 a UUID.",
        source=_DUID,
    ),
    _D.uint("dhcpv6.duidllt.hwtype", "The kind of hardware; 1 is Ethernet.", source=_DUID),
    _D.text("dhcpv6.duidllt.link_layer_addr", "The address, as a text.", source=_DUID),
    _D.uint("dhcpv6.duiden.enterprise", "The vendor.", source=_DUID),
    _D.octets("dhcpv6.duiden.identifier", "The vendor's number.", source=_DUID),
    _D.uint("dhcpv6.duidll.hwtype", "The kind of hardware; 1 is Ethernet.", source=_DUID),
    _D.text("dhcpv6.duidll.link_layer_addr", "The address, as a text.", source=_DUID),
    _D.text(
        "dhcpv6.iaid", "The client's number of what it wants addresses for.", source="RFC 8415 21.4"
    ),
    _D.uint("dhcpv6.iaid.t1", "When to renew.", source="RFC 8415 21.4", unit="s"),
    _D.uint("dhcpv6.iaid.t2", "When to ask any server.", source="RFC 8415 21.4", unit="s"),
    _D.ipv6("dhcpv6.iaaddr.ip", "An address for the client.", source=_LEASE),
    _D.uint("dhcpv6.iaaddr.pref_lifetime", "How long to prefer it.", source=_LEASE, unit="s"),
    _D.uint("dhcpv6.iaaddr.valid_lifetime", "How long it counts.", source=_LEASE, unit="s"),
    _D.uint("dhcpv6.iaprefix.pref_lifetime", "How long to prefer it.", source=_PD, unit="s"),
    _D.uint("dhcpv6.iaprefix.valid_lifetime", "How long it counts.", source=_PD, unit="s"),
    _D.uint("dhcpv6.iaprefix.pref_len", "How long a prefix is.", source=_PD, unit="bits"),
    _D.ipv6("dhcpv6.iaprefix.pref_addr", "A prefix for the client's networks.", source=_PD),
    _D.uint(
        "dhcpv6.requested_option_code",
        "An option that the client asks for.",
        source="RFC 8415 21.7",
    ),
    _D.uint(
        "dhcpv6.option_preference",
        "How much the server recommends itself.",
        source="RFC 8415 21.8",
    ),
    _D.uint(
        "dhcpv6.elapsed_time",
        "How long the client has been trying.",
        source="RFC 8415 21.9",
        unit="ms",
    ),
    _D.uint("dhcpv6.status_code", "0 for success.", source="RFC 8415 21.13"),
    _D.text("dhcpv6.status_msg", "The same in words.", source="RFC 8415 21.13"),
    _D.ipv6("dhcpv6.dns_server", "A name server.", source="RFC 3646 3"),
)
