"""The data of DNS resource records."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wirelab.verify.dissectors.cursor import printable
from wirelab.verify.dissectors.dns_names import name

if TYPE_CHECKING:
    from collections.abc import Callable

    from wirelab.verify.dissectors.cursor import Cursor
    from wirelab.verify.layer import Layer

EDNS = 41
"""The pseudo-record that says what the sender can (RFC 6891 6.1)."""
_SRV = 33
_SRV_NAMES = ("dns.srv.service", "dns.srv.proto", "dns.srv.name")
_SOA_NUMBERS = (
    "dns.soa.serial_number",
    "dns.soa.refresh_interval",
    "dns.soa.retry_interval",
    "dns.soa.expire_limit",
    "dns.soa.minimum_ttl",
)


def name_record(layer: Layer, kind: int, text: str) -> None:
    """Notes the name of a record; that of a service has three parts (RFC 2782)."""
    parts = text.split(".", 2)
    if kind == _SRV and len(parts) == len(_SRV_NAMES):
        for field, part in zip(_SRV_NAMES, parts, strict=True):
            layer.note(field, part)
    else:
        layer.note("dns.resp.name", text)


def record(layer: Layer, kind: int, cursor: Cursor) -> None:
    """Notes the data of a record; raises MissingBytesError when they run out."""
    reader = _READERS.get(kind)
    if reader:
        reader(layer, cursor)


def _address(layer: Layer, cursor: Cursor) -> None:
    layer.note("dns.a", cursor.take(4))


def _address6(layer: Layer, cursor: Cursor) -> None:
    layer.note("dns.aaaa", cursor.take(16))


def _named(field: str) -> Callable[[Layer, Cursor], None]:
    """A record whose data are one name."""

    def read(layer: Layer, cursor: Cursor) -> None:
        layer.note(field, name(cursor, layer.start)[0])

    return read


def _authority(layer: Layer, cursor: Cursor) -> None:
    layer.note("dns.soa.mname", name(cursor, layer.start)[0])
    layer.note("dns.soa.rname", name(cursor, layer.start)[0])
    for field in _SOA_NUMBERS:
        layer.note(field, cursor.number(4))


def _mail(layer: Layer, cursor: Cursor) -> None:
    layer.note("dns.mx.preference", cursor.number(2))
    layer.note("dns.mx.mail_exchange", name(cursor, layer.start)[0])


def _text(layer: Layer, cursor: Cursor) -> None:
    while cursor.left:
        size = cursor.number(1)
        layer.note("dns.txt.length", size)
        layer.note("dns.txt", printable(cursor.take(size)))


def _service(layer: Layer, cursor: Cursor) -> None:
    layer.note("dns.srv.priority", cursor.number(2))
    layer.note("dns.srv.weight", cursor.number(2))
    layer.note("dns.srv.port", cursor.number(2))
    layer.note("dns.srv.target", name(cursor, layer.start)[0])


_READERS: dict[int, Callable[[Layer, Cursor], None]] = {
    1: _address,
    2: _named("dns.ns"),
    5: _named("dns.cname"),
    6: _authority,
    12: _named("dns.ptr.domain_name"),
    15: _mail,
    16: _text,
    28: _address6,
    _SRV: _service,
}
