"""DNS: the addresses of hosts, and the names under which addresses are looked up."""

from __future__ import annotations

from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import TYPE_CHECKING

from wirelab.traffic.replay.rewrite.editing import LyingError
from wirelab.traffic.replay.rewrite.rewriting import Where

if TYPE_CHECKING:
    from wirelab.traffic.replay.rewrite.editing import Editing

_A, _AAAA, _IN, _SOA = 1, 28, 1, 6
_NAMES_AT = {2: 0, 5: 0, _SOA: 0, 12: 0, 15: 2, 18: 2, 33: 6, 39: 0, 47: 0}
"""Types of records with a name that may be compressed, and after how many bytes it comes."""
_MOST_LABELS = 128
_MOST_RECORDS = 1 << 12
_FURTHEST = 0x3FFF


@dataclass
class _Message:
    """What was found in a message; places are offsets in it."""

    start: int
    """Where in the frame it starts."""
    end: int
    """Where it ends."""
    pointers: dict[int, int] = field(default_factory=dict)
    """Where a pointer is, and to where it points."""
    data: list[tuple[int, int]] = field(default_factory=list)
    """From where to where the data of records go; in front of them is their length."""
    labels: dict[int, bytes] = field(default_factory=dict)
    """The labels that shall be others, by the places of their length bytes."""
    disputed: bool = False
    """Whether two names share a label, and would have it differ."""


def message(e: Editing, start: int, end: int) -> None:
    """Rewrite a DNS message in a UDP datagram (RFC 1035)."""
    try:
        read = _read(e, start, end)
        new = _renamed(e, read)
        if len(new) == end - start:
            e.put(start, new)
            return
        e.splice(start, end, new)
        e.put_number(start - 4, 8 + len(new), 2)
    except LyingError:
        e.left.append("dns")


def in_stream(e: Editing, start: int, end: int) -> None:
    """Rewrite the messages that a TCP segment has as a whole; their lengths stay (RFC 1035 4.2.2).

    A name that would have another length stays, too.
    """
    while start + 2 < end:
        behind = start + 2 + e.number(start, 2)
        try:
            e.need(start + 2, behind - start - 2, end)
            new = _renamed(e, _read(e, start + 2, behind))
            if len(new) != behind - start - 2:
                raise LyingError
            e.put(start + 2, new)
        except LyingError:
            e.left.append("dns")
        start = behind


def _read(e: Editing, start: int, end: int) -> _Message:
    """Find what is to be rewritten; addresses of hosts are, at once."""
    at = e.need(start, 12, end)
    found = _Message(start, end)
    questions = e.number(start + 4, 2)
    records = sum(e.number(start + each, 2) for each in (6, 8, 10))
    if questions + records > _MOST_RECORDS:
        raise LyingError
    for _ in range(questions):
        at = e.need(_name(e, found, at), 4, end)
    hosts: list[tuple[int, int]] = []
    for _ in range(records):
        at = _name(e, found, at)
        data = e.need(at, 10, end)
        kind, class_ = e.number(at, 2), e.number(at + 2, 2) & 0x7FFF
        at = e.need(data, e.number(at + 8, 2), end)
        found.data.append((data - start, at - start))
        if class_ == _IN and (kind, at - data) in ((_A, 4), (_AAAA, 16)):
            hosts.append((data, at - data))
        elif kind in _NAMES_AT:
            behind = _name(e, found, e.need(data, _NAMES_AT[kind], at))
            if kind == _SOA:
                _name(e, found, behind)
    for place, size in hosts:
        e.address(place, size)
    return found


def _name(e: Editing, found: _Message, at: int) -> int:
    """Read a name; tells where what follows it starts (RFC 1035 4.1.4)."""
    labels: list[int] = []
    behind, limit = None, at
    while e.octets[e.need(at, 1, found.end) - 1]:
        size = e.octets[at]
        if size >= 0xC0:
            to = e.number(at, 2) & 0x3FFF if e.need(at, 2, found.end) else 0
            behind = at + 2 if behind is None else behind
            found.pointers[at - found.start] = to
            if found.start + to >= limit:  # only backwards, or there would be no end
                raise LyingError
            at = limit = found.start + to
            continue
        labels.append(at)
        at = e.need(at, 1 + size, found.end)
        if size >= 0x40 or len(labels) > _MOST_LABELS:
            raise LyingError
    _reverse(e, found, labels)
    return at + 1 if behind is None else behind


def _reverse(e: Editing, found: _Message, labels: list[int]) -> None:
    """Note the labels of an address, which stand in reverse (RFC 1035 3.5, RFC 3596 2.5)."""
    if len(labels) not in (6, 34):
        return
    texts = [bytes(e.octets[at + 1 : at + 1 + e.octets[at]]) for at in labels]
    zone = tuple(text.lower() for text in texts[-2:])
    try:
        if len(labels) == 6 and zone == (b"in-addr", b"arpa"):
            address = ip_address(b".".join(reversed(texts[:4])).decode()).packed
            new = e.maps.address(address, Where.BOTH)
            wanted = [str(each).encode() for each in reversed(new)]
        elif (
            len(labels) == 34 and zone == (b"ip6", b"arpa") and all(len(t) == 1 for t in texts[:32])
        ):
            address = bytes.fromhex(b"".join(reversed(texts[:32])).decode())
            new = e.maps.address(address, Where.BOTH)
            wanted = [digit.encode() for digit in reversed(new.hex())]
        else:
            return
    except ValueError:
        return
    if new == address:
        wanted = texts[:-2]
    for at, text in zip(labels, wanted, strict=False):
        if found.labels.setdefault(at - found.start, text) != text:
            found.disputed = True


def _renamed(e: Editing, found: _Message) -> bytes:
    """The message with its labels, and all that points behind them."""
    old = bytes(e.octets[found.start : found.end])
    if found.disputed:
        e.left.append("dns")
        return old
    places = [
        (at, old[at] + 1, bytes([len(text)]) + text)
        for at, text in sorted(found.labels.items())
        if old[at + 1 : at + 1 + old[at]] != text
    ]
    if not places:
        return old

    def moved(offset: int) -> int:
        return offset + sum(len(new) - size for at, size, new in places if at < offset)

    octets = bytearray(old)
    for at, to in found.pointers.items():
        if moved(to) > _FURTHEST:
            raise LyingError
        octets[at : at + 2] = (0xC000 | moved(to)).to_bytes(2, "big")
    for start, end in found.data:
        octets[start - 2 : start] = (moved(end) - moved(start)).to_bytes(2, "big")
    for at, size, new in reversed(places):
        octets[at : at + size] = new
    return bytes(octets)
