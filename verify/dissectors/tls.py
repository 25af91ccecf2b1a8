"""TLS: the records, and what can be read in them before encryption starts."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from wirelab.verify.dissectors.cursor import Cursor, MissingBytesError, printable
from wirelab.verify.dissectors.outcome import Next, cut
from wirelab.verify.dissectors.table import Table
from wirelab.verify.dissectors.tcp_stream import Segment

if TYPE_CHECKING:
    from wirelab.verify.dissectors.tcp_stream import Progress, Stream
    from wirelab.verify.layer import Layer

_CHANGE_CIPHER, _ALERT, _HANDSHAKE, _DATA = 20, 21, 22, 23
_HEADER = 5
_HEAD = ((_CHANGE_CIPHER, _DATA), (3, 3), (0, 4), (0, 255), (0, 255))
"""The lowest and highest value of each byte of a record's header."""
_LONGEST = (1 << 14) + 2048
_CLIENT_HELLO, _SERVER_HELLO = 1, 2
_SERVER_NAME, _VERSIONS = 0, 43
_TLS13 = 0x0304


@dataclass(slots=True)
class Session:
    """What the records of a connection have shown so far."""

    is_13: bool = False
    """Whether version 1.3 was agreed on, which encrypts right behind the hellos."""
    unfinished: dict[int, int] = field(default_factory=dict)
    """How many bytes of a message the next record has, by direction (its identity)."""
    encrypted: set[int] = field(default_factory=set)
    """The directions (by identity) that have changed their cipher."""


def starts(head: bytes | bytearray) -> bool:
    """Whether bytes are those of a record."""
    return len(head) >= _HEADER and may_start(head)


def may_start(head: bytes | bytearray) -> bool:
    """Whether bytes are those of a record as far as they go."""
    head = head[:_HEADER]
    if not all(low <= octet <= high for octet, (low, high) in zip(head, _HEAD, strict=False)):
        return False
    return len(head) < _HEADER or 0 < (head[3] << 8 | head[4]) <= _LONGEST


def framing(
    data: bytes | bytearray, start: int, end: int, _stream: Stream, _progress: Progress
) -> int:
    """Where the record that starts here ends; bytes that start none are left together."""
    if end - start < _HEADER:
        return start + _HEADER
    if not starts(data[start : start + _HEADER]):
        return end
    return start + _HEADER + (data[start + 3] << 8 | data[start + 4])


def dissect(layer: Layer) -> Next:
    """The records that a segment completes."""
    state, data = layer.below.state, layer.data
    session, direction = Session(), 0
    if isinstance(state, Segment):
        stream = state.stream
        if not isinstance(stream.session, Session):
            stream.session = session
        session, direction = stream.session, id(state.flow)
    cursor = Cursor(data, layer.start, layer.end)
    try:
        while cursor.left >= _HEADER and starts(data[cursor.at : cursor.at + _HEADER]):
            _record(layer, cursor, session, direction)
    except MissingBytesError:
        return cut(layer)
    return None


def _record(layer: Layer, cursor: Cursor, session: Session, direction: int) -> None:
    kind = cursor.number(1)
    hidden = session.is_13 and kind == _DATA
    layer.note("tls.record.opaque_type" if hidden else "tls.record.content_type", kind)
    layer.note("tls.record.version", cursor.number(2))
    size = cursor.number(2)
    layer.note("tls.record.length", size)
    body = cursor.within(size)
    if kind == _CHANGE_CIPHER:
        session.encrypted.add(direction)
    elif direction in session.encrypted:
        return
    elif kind == _HANDSHAKE:
        _handshakes(layer, body, session, direction)
    elif kind == _ALERT and size == 2:
        layer.note("tls.alert_message.level", body.number(1))
        layer.note("tls.alert_message.desc", body.number(1))


def _handshakes(layer: Layer, cursor: Cursor, session: Session, direction: int) -> None:
    """The handshake messages of a record; one may go on in the next record (RFC 8446 5.1)."""
    rest = session.unfinished.pop(direction, 0)
    if rest > cursor.left:
        session.unfinished[direction] = rest - cursor.left
        return
    cursor.take(rest)
    while cursor.left >= 4:
        kind = cursor.number(1)
        layer.note("tls.handshake.type", kind)
        size = cursor.number(3)
        layer.note("tls.handshake.length", size)
        if size > cursor.left:
            session.unfinished[direction] = size - cursor.left
            return
        if kind in (_CLIENT_HELLO, _SERVER_HELLO):
            _hello(layer, cursor.within(size), session, kind == _CLIENT_HELLO)
        else:
            cursor.take(size)


def _hello(layer: Layer, cursor: Cursor, session: Session, from_client: bool) -> None:
    """What both hellos have: version, random, session, ciphers, extensions (RFC 8446 4.1)."""
    layer.note("tls.handshake.version", cursor.number(2))
    cursor.take(32)
    cursor.take(cursor.number(1))
    suites = cursor.within(cursor.number(2) if from_client else 2)
    while suites.left >= 2:
        layer.note("tls.handshake.ciphersuite", suites.number(2))
    cursor.take(cursor.number(1) if from_client else 1)
    extensions = cursor.within(cursor.number(2)) if cursor.left else cursor
    while extensions.left >= 4:
        kind = extensions.number(2)
        layer.note("tls.handshake.extension.type", kind)
        body = extensions.within(extensions.number(2))
        if kind == _SERVER_NAME and from_client:
            _server_name(layer, body)
        elif kind == _VERSIONS:
            _versions(layer, body, session, from_client)


def _server_name(layer: Layer, cursor: Cursor) -> None:
    names = cursor.within(cursor.number(2))
    while names.left >= 3:
        names.take(1)
        text = printable(names.take(names.number(2)))
        layer.note("tls.handshake.extensions_server_name", text)


def _versions(layer: Layer, cursor: Cursor, session: Session, from_client: bool) -> None:
    versions = cursor.within(cursor.number(1)) if from_client else cursor
    while versions.left >= 2:
        version = versions.number(2)
        layer.note("tls.handshake.extensions.supported_version", version)
        session.is_13 = session.is_13 or (version == _TLS13 and not from_client)


_T = Table("tls", "RFC 8446")
_RECORD, _HELLO = "RFC 8446 5.1", "RFC 8446 4.1.2"
FIELDS = (
    _T.itself("Transport Layer Security."),
    _T.uint(
        "tls.record.content_type",
        "20 change cipher, 21 alert, 22 handshake, 23 data.",
        source=_RECORD,
    ),
    _T.uint("tls.record.opaque_type", "23 for what version 1.3 encrypts.", source="RFC 8446 5.2"),
    _T.uint("tls.record.version", "The version of the record.", source=_RECORD, digits=4),
    _T.uint("tls.record.length", "The length of a record's body.", source=_RECORD, unit="bytes"),
    _T.uint(
        "tls.handshake.type", "1 client hello, 2 server hello, 11 certificate.", source="RFC 8446 4"
    ),
    _T.uint("tls.handshake.length", "The length of a message.", source="RFC 8446 4", unit="bytes"),
    _T.uint("tls.handshake.version", "The version of a hello.", source=_HELLO, digits=4),
    _T.uint("tls.handshake.ciphersuite", "A cipher offered or chosen.", source=_HELLO, digits=4),
    _T.uint("tls.handshake.extension.type", "An extension of a hello.", source="RFC 8446 4.2"),
    _T.text(
        "tls.handshake.extensions_server_name",
        "The server that the client means.",
        source="RFC 6066 3",
    ),
    _T.uint(
        "tls.handshake.extensions.supported_version",
        "A version offered or chosen.",
        source="RFC 8446 4.2.1",
        digits=4,
    ),
    _T.uint("tls.alert_message.level", "1 warning, 2 fatal.", source="RFC 8446 6"),
    _T.uint("tls.alert_message.desc", "What is wrong.", source="RFC 8446 6"),
)
