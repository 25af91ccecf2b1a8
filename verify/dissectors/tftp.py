"""TFTP: files in blocks, each acknowledged; the server answers from a port of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wirelab.verify.dissectors.cursor import Cursor, MissingBytesError, printable
from wirelab.verify.dissectors.outcome import Next, cut
from wirelab.verify.dissectors.reading import u16
from wirelab.verify.dissectors.streams import AnnouncedUdp, Announcement, sender_and_receiver
from wirelab.verify.dissectors.table import Table

if TYPE_CHECKING:
    from wirelab.verify.layer import Layer

_FILES = ("tftp.source_file", "tftp.destination_file")
_READ, _WRITE, _DATA, _ACK, _ERROR, _OPTIONS = range(1, 7)


def dissect(layer: Layer) -> Next:
    """A TFTP message; a request announces the transfer that follows on another port."""
    cursor = Cursor(layer.data, layer.start, layer.end)
    try:
        kind = cursor.number(2)
        if kind in (_READ, _WRITE):
            _request(layer, cursor, kind)
            if not layer.quoted:
                _announce(layer)
        elif kind in (_DATA, _ACK):
            layer.note("tftp.block", cursor.number(2))
        elif kind == _ERROR:
            layer.note("tftp.error.code", cursor.number(2))
            layer.note("tftp.error.message", _string(cursor))
        elif kind == _OPTIONS:
            _options(layer, cursor)
    except MissingBytesError:
        return cut(layer)
    if kind != _DATA:
        return None
    return "data", layer.data, cursor.at, layer.end, layer.stop


def _request(layer: Layer, cursor: Cursor, kind: int) -> None:
    layer.note(_FILES[kind - _READ], _string(cursor))
    layer.note("tftp.type", _string(cursor))
    _options(layer, cursor)


def _options(layer: Layer, cursor: Cursor) -> None:
    """Pairs of names and values (RFC 2347)."""
    while cursor.left:
        layer.note("tftp.option.name", _string(cursor))
        layer.note("tftp.option.value", _string(cursor))


def _announce(layer: Layer) -> None:
    client, server = sender_and_receiver(layer.below)
    layer.memory.of(AnnouncedUdp)[client, server[:-2]] = Announcement("tftp", "request", layer)


def _string(cursor: Cursor) -> str:
    """Text up to a zero byte; raises MissingBytesError where there is none."""
    behind = cursor.data.find(b"\0", cursor.at, cursor.end)
    if behind < 0:
        raise MissingBytesError
    text = cursor.take(behind - cursor.at)
    cursor.take(1)
    return printable(text)


_REPEATED = "Wireshark repeats it, under either name, in the other messages of the transfer."
_T = Table("tftp", "RFC 1350 5")
FIELDS = (
    _T.itself("The Trivial File Transfer Protocol."),
    _T.uint("tftp.opcode", "1 read, 2 write, 3 data, 4 ACK, 5 error, 6 option ACK.", u16(0)),
    _T.text("tftp.source_file", "The file to read.", differs=_REPEATED),
    _T.text("tftp.destination_file", "The file to write.", differs=_REPEATED),
    _T.text("tftp.type", "How to transfer it: octet or netascii."),
    _T.uint("tftp.block", "The number of a block, from 1."),
    _T.uint("tftp.error.code", "What is wrong."),
    _T.text("tftp.error.message", "The same in words."),
    _T.text("tftp.option.name", "An option.", source="RFC 2347"),
    _T.text("tftp.option.value", "Its value.", source="RFC 2347"),
)
