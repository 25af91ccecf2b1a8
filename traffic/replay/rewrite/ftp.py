"""FTP's control connection: the addresses and ports that its lines announce."""

from __future__ import annotations

import re
from ipaddress import ip_address
from typing import TYPE_CHECKING

from wirelab.traffic.replay.rewrite.editing import LyingError
from wirelab.traffic.replay.rewrite.rewriting import Where

if TYPE_CHECKING:
    from wirelab.traffic.replay.rewrite.editing import Editing
    from wirelab.traffic.replay.rewrite.network import Carried

_SYN, _ACK = 0x02, 0x10
_LONGEST_LINE = 1024
_NUMBERS = re.compile(rb"(?i)(?:PORT |227 .*?)((?:\d{1,3},){5}\d{1,3})(?!\d)")
_EPRT = re.compile(rb"(?i)EPRT ([!-~])([12])\1([0-9A-F:.]{2,45})\1(\d{1,5})\1")
_EPSV = re.compile(rb"229 .*?\(([!-~])\1\1(\d{1,5})\1\)")
_ANY = re.compile(rb"(?i)(?:PORT |227 |EPRT |229 )")


def control(e: Editing, carried: Carried, ports: tuple[int, int], payload: int) -> None:
    """Rewrite a segment of a control connection, and its numbers after texts of other lengths.

    A line is rewritten where all of it is in one segment. Segments have to come in the order in
    which they were captured.
    """
    (source, behind), (to, _) = carried.pseudo
    one, other = (e.before[at : at + behind - source] for at in (source, to))
    flow, back = (one, other, *ports), (other, one, ports[1], ports[0])
    start, end = carried.start, carried.end
    sequence, acknowledged = e.number(start + 4, 4), e.number(start + 8, 4)
    flags = e.octets[start + 13]
    if flags & _SYN:
        e.shifts.forget(flow)
    e.put_number(start + 4, e.shifts.moved(flow, sequence), 4)
    if flags & _ACK:
        e.put_number(start + 8, e.shifts.moved(back, acknowledged), 4)
        _selective(e, back, start + 20, payload)
    old = bytes(e.octets[payload:end])
    lines = old.splitlines(keepends=True)
    new = [_line(e, line) for line in lines]
    if new == lines:
        return
    behind = sequence
    try:
        if not carried.whole:
            raise LyingError
        e.splice(payload, end, b"".join(new))
    except LyingError:
        e.left.append("ftp")
        return
    for before, after in zip(lines, new, strict=True):
        behind = (behind + len(before)) % (1 << 32)
        if len(before) != len(after) and not e.shifts.add(flow, behind, len(after) - len(before)):
            e.left.append("ftp")


def _selective(e: Editing, back: tuple[bytes, bytes, int, int], at: int, end: int) -> None:
    """Move the edges of what is acknowledged out of order (RFC 2018)."""
    while at + 2 <= end and e.octets[at]:
        size = 1 if e.octets[at] == 1 else e.octets[at + 1]
        if size < 1 or at + size > end or (size < 2 and e.octets[at] != 1):
            return
        if e.octets[at] == 5:
            for edge in range(at + 2, at + size - 3, 4):
                e.put_number(edge, e.shifts.moved(back, e.number(edge, 4)), 4)
        at += size


def _line(e: Editing, line: bytes) -> bytes:
    """A line as it shall be."""
    if not _ANY.match(line):
        return line
    if not line.endswith(b"\n") or len(line) > _LONGEST_LINE:
        e.left.append("ftp")
        return line
    if found := _NUMBERS.match(line):
        numbers = [int(each) for each in found[1].split(b",")]
        if max(numbers) > 255:
            return line
        new = e.maps.address(bytes(numbers[:4]), Where.BOTH)
        port = _port(e, numbers[4] << 8 | numbers[5])
        text = ",".join(str(each) for each in (*new, port >> 8, port & 255))
        if bytes(numbers) == new + port.to_bytes(2, "big"):
            return line
        return line[: found.start(1)] + text.encode() + line[found.end(1) :]
    if found := _EPRT.match(line):
        return _extended(e, line, found)
    if found := _EPSV.match(line):
        port = int(found[2])
        return _with(line, found.span(2), port, _port(e, port))
    return line


def _extended(e: Editing, line: bytes, found: re.Match[bytes]) -> bytes:
    """A line with EPRT (RFC 2428 2)."""
    try:
        address = ip_address(found[3].decode())
    except ValueError:
        return line
    port = int(found[4])
    line = _with(line, found.span(4), port, _port(e, port))
    new = e.maps.address(address.packed, Where.BOTH)
    if new == address.packed:
        return line
    return line[: found.start(3)] + str(ip_address(new)).encode() + line[found.end(3) :]


def _with(line: bytes, span: tuple[int, int], old: int, new: int) -> bytes:
    return line if old == new else line[: span[0]] + str(new).encode() + line[span[1] :]


def _port(e: Editing, port: int) -> int:
    return e.rules.ports.get(port, port)
