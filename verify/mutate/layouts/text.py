"""What is text, and what is only bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wirelab.verify.mutate.site import Site, Sort, whole

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wirelab.verify.layer import Layer


def ftp(layer: Layer) -> Iterator[Site]:
    """Lines of commands or replies (RFC 959 section 5.3)."""
    if layer.packet.values("ftp.request.command"):
        fields = ("ftp.request.command", "ftp.request.arg")
    else:
        fields = ("ftp.response.code", "ftp.response.arg")
    at = layer.start
    for line in layer.data[layer.start : layer.end].splitlines(keepends=True):
        yield from _line(at, line, *fields)
        at += len(line)


def _line(at: int, line: bytes, word: str, rest: str) -> Iterator[Site]:
    text = line.rstrip(b"\r\n")
    size = next((place for place, octet in enumerate(text) if octet in b" -"), len(text))
    yield from whole(word, at, at + size, Sort.TEXT)
    yield from whole(rest, at + size + 1, at + len(text), Sort.TEXT)
    yield from whole("ftp", at + size, min(at + size + 1, at + len(text)))
    yield from whole("ftp", at + len(text), at + len(line))


def data(layer: Layer) -> Iterator[Site]:
    """Bytes of which nothing more is known here."""
    name = "data.data" if layer.protocol == "data" else layer.protocol
    return whole(name, layer.start, layer.end)
