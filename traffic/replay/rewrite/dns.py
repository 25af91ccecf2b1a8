"""DNS: the addresses of hosts, and the names under which addresses are looked up."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass, field
from itertools import accumulate
from typing import TYPE_CHECKING

from wirelab.traffic.replay.rewrite.editing import LyingError
from wirelab.traffic.replay.rewrite.rewriting import Where

if TYPE_CHECKING:
    from collections.abc import Callable

    from wirelab.traffic.replay.rewrite.editing import Editing

_A, _AAAA, _IN, _SOA = 1, 28, 1, 6
_NAMES_AT = {2: 0, 5: 0, _SOA: 0, 12: 0, 15: 2, 18: 2, 33: 6, 39: 0, 47: 0}
"""Types of records with a name that may be compressed, and after how many bytes it comes."""
_ZONES: dict[tuple[bytes, ...], tuple[int, Callable[[bytes], object]]] = {
    (b"in-addr", b"arpa"): (4, re.compile(rb"0|[1-9]\d?|1\d\d|2[0-4]\d|25[0-5]").fullmatch),
    (b"ip6", b"arpa"): (32, re.compile(rb"[0-9a-fA-F]").fullmatch),
}
"""The zones of reverse lookups: of how many parts an address is, and what is one."""
_MOST_LABELS, _MOST_POINTERS = 128, 128
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
    hosts: list[tuple[int, int]] = field(default_factory=list)
    """Where in the frame the addresses of hosts are, and how long they are."""
    labels: dict[int, bytes] = field(default_factory=dict)
    """The labels that shall be others, by the places of their length bytes."""
    disputed: bool = False
    """Whether two names share a label, and would have it differ."""


def message(e: Editing, start: int, end: int, *, whole: bool) -> None:
    """Rewrite a DNS message in a UDP datagram (RFC 1035).

    Args:
        e: the frame.
        start: where the message starts.
        end: where it ends, or where what there is of it ends.
        whole: whether all of it is there; otherwise no name gets another length.
    """
    is_read, new = _rewritten(e, start, end)
    if len(new) == end - start:
        e.put(start, new)
        return
    try:
        if not is_read or not whole:
            raise LyingError
        e.splice(start, end, new)
        e.put_number(start - 4, 8 + len(new), 2)
    except LyingError:
        e.leave("dns")


def in_stream(e: Editing, start: int, end: int) -> None:
    """Rewrite the messages that a TCP segment has as a whole; their lengths stay (RFC 1035 4.2.2).

    A name that would have another length stays, too.
    """
    while start + 2 < end:
        first, behind = start + 2, start + 2 + e.number(start, 2)
        if behind > end:
            e.leave("dns")
            return
        _, new = _rewritten(e, first, behind)
        if len(new) == behind - first:
            e.put(first, new)
        else:
            e.leave("dns")
        start = behind


def _rewritten(e: Editing, start: int, end: int) -> tuple[bool, bytes]:
    """Whether a message can be read to its end, and what becomes of it; hosts have theirs then."""
    found = _Message(start, end)
    try:
        _read(e, found)
        is_read = True
    except LyingError:
        e.leave("dns")
        is_read = False
    for place, size in found.hosts:
        e.address(place, size)
    try:
        return is_read, _renamed(e, found)
    except LyingError:
        e.leave("dns")
        return is_read, bytes(e.octets[start:end])


def _read(e: Editing, found: _Message) -> None:
    """Find what is to be rewritten."""
    start, end = found.start, found.end
    at = e.need(start, 12, end)
    questions = e.number(start + 4, 2)
    records = sum(e.number(start + each, 2) for each in (6, 8, 10))
    if questions + records > _MOST_RECORDS:
        raise LyingError
    for _ in range(questions):
        at = e.need(_name(e, found, at), 4, end)
    for _ in range(records):
        at = _name(e, found, at)
        data = e.need(at, 10, end)
        kind, class_ = e.number(at, 2), e.number(at + 2, 2) & 0x7FFF
        at = e.need(data, e.number(at + 8, 2), end)
        found.data.append((data - start, at - start))
        if class_ == _IN and (kind, at - data) in ((_A, 4), (_AAAA, 16)):
            found.hosts.append((data, at - data))
        elif kind in _NAMES_AT:
            behind = _name(e, found, e.need(data, _NAMES_AT[kind], at))
            if kind == _SOA:
                _name(e, found, behind)


def _name(e: Editing, found: _Message, at: int) -> int:
    """Read a name; tells where what follows it starts (RFC 1035 4.1.4)."""
    labels: list[int] = []
    behind, limit, followed = None, at, 0
    while e.octets[e.need(at, 1, found.end) - 1]:
        size = e.octets[at]
        if size >= 0xC0:
            to = e.number(at, 2) & 0x3FFF if e.need(at, 2, found.end) else 0
            behind = at + 2 if behind is None else behind
            found.pointers[at - found.start] = to
            followed += 1
            # Only backwards, or there would be no end; and not for ever so long.
            if found.start + to >= limit or followed > _MOST_POINTERS:
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
    """Note the labels of an address or a network, in reverse (RFC 1035 3.5, RFC 3596 2.5)."""
    texts = [bytes(e.octets[at + 1 : at + 1 + e.octets[at]]) for at in labels]
    zone = tuple(text.lower() for text in texts[-2:])
    if zone not in _ZONES:
        return
    # A name server may be called ns.2.0.192.in-addr.arpa: what counts are the parts behind that.
    size, is_part = _ZONES[zone]
    parts: list[bytes] = []
    for text in reversed(texts[:-2][-size:]):
        if not is_part(text):
            break
        parts.append(text)
    if not parts:
        return
    new = _part(e, parts, size)
    if new is None and len(parts) < size:
        return  # a network that is not mapped as a whole goes where its hosts go
    wanted = parts if new is None else new
    places = labels[len(labels) - 2 - len(parts) : len(labels) - 2]
    for at, text in zip(reversed(places), wanted, strict=True):
        if found.labels.setdefault(at - found.start, text) != text:
            found.disputed = True


def _part(e: Editing, parts: list[bytes], size: int) -> list[bytes] | None:
    """The parts of an address that become others, as many as there are; None if they stay.

    A network is where both its ends are.
    """
    ends = []
    for filling in (b"0", b"255") if size == 4 else (b"0", b"f"):
        padded = parts + [filling] * (size - len(parts))
        old = bytes(map(int, padded)) if size == 4 else bytes.fromhex(b"".join(padded).decode())
        new = e.maps.address(old, Where.BOTH)
        if new == old:
            return None
        texts = [str(each) for each in new] if size == 4 else [*new.hex()]
        ends.append([text.encode() for text in texts[: len(parts)]])
    return ends[0] if ends[0] == ends[1] else None


def _renamed(e: Editing, found: _Message) -> bytes:
    """The message with its labels, and all that points behind them."""
    old = bytes(e.octets[found.start : found.end])
    if found.disputed:
        e.leave("dns")
        return old
    places = [
        (at, old[at] + 1, bytes([len(text)]) + text)
        for at, text in sorted(found.labels.items())
        if old[at + 1 : at + 1 + old[at]] != text
    ]
    if not places:
        return old

    starts = [at for at, _, _ in places]
    grown = [0, *accumulate(len(new) - size for _, size, new in places)]

    def moved(offset: int) -> int:
        return offset + grown[bisect_left(starts, offset)]

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
