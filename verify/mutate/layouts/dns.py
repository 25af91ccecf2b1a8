"""DNS."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wirelab.verify.mutate.site import Row, Site, Sort, number, placed, whole

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wirelab.verify.layer import Layer

_FLAGS = (
    ("response", 0x8000),
    ("opcode", 0x7800),
    ("authoritative", 0x0400),
    ("truncated", 0x0200),
    ("recdesired", 0x0100),
    ("recavail", 0x0080),
    ("z", 0x0040),
    ("authenticated", 0x0020),
    ("checkdisable", 0x0010),
    ("rcode", 0x000F),
)
_COUNTS = ("queries", "answers", "auth_rr", "add_rr")
_HEADER: tuple[Row, ...] = (
    number("dns.id", 0, 2),
    *(number(f"dns.flags.{name}", 2, 2, mask) for name, mask in _FLAGS),
    *(number(f"dns.count.{name}", 4 + 2 * at, 2) for at, name in enumerate(_COUNTS)),
)
_SIZE = 12
_POINTER = 0xC0
_OPT = 41
_NAMES = {2: "dns.ns", 5: "dns.cname", 12: "dns.ptr.domain_name"}
_ADDRESSES = {1: "dns.a", 28: "dns.aaaa"}


def dns(layer: Layer) -> Iterator[Site]:
    """DNS over UDP (RFC 1035 section 4, RFC 6891)."""
    yield from placed(layer, _HEADER)
    if layer.end - layer.start < _SIZE:
        return
    counts = [int.from_bytes(layer.data[layer.start + at :][:2], "big") for at in (4, 6, 8, 10)]
    try:
        yield from _Reading(layer).sections(counts[0], sum(counts[1:]))
    except IndexError:
        return  # what lies behind is not DNS


class _Reading:
    """Goes through a message; raises IndexError where it ends too soon."""

    def __init__(self, layer: Layer) -> None:
        self._data, self._at = layer.data[: layer.end], layer.start + _SIZE

    def sections(self, questions: int, records: int) -> Iterator[Site]:
        for _ in range(questions):
            yield from self._name("dns.qry.name")
            yield from self._number("dns.qry.type", 2)
            yield from self._number("dns.qry.class", 2)
        for _ in range(records):
            yield from self._record()

    def _record(self) -> Iterator[Site]:
        yield from self._name("dns.resp.name")
        kind = int.from_bytes(self._data[self._at : self._at + 2], "big")
        yield from self._number("dns.resp.type", 2)
        if kind == _OPT:
            yield from self._number("dns.rr.udp_payload_size", 2)
            yield from self._number("dns.resp.ext_rcode", 1)
            yield from self._number("dns.resp.edns0_version", 1)
            yield from self._number("dns.resp.z", 2)
        else:
            yield from self._number("dns.resp.class", 2)
            yield from self._number("dns.resp.ttl", 4)
        size = self._octet() << 8 | self._data[self._at + 1]
        yield from self._number("dns.resp.len", 2)
        end = self._at + size
        yield from self._content(kind, end)
        self._at = end

    def _content(self, kind: int, end: int) -> Iterator[Site]:
        if kind in _NAMES:
            yield from self._name(_NAMES[kind])
        elif kind == _OPT:
            yield from whole("dns.opt", self._at, min(end, len(self._data)))
        else:
            name = _ADDRESSES.get(kind, "dns.resp.data")
            yield from whole(name, self._at, min(end, len(self._data)))

    def _number(self, name: str, size: int) -> Iterator[Site]:
        if self._at + size > len(self._data):
            raise IndexError
        yield Site(name, self._at, size, (1 << 8 * size) - 1)
        self._at += size

    def _name(self, field: str) -> Iterator[Site]:
        """A name: the letters of each label, their numbers, and where a pointer leads."""
        while (length := self._octet()) and length < _POINTER:
            yield from whole(field, self._at, self._at + 1)
            yield from whole(field, self._at + 1, self._at + 1 + length, Sort.TEXT)
            self._at += 1 + length
        if length:
            yield Site(field, self._at, 2, 0x3FFF)
            self._at += 2
        else:
            yield from whole(field, self._at, self._at + 1)
            self._at += 1

    def _octet(self) -> int:
        return self._data[self._at]
