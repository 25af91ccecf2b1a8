"""The options of neighbour discovery."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wirelab.verify.dissectors.cursor import Cursor, MissingBytesError
from wirelab.verify.dissectors.dns_names import ROOT, name

if TYPE_CHECKING:
    from wirelab.verify.dissectors.table import Table
    from wirelab.verify.field import Field
    from wirelab.verify.layer import Layer

_SOURCE, _TARGET, _PREFIX, _REDIRECTED, _MTU = range(1, 6)
_DNS_SERVERS, _DNS_SEARCH = 25, 31


def describe(layer: Layer, cursor: Cursor) -> Cursor | None:
    """Notes the options from a cursor on; returns where a redirect quotes a packet, if it does.

    Raises:
        MissingBytesError: an option is longer than the message, or of no length.

    """
    quote = None
    while cursor.left:
        kind, length = cursor.number(1), cursor.number(1)
        layer.note("icmpv6.opt.type", kind)
        layer.note("icmpv6.opt.length", length)
        if not length:
            raise MissingBytesError
        body = cursor.within(length * 8 - 2)
        if kind == _REDIRECTED:
            body.take(6)
            quote = body
        else:
            _option(layer, kind, body)
    return quote


def _option(layer: Layer, kind: int, body: Cursor) -> None:
    if kind in (_SOURCE, _TARGET):
        address = body.take(body.left)
        layer.note("icmpv6.opt.linkaddr", address)
        side = "src" if kind == _SOURCE else "target"
        layer.note(f"icmpv6.opt.{side}_linkaddr", address)
    elif kind == _PREFIX:
        _prefix(layer, body)
    elif kind == _MTU:
        body.take(2)
        layer.note("icmpv6.opt.mtu", body.number(4))
    elif kind == _DNS_SERVERS:
        body.take(2)
        layer.note("icmpv6.opt.rdnss.lifetime", body.number(4))
        while body.left >= 16:
            layer.note("icmpv6.opt.rdnss", body.take(16))
    elif kind == _DNS_SEARCH:
        body.take(2)
        layer.note("icmpv6.opt.dnssl.lifetime", body.number(4))
        _search(layer, body)


def _prefix(layer: Layer, body: Cursor) -> None:
    """A prefix of the link (RFC 4861 4.6.2)."""
    layer.note("icmpv6.opt.prefix.length", body.number(1))
    flags = body.number(1)
    layer.note("icmpv6.opt.prefix.flag", flags)
    layer.note("icmpv6.opt.prefix.flag.l", bool(flags & 0x80))
    layer.note("icmpv6.opt.prefix.flag.a", bool(flags & 0x40))
    layer.note("icmpv6.opt.prefix.valid_lifetime", body.number(4))
    layer.note("icmpv6.opt.prefix.preferred_lifetime", body.number(4))
    body.take(4)
    layer.note("icmpv6.opt.prefix", body.take(16))


def _search(layer: Layer, body: Cursor) -> None:
    """Domains to search, padded with zeros (RFC 8106 5.2)."""
    while body.left:
        text, _ = name(body, body.at)
        if text != ROOT:
            layer.note("icmpv6.opt.dnssl", text)


_BYTES = "Wireshark's is a row of bytes; it can be compared with texts."


def fields(table: Table) -> tuple[Field, ...]:
    """The rows about options, for the table of ICMPv6."""
    prefix, dns = "RFC 4861 4.6.2", "RFC 8106 5"
    return (
        table.uint("icmpv6.opt.type", "The type of an option."),
        table.uint("icmpv6.opt.length", "Its length in eights of bytes."),
        table.ether(
            "icmpv6.opt.linkaddr", "A link address.", source="RFC 4861 4.6.1", differs=_BYTES
        ),
        table.ether(
            "icmpv6.opt.src_linkaddr", "The sender's one.", source="RFC 4861 4.6.1", differs=_BYTES
        ),
        table.ether(
            "icmpv6.opt.target_linkaddr",
            "The target's one.",
            source="RFC 4861 4.6.1",
            differs=_BYTES,
        ),
        table.uint("icmpv6.opt.prefix.length", "How long a prefix is.", source=prefix, unit="bits"),
        table.uint("icmpv6.opt.prefix.flag", "Its flags together.", source=prefix, digits=2),
        table.boolean("icmpv6.opt.prefix.flag.l", "It is on this link.", source=prefix),
        table.boolean("icmpv6.opt.prefix.flag.a", "Hosts make addresses of it.", source=prefix),
        table.uint(
            "icmpv6.opt.prefix.valid_lifetime", "How long it counts.", source=prefix, unit="s"
        ),
        table.uint(
            "icmpv6.opt.prefix.preferred_lifetime",
            "How long to prefer it.",
            source=prefix,
            unit="s",
        ),
        table.ipv6("icmpv6.opt.prefix", "The prefix.", source=prefix),
        table.uint("icmpv6.opt.mtu", "The MTU of the link.", source="RFC 4861 4.6.4", unit="bytes"),
        table.uint("icmpv6.opt.rdnss.lifetime", "How long to use them.", source=dns, unit="s"),
        table.ipv6("icmpv6.opt.rdnss", "A name server.", source=dns),
        table.uint("icmpv6.opt.dnssl.lifetime", "How long to use them.", source=dns, unit="s"),
        table.text("icmpv6.opt.dnssl", "A domain to search.", source=dns),
    )
