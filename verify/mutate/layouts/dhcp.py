"""DHCP."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wirelab.verify.mutate.site import Row, Site, Sort, number, octets, placed, whole

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wirelab.verify.layer import Layer

_DHCP: tuple[Row, ...] = (
    number("dhcp.type", 0, 1),
    number("dhcp.hw.type", 1, 1),
    number("dhcp.hw.len", 2, 1),
    number("dhcp.hops", 3, 1),
    number("dhcp.id", 4, 4),
    number("dhcp.secs", 8, 2),
    number("dhcp.flags.bc", 10, 2, 0x8000),
    number("dhcp.flags.reserved", 10, 2, 0x7FFF),
    octets("dhcp.ip.client", 12, 4),
    octets("dhcp.ip.your", 16, 4),
    octets("dhcp.ip.server", 20, 4),
    octets("dhcp.ip.relay", 24, 4),
    octets("dhcp.hw.mac_addr", 28, 6),
    octets("dhcp.hw.addr_padding", 34, 10),
    octets("dhcp.server", 44, 64),
    octets("dhcp.file", 108, 128),
    octets("dhcp.cookie", 236, 4),
)
_OPTIONS = 240
_PAD, _END = 0, 255
_NUMBER, _OCTETS, _TEXT = Sort.NUMBER, Sort.OCTETS, Sort.TEXT
_VALUES: dict[int, tuple[str, Sort]] = {
    1: ("dhcp.option.subnet_mask", _OCTETS),
    3: ("dhcp.option.router", _OCTETS),
    6: ("dhcp.option.domain_name_server", _OCTETS),
    12: ("dhcp.option.hostname", _TEXT),
    15: ("dhcp.option.domain_name", _TEXT),
    26: ("dhcp.option.interface_mtu", _NUMBER),
    28: ("dhcp.option.broadcast_address", _OCTETS),
    50: ("dhcp.option.requested_ip_address", _OCTETS),
    51: ("dhcp.option.ip_address_lease_time", _NUMBER),
    53: ("dhcp.option.dhcp", _NUMBER),
    54: ("dhcp.option.dhcp_server_id", _OCTETS),
    55: ("dhcp.option.request_list_item", _OCTETS),
    56: ("dhcp.option.message", _TEXT),
    57: ("dhcp.option.dhcp_max_message_size", _NUMBER),
    58: ("dhcp.option.renewal_time_value", _NUMBER),
    59: ("dhcp.option.rebinding_time_value", _NUMBER),
    60: ("dhcp.option.vendor_class_id", _TEXT),
    61: ("dhcp.client_id", _OCTETS),
    81: ("dhcp.fqdn", _OCTETS),
}


def dhcp(layer: Layer) -> Iterator[Site]:
    """DHCP (RFC 2131 section 2, RFC 2132)."""
    yield from placed(layer, _DHCP)
    at, data = layer.start + _OPTIONS, layer.data
    while at < layer.end and data[at] != _END:
        if data[at] == _PAD or at + 1 >= layer.end:
            yield from whole("dhcp.option.type", at, at + 1)
            at += 1
            continue
        yield from whole("dhcp.option.type", at, at + 1)
        yield from whole("dhcp.option.length", at + 1, at + 2)
        end = at + 2 + data[at + 1]
        name, sort = _VALUES.get(data[at], ("dhcp.option.value", _OCTETS))
        yield from whole(name, at + 2, min(end, layer.end), sort)
        at = end
    yield from whole("dhcp.option.end", at, min(at + 1, layer.end))
    yield from whole("dhcp.option.padding", at + 1, layer.end)
