"""Texts in TCP, line by line: where one gets another length, the connection is numbered anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wirelab.traffic.replay.rewrite.editing import LyingError
from wirelab.traffic.replay.rewrite.ftp import line_of_ftp
from wirelab.traffic.replay.rewrite.http import line_of_http
from wirelab.traffic.replay.rewrite.rewriting import Inside

if TYPE_CHECKING:
    from collections.abc import Callable

    from wirelab.traffic.replay.rewrite.editing import Editing
    from wirelab.traffic.replay.rewrite.network import Carried
    from wirelab.traffic.replay.rewrite.rewriting import Rewriting
    from wirelab.traffic.replay.rewrite.shifts import Flow

    Line = Callable[[Editing, bytes], bytes]

_READERS: dict[Inside, tuple[Line, tuple[int, ...]]] = {
    Inside.FTP: (line_of_ftp, (21,)),
    Inside.HTTP: (line_of_http, (80, 8000, 8080)),
}
_SYN, _ACK = 0x02, 0x10
_SACK = 5


def ports_of_lines(rules: Rewriting) -> dict[int, Inside]:
    """Whose lines are rewritten, by port."""
    return {
        port: inside
        for inside, (_, ports) in _READERS.items()
        if inside in rules.inside
        for port in ports
    }


def renumbered(e: Editing, carried: Carried, ports: tuple[int, int]) -> tuple[Flow, int]:
    """Move the numbers of a segment, or of the beginning of one; tells its flow and its number."""
    (source, behind), (to, _) = carried.pseudo
    one, other = (e.before[at : at + behind - source] for at in (source, to))
    flow, back = (one, other, *ports), (other, one, ports[1], ports[0])
    start = carried.start
    sequence, acknowledged = e.number(start + 4, 4), e.number(start + 8, 4)
    has_flags = start + 14 <= carried.end
    flags = e.octets[start + 13] if has_flags else 0
    if flags & _SYN and not e.quoted:
        e.shifts.forget(flow)
    e.put_number(start + 4, e.shifts.moved(flow, sequence), 4)
    if flags & _ACK:
        e.put_number(start + 8, e.shifts.moved(back, acknowledged), 4)
        header = start + (e.octets[start + 12] >> 4) * 4
        _selective(e, back, start + 20, min(header, carried.end))
    return flow, sequence


def segment(e: Editing, carried: Carried, ports: tuple[int, int], payload: int) -> None:
    """Rewrite a segment of text, and its numbers after texts of other lengths.

    A line is rewritten where all of it is in one segment. Segments have to come in the order in
    which they were captured.
    """
    flow, behind = renumbered(e, carried, ports)
    known = ports_of_lines(e.rules)
    inside = known[ports[0] if ports[0] in known else ports[1]]
    line, end = _READERS[inside][0], carried.end
    lines = bytes(e.octets[payload:end]).splitlines(keepends=True)
    new = [line(e, each) for each in lines]
    if new == lines:
        return
    try:
        if not carried.whole:
            raise LyingError
        e.splice(payload, end, b"".join(new))
    except LyingError:
        e.leave(inside.value)
        return
    for before, after in zip(lines, new, strict=True):
        behind = (behind + len(before)) % (1 << 32)
        if len(before) != len(after) and not e.shifts.add(flow, behind, len(after) - len(before)):
            e.leave(inside.value)


def _selective(e: Editing, back: Flow, at: int, end: int) -> None:
    """Move the edges of what is acknowledged out of order (RFC 2018)."""
    while at + 2 <= end and e.octets[at]:
        size = 1 if e.octets[at] == 1 else e.octets[at + 1]
        if size < 1 or at + size > end or (size < 2 and e.octets[at] != 1):
            return
        if e.octets[at] == _SACK:
            for edge in range(at + 2, at + size - 3, 4):
                e.put_number(edge, e.shifts.moved(back, e.number(edge, 4)), 4)
        at += size
