"""The values of DHCP options."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from wirelab.verify.dissectors.cursor import printable
from wirelab.verify.dissectors.table import Table
from wirelab.verify.field import Kind

if TYPE_CHECKING:
    from wirelab.verify.field import Value
    from wirelab.verify.layer import Layer

PAD, END, OVERLOAD = 0, 255, 52
_CLIENT_ID, _FQDN = 61, 81
_ETHERNET = 1
_DUID = 255


@dataclass(frozen=True, slots=True)
class _Option:
    """An option that has a field of its own."""

    code: int
    field: str
    kind: Kind
    size: int
    """The length of one value in bytes; 0 for one value that is as long as the option."""
    meaning: str
    source: str
    unit: str = ""


_OPTIONS = (
    _Option(1, "subnet_mask", Kind.IPV4, 4, "The mask of the subnet.", "RFC 2132 3.3"),
    _Option(3, "router", Kind.IPV4, 4, "A router.", "RFC 2132 3.5"),
    _Option(4, "time_server", Kind.IPV4, 4, "A time server.", "RFC 2132 3.6"),
    _Option(6, "domain_name_server", Kind.IPV4, 4, "A name server.", "RFC 2132 3.8"),
    _Option(12, "hostname", Kind.STRING, 0, "The client's name.", "RFC 2132 3.14"),
    _Option(15, "domain_name", Kind.STRING, 0, "The client's domain.", "RFC 2132 3.17"),
    _Option(26, "interface_mtu", Kind.UINT, 2, "The MTU to use.", "RFC 2132 5.1", "bytes"),
    _Option(28, "broadcast_address", Kind.IPV4, 4, "The broadcast address.", "RFC 2132 5.3"),
    _Option(42, "ntp_server", Kind.IPV4, 4, "An NTP server.", "RFC 2132 8.3"),
    _Option(50, "requested_ip_address", Kind.IPV4, 4, "The address wished for.", "RFC 2132 9.1"),
    _Option(
        51, "ip_address_lease_time", Kind.UINT, 4, "How long the lease lasts.", "RFC 2132 9.2", "s"
    ),
    _Option(52, "option_overload", Kind.UINT, 1, "Where else options are.", "RFC 2132 9.3"),
    _Option(
        53,
        "dhcp",
        Kind.UINT,
        1,
        "1 Discover, 2 Offer, 3 Request, 4 Decline, 5 ACK, 6 NAK, 7 Release, 8 Inform.",
        "RFC 2132 9.6",
    ),
    _Option(54, "dhcp_server_id", Kind.IPV4, 4, "The server meant.", "RFC 2132 9.7"),
    _Option(55, "request_list_item", Kind.UINT, 1, "An option wished for.", "RFC 2132 9.8"),
    _Option(56, "message", Kind.STRING, 0, "A word of explanation.", "RFC 2132 9.9"),
    _Option(
        57, "dhcp_max_message_size", Kind.UINT, 2, "The longest message.", "RFC 2132 9.10", "bytes"
    ),
    _Option(58, "renewal_time_value", Kind.UINT, 4, "T1, when to renew.", "RFC 2132 9.11", "s"),
    _Option(59, "rebinding_time_value", Kind.UINT, 4, "T2, when to rebind.", "RFC 2132 9.12", "s"),
    _Option(60, "vendor_class_id", Kind.STRING, 0, "The client's make.", "RFC 2132 9.13"),
)
_BY_CODE = {option.code: option for option in _OPTIONS}


def describe(layer: Layer, code: int, value: bytes) -> None:
    """Notes the fields of one option."""
    if code == _CLIENT_ID:
        _client_id(layer, value)
    elif code == _FQDN:
        _full_name(layer, value)
    elif code in _BY_CODE:
        option = _BY_CODE[code]
        layer.note(f"dhcp.option.{option.field}", *_values(option, value))


def _values(option: _Option, value: bytes) -> tuple[Value, ...]:
    size = option.size
    if option.kind is Kind.STRING:
        return (printable(value.split(b"\0", 1)[0]),)
    pieces = [value[at : at + size] for at in range(0, len(value) - size + 1, size)]
    if option.kind is Kind.IPV4:
        return tuple(pieces)
    return tuple([int.from_bytes(piece, "big") for piece in pieces])


def _client_id(layer: Layer, value: bytes) -> None:
    """The client identifier: a hardware address, a DUID, or anything (RFC 2132 9.14)."""
    if len(value) == 7 and value[0] == _ETHERNET:
        layer.note("dhcp.hw.type", value[0])
        layer.note("dhcp.hw.mac_addr", value[1:])
    elif len(value) > 6 and value[0] == _DUID:
        layer.note("dhcp.client_id.iaid", value[1:5].hex())
        layer.note("dhcp.client_id.duid_type", int.from_bytes(value[5:7], "big"))


def _full_name(layer: Layer, value: bytes) -> None:
    """The client's full name, and who shall tell DNS about it (RFC 4702 2)."""
    if len(value) < 3:
        return
    layer.note("dhcp.fqdn.flags", value[0])
    text = value[3:]
    layer.note("dhcp.fqdn.name", _labels(text) if value[0] & 0x04 else printable(text))


def _labels(text: bytes) -> str:
    """A name in DNS form as text."""
    labels, at = [], 0
    while at < len(text) and text[at]:
        labels.append(printable(text[at + 1 : at + 1 + text[at]]))
        at += 1 + text[at]
    return ".".join(labels)


_D = Table("dhcp", "RFC 2132")
FIELDS = (
    *[
        _D.row(
            option.kind,
            f"dhcp.option.{option.field}",
            option.meaning,
            source=option.source,
            unit=option.unit,
        )
        for option in _OPTIONS
    ],
    _D.text(
        "dhcp.client_id.iaid", "Which of the client's interfaces it is.", source="RFC 4361 6.1"
    ),
    _D.uint("dhcp.client_id.duid_type", "How the client's DUID is made.", source="RFC 8415 11"),
    _D.uint(
        "dhcp.fqdn.flags", "Who shall tell DNS about the name.", source="RFC 4702 2.1", digits=2
    ),
    _D.text("dhcp.fqdn.name", "The client's full name.", source="RFC 4702 2"),
)
