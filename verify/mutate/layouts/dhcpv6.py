"""DHCPv6."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wirelab.verify.mutate.site import Row, Site, Sort, number, octets, placed, whole

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wirelab.verify.layer import Layer

_DIRECT = (number("dhcpv6.msgtype", 0, 1), number("dhcpv6.xid", 1, 3))
_RELAYED = (
    number("dhcpv6.msgtype", 0, 1),
    number("dhcpv6.hopcount", 1, 1),
    octets("dhcpv6.linkaddr", 2, 16),
    octets("dhcpv6.peeraddr", 18, 16),
)
_RELAYS = frozenset({12, 13})
_ASSOCIATION: tuple[Row, ...] = (
    number("dhcpv6.iaid", 0, 4),
    number("dhcpv6.iaid.t1", 4, 4),
    number("dhcpv6.iaid.t2", 8, 4),
)
_ADDRESS: tuple[Row, ...] = (
    octets("dhcpv6.iaaddr.ip", 0, 16),
    number("dhcpv6.iaaddr.pref_lifetime", 16, 4),
    number("dhcpv6.iaaddr.valid_lifetime", 20, 4),
)
_HOLDERS = {3: _ASSOCIATION, 5: _ADDRESS}
"""The options that hold others behind what is fixed in them."""
_NUMBER, _OCTETS, _TEXT = Sort.NUMBER, Sort.OCTETS, Sort.TEXT
_VALUES: dict[int, tuple[str, Sort]] = {
    1: ("dhcpv6.duid.bytes", _OCTETS),
    2: ("dhcpv6.duid.bytes", _OCTETS),
    6: ("dhcpv6.requested_option_code", _OCTETS),
    7: ("dhcpv6.option_preference", _NUMBER),
    8: ("dhcpv6.elapsed_time", _NUMBER),
    16: ("dhcpv6.vendorclass", _OCTETS),
    23: ("dhcpv6.dns_server", _OCTETS),
}
_STATUS, _CODE = 13, 2
_HEAD = 4


def dhcpv6(layer: Layer) -> Iterator[Site]:
    """DHCPv6 (RFC 8415 sections 8, 9 and 21)."""
    rows = _RELAYED if layer.data[layer.start] in _RELAYS else _DIRECT
    yield from placed(layer, rows)
    start = layer.start + sum(size for _, _, size, *_ in rows)
    yield from _options(layer.data, start, layer.end)


def _options(data: bytes, at: int, stop: int) -> Iterator[Site]:
    while at + _HEAD <= stop:
        kind, length = (int.from_bytes(data[at + n : at + n + 2], "big") for n in (0, 2))
        yield from whole("dhcpv6.option.type", at, at + 2, _NUMBER)
        yield from whole("dhcpv6.option.length", at + 2, at + 4, _NUMBER)
        value, end = at + _HEAD, min(at + _HEAD + length, stop)
        fixed = _HOLDERS.get(kind, ())
        inner = value + sum(size for _, _, size, *_ in fixed)
        if fixed and inner <= end:
            for name, offset, size, mask, sort in fixed:
                yield Site(name, value + offset, size, mask, sort)
            yield from _options(data, inner, end)
        elif kind == _STATUS:
            yield from whole("dhcpv6.status_code", value, min(value + _CODE, end), _NUMBER)
            yield from whole("dhcpv6.status_msg", value + _CODE, end, _TEXT)
        else:
            name, sort = _VALUES.get(kind, ("dhcpv6.option.value", _OCTETS))
            yield from whole(name, value, end, sort)
        at = end
