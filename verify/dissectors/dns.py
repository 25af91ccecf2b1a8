"""DNS: questions and answers about names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from wirelab.verify.dissectors.cursor import Cursor, MissingBytesError
from wirelab.verify.dissectors.dns_fields import SHORTEST
from wirelab.verify.dissectors.dns_names import name
from wirelab.verify.dissectors.dns_records import EDNS, name_record, record
from wirelab.verify.dissectors.outcome import Next, cut
from wirelab.verify.dissectors.streams import Ends, ends
from wirelab.verify.field import SECOND
from wirelab.verify.layer import Layer

if TYPE_CHECKING:
    from collections.abc import Iterator


_LENGTH = 2
"""The size of the length before a message over TCP (RFC 1035 4.2.2)."""
_RESPONSE = 0x8000
_PATIENCE = 5 * SECOND
"""A query with the number of an unanswered one that is no older is a repetition of it."""
_COUNTS = ("dns.count.queries", "dns.count.answers", "dns.count.auth_rr", "dns.count.add_rr")


@dataclass(slots=True)
class _Exchange:
    """A query and its response."""

    query: Layer
    response: Layer | None = None


class Exchanges(dict[tuple[Ends, int], _Exchange]):
    """The latest query with each number between two ends, as a point has seen them."""


def dissect(layer: Layer) -> Next:
    """A message over UDP, or over TCP those that a segment completes."""
    transport = layer.below
    if transport.protocol == "tcp":
        for message in _behind_lengths(layer):
            _message(message, transport)
    else:
        _message(layer, transport)
    return None


def _behind_lengths(layer: Layer) -> Iterator[Layer]:
    """The messages of a TCP stream, each behind its length; the first takes over the layer."""
    data, at, end = layer.data, layer.start, layer.end
    message = layer
    while at + _LENGTH <= end:
        length = data[at] << 8 | data[at + 1]
        first, behind = at + _LENGTH, min(at + _LENGTH + length, end)
        if message is not layer or at != layer.start:
            message = Layer(layer.packet, "dns", data, first, behind, behind)
        else:
            message.start, message.end, message.stop = first, behind, behind
        message.note("dns.length", length)
        yield message
        at = behind


def _message(layer: Layer, transport: Layer) -> None:
    cursor = Cursor(layer.data, layer.start, layer.end)
    try:
        _header(layer, cursor)
        if not layer.quoted:
            _match(layer.memory.of(Exchanges), layer, transport)
        _sections(layer, cursor)
    except MissingBytesError:
        cut(layer)


def _header(layer: Layer, cursor: Cursor) -> None:
    """Notes the numbers of the header; the flags are read where they are."""
    if cursor.left < SHORTEST:
        raise MissingBytesError
    layer.note("dns.id", cursor.number(2))
    cursor.take(2)
    for field in _COUNTS:
        layer.note(field, cursor.number(2))


def _sections(layer: Layer, cursor: Cursor) -> None:
    """Reads the question and the records of the three sections."""
    questions, *records = (layer.notes[field][0] for field in _COUNTS)
    for _ in range(int(questions)):
        text, labels = name(cursor, layer.start)
        layer.note("dns.qry.name", text)
        layer.note("dns.qry.name.len", len(text))
        layer.note("dns.count.labels", max(labels, 1))
        layer.note("dns.qry.type", cursor.number(2))
        layer.note("dns.qry.class", cursor.number(2))
    for _ in range(sum(map(int, records))):
        text, _labels = name(cursor, layer.start)
        kind = cursor.number(2)
        name_record(layer, kind, text)
        layer.note("dns.resp.type", kind)
        if kind == EDNS:
            layer.note("dns.rr.udp_payload_size", cursor.number(2))
            layer.note("dns.resp.ext_rcode", cursor.number(1))
            layer.note("dns.resp.edns0_version", cursor.number(1))
            flags = cursor.number(2)
            layer.note("dns.resp.z", flags)
            layer.note("dns.resp.z.do", bool(flags & 0x8000))
        else:
            layer.note("dns.resp.class", cursor.number(2))
            layer.note("dns.resp.ttl", cursor.number(4))
        size = cursor.number(2)
        layer.note("dns.resp.len", size)
        record(layer, kind, cursor.within(size))


def _match(exchanges: Exchanges, layer: Layer, transport: Layer) -> None:
    """Connects a response with its query, and a repetition with what it repeats."""
    key = (ends(transport), int(layer.notes["dns.id"][0]))
    known = exchanges.get(key)
    if layer.data[layer.start + 2] & (_RESPONSE >> 8):
        _response(known, layer)
    elif known and not known.response and _age(known.query, layer) <= _PATIENCE:
        layer.note("dns.retransmission", True)
        layer.note("dns.retransmit_request", True)
        layer.note("dns.retransmit_request_in", known.query.packet.frame.number)
    else:
        exchanges[key] = _Exchange(layer)


def _response(known: _Exchange | None, layer: Layer) -> None:
    frame = layer.packet.frame
    if known is None:
        layer.note("dns.unsolicited", True)
        return
    if known.response is not None:
        layer.note("dns.retransmission", True)
        layer.note("dns.retransmit_response", True)
        layer.note("dns.retransmit_response_in", known.response.packet.frame.number)
        return
    known.response = layer
    known.query.note("dns.response_in", frame.number)
    layer.note("dns.response_to", known.query.packet.frame.number)
    layer.note("dns.time", _age(known.query, layer))


def _age(query: Layer, layer: Layer) -> int:
    return layer.packet.frame.time - query.packet.frame.time
