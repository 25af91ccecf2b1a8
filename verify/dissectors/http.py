"""HTTP/1: requests and responses, as far as their first lines and some headers go."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from wirelab.verify.dissectors.cursor import printable
from wirelab.verify.dissectors.table import Table
from wirelab.verify.dissectors.tcp_stream import Progress, Segment
from wirelab.verify.layer import Layer

if TYPE_CHECKING:
    from wirelab.verify.dissectors.outcome import Next
    from wirelab.verify.dissectors.tcp_stream import Stream

_METHODS = rb"GET|HEAD|POST|PUT|DELETE|CONNECT|OPTIONS|TRACE|PATCH"
_START = re.compile(rb"(?:" + _METHODS + rb") \S{1,400}|HTTP/1\.[01] ")
_REQUEST = re.compile(rb"(" + _METHODS + rb") (\S+) (HTTP/\d\.\d)")
_RESPONSE = re.compile(rb"(HTTP/\d\.\d) (\d{3})(?: ([^\r\n]*))?")
_CHUNK = re.compile(rb"([0-9A-Fa-f]{1,8})[^\r\n]{0,255}\r\n")
_BLANK = b"\r\n\r\n"
_BODILESS = frozenset({b"204", b"304"})
_HEADERS = {
    b"host": "http.host",
    b"user-agent": "http.user_agent",
    b"server": "http.server",
    b"content-type": "http.content_type",
    b"content-length": "http.content_length_header",
    b"transfer-encoding": "http.transfer_encoding",
    b"location": "http.location",
}


def starts(head: bytes | bytearray) -> bool:
    """Whether the first bytes of a connection are those of HTTP."""
    return _START.match(head) is not None


def framing(
    data: bytes | bytearray, start: int, end: int, stream: Stream, progress: Progress
) -> int:
    """Where the message that starts here ends; without a length, where the data end."""
    if progress.reached:
        return _chunks(data, start, end, progress)
    if not starts(data[start : start + 512]):
        return end
    blank = data.find(_BLANK, start, end)
    if blank < 0:
        return end + 1
    body = blank + len(_BLANK)
    headers = _headers(bytes(data[start:blank]))
    response = _RESPONSE.match(data, start, blank)
    if response and (_is_bodiless(response[2]) or stream.asked == "HEAD"):
        return body
    if b"chunked" in headers.get(b"transfer-encoding", b"").lower():
        progress.reached = body - start
        return _chunks(data, start, end, progress)
    length = headers.get(b"content-length", b"")
    if length.isdigit() and len(length) < 19:
        return body + int(length)
    return end if response else body


def _is_bodiless(code: bytes) -> bool:
    """Whether a response with this code never has a body (RFC 9112 6.3)."""
    return code in _BODILESS or code.startswith(b"1")


def _chunks(data: bytes | bytearray, start: int, end: int, progress: Progress) -> int:
    """Where a message in chunks ends, or how far it goes at least (RFC 9112 7.1)."""
    while True:
        at = start + progress.reached
        size = _CHUNK.match(data, at, end)
        if size is None:
            return max(at, end) + 1
        behind = size.end() + int(size[1], 16) + 2
        if int(size[1], 16) == 0:
            return behind
        progress.reached = behind - start
        if behind > end:
            return behind


def _headers(head: bytes) -> dict[bytes, bytes]:
    """The headers behind the first line, their names in lower case."""
    pairs = [line.partition(b":") for line in head.split(b"\r\n")[1:]]
    return {name.strip().lower(): value.strip() for name, _, value in pairs}


def dissect(layer: Layer) -> Next:
    """The messages that a segment completes; bytes that start none are a part of some body."""
    state, data, end = layer.below.state, layer.data, layer.end
    stream = state.stream if isinstance(state, Segment) else None
    message, at = layer, layer.start
    while stream and at < end:
        behind = min(framing(data, at, end, stream, Progress()), end)
        if message is not layer or at > layer.start:
            message = Layer(layer.packet, "http", data, at, behind, behind)
        elif behind < end:
            layer.end = layer.stop = behind
        _describe(message, stream)
        at = behind
    return None


def _describe(layer: Layer, stream: Stream) -> None:
    """Notes the first line of a message and the headers that are known."""
    data, start, end = layer.data, layer.start, layer.end
    request = _REQUEST.match(data, start, end)
    response = _RESPONSE.match(data, start, end)
    if request:
        layer.note("http.request", True)
        for name, part in zip(("method", "uri", "version"), request.groups(), strict=True):
            layer.note(f"http.request.{name}", printable(part))
        stream.asked = printable(request[1])
    elif response:
        layer.note("http.response", True)
        layer.note("http.response.version", printable(response[1]))
        layer.note("http.response.code", int(response[2]))
        layer.note("http.response.phrase", printable(response[3] or b""))
    else:
        return
    blank = data.find(_BLANK, start, end)
    for header, value in _headers(data[start : blank if blank >= 0 else end]).items():
        _header(layer, header, value)


def _header(layer: Layer, name: bytes, value: bytes) -> None:
    field = _HEADERS.get(name)
    if field:
        layer.note(field, printable(value))
    if name == b"content-length" and value.isdigit() and len(value) < 19:
        layer.note("http.content_length", int(value))


_H = Table("http", "RFC 9112")
_UNTIL_END = "Wireshark joins a body without a length up to the end of the connection."
_SEVERAL = "Of several messages in one segment Wireshark's first reaches to the end."
FIELDS = (
    _H.itself("The Hypertext Transfer Protocol, version 1.", differs=f"{_UNTIL_END} {_SEVERAL}"),
    _H.boolean("http.request", "The message is a request."),
    _H.boolean("http.response", "The message is a response."),
    _H.text("http.request.method", "What shall be done.", source="RFC 9112 3.1"),
    _H.text("http.request.uri", "With what.", source="RFC 9112 3.2"),
    _H.text("http.request.version", "The client's version.", source="RFC 9112 2.3"),
    _H.text("http.response.version", "The server's version.", source="RFC 9112 2.3"),
    _H.uint("http.response.code", "200 OK, 404 not found.", source="RFC 9112 4"),
    _H.text("http.response.phrase", "The same in words.", source="RFC 9112 4"),
    _H.text("http.host", "The host that the client means.", source="RFC 9110 7.2"),
    _H.text("http.user_agent", "The client's make.", source="RFC 9110 10.1.5"),
    _H.text("http.server", "The server's make.", source="RFC 9110 10.2.4"),
    _H.text("http.location", "Where to look instead.", source="RFC 9110 10.2.2"),
    _H.text("http.content_type", "The kind of the body.", source="RFC 9110 8.3"),
    _H.text("http.content_length_header", "The length of the body.", source="RFC 9110 8.6"),
    _H.uint("http.content_length", "The same as a number.", source="RFC 9110 8.6", unit="bytes"),
    _H.text("http.transfer_encoding", "How the body is cut up.", source="RFC 9112 6.1"),
)
