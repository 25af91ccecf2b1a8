"""Multicast listener discovery, a part of ICMPv6."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wirelab.verify.dissectors.cursor import Cursor

if TYPE_CHECKING:
    from wirelab.verify.dissectors.table import Table
    from wirelab.verify.field import Field
    from wirelab.verify.layer import Layer

_QUERY, _REPORT, _DONE, _REPORT_V2 = 130, 131, 132, 143
_HEADER = 4
_QUERY_V1 = 24


def describe(layer: Layer) -> None:
    """Notes the fields of a message about listeners; raises MissingBytesError when it is cut."""
    kind = layer.data[layer.start]
    cursor = Cursor(layer.data, layer.start + _HEADER, layer.end)
    if kind in (_QUERY, _REPORT, _DONE):
        _query_or_report(
            layer, cursor, is_v2=kind == _QUERY and layer.stop - layer.start > _QUERY_V1
        )
    elif kind == _REPORT_V2:
        _records(layer, cursor)


def _query_or_report(layer: Layer, cursor: Cursor, *, is_v2: bool) -> None:
    """A query, or a report or farewell of version 1 (RFC 2710 3, RFC 3810 5.1)."""
    delay = "maximum_response_code" if is_v2 else "maximum_response_delay"
    layer.note(f"icmpv6.mld.{delay}", cursor.number(2))
    cursor.take(2)
    layer.note("icmpv6.mld.multicast_address", cursor.take(16))
    if not is_v2:
        return
    flags = cursor.number(1)
    layer.note("icmpv6.mld.flag.s", bool(flags & 0x08))
    layer.note("icmpv6.mld.flag.qrv", flags & 0x07)
    layer.note("icmpv6.mld.qqi", cursor.number(1))
    count = cursor.number(2)
    layer.note("icmpv6.mld.nb_sources", count)
    for _ in range(count):
        layer.note("icmpv6.mld.source_address", cursor.take(16))


def _records(layer: Layer, cursor: Cursor) -> None:
    """A report of version 2: a record for each group (RFC 3810 5.2)."""
    cursor.take(2)
    count = cursor.number(2)
    layer.note("icmpv6.mldr.nb_mcast_records", count)
    for _ in range(count):
        layer.note("icmpv6.mldr.mar.record_type", cursor.number(1))
        extra = cursor.number(1)
        layer.note("icmpv6.mldr.mar.aux_data_len", extra)
        sources = cursor.number(2)
        layer.note("icmpv6.mldr.mar.nb_sources", sources)
        layer.note("icmpv6.mldr.mar.multicast_address", cursor.take(16))
        for _ in range(sources):
            layer.note("icmpv6.mldr.mar.source_address", cursor.take(16))
        cursor.take(extra * 4)


def fields(table: Table) -> tuple[Field, ...]:
    """The rows about listeners, for the table of ICMPv6."""
    query, report = "RFC 3810 5.1", "RFC 3810 5.2"
    return (
        table.uint(
            "icmpv6.mld.maximum_response_delay",
            "How long to wait.",
            source="RFC 2710 3.4",
            unit="ms",
        ),
        table.uint("icmpv6.mld.maximum_response_code", "How long to wait, coded.", source=query),
        table.ipv6("icmpv6.mld.multicast_address", "The group; :: for all.", source="RFC 2710 3.6"),
        table.boolean("icmpv6.mld.flag.s", "Routers shall not act on it.", source=query),
        table.uint("icmpv6.mld.flag.qrv", "How robust the querier is.", source=query),
        table.uint("icmpv6.mld.qqi", "How often the querier asks, coded.", source=query),
        table.uint("icmpv6.mld.nb_sources", "How many sources it asks about.", source=query),
        table.ipv6("icmpv6.mld.source_address", "One of them.", source=query),
        table.uint("icmpv6.mldr.nb_mcast_records", "How many groups are reported.", source=report),
        table.uint(
            "icmpv6.mldr.mar.record_type",
            "1 include, 2 exclude, 3 and 4 a change to these, 5 allow, 6 block.",
            source=report,
        ),
        table.uint(
            "icmpv6.mldr.mar.aux_data_len", "Further data, in fours of bytes.", source=report
        ),
        table.uint("icmpv6.mldr.mar.nb_sources", "How many sources are named.", source=report),
        table.ipv6("icmpv6.mldr.mar.multicast_address", "The group.", source=report),
        table.ipv6("icmpv6.mldr.mar.source_address", "A source.", source=report),
    )
