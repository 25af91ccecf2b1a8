"""FTP: the addresses and ports that lines of its control connection announce."""

from __future__ import annotations

import re
from ipaddress import ip_address
from typing import TYPE_CHECKING

from wirelab.traffic.replay.rewrite.rewriting import Where

if TYPE_CHECKING:
    from wirelab.traffic.replay.rewrite.editing import Editing

_LONGEST_LINE = 1024
_NUMBERS = re.compile(rb"(?i)(?:PORT |227 .*?)((?:\d{1,3},){5}\d{1,3})(?!\d)")
_EPRT = re.compile(rb"(?i)EPRT ([!-~])([12])\1([0-9A-F:.]{2,45})\1(\d{1,5})\1")
_EPSV = re.compile(rb"229 .*?\(([!-~])\1\1(\d{1,5})\1\)")
_ANY = re.compile(rb"(?i)(?:PORT |227 |EPRT |229 )")


def line_of_ftp(e: Editing, line: bytes) -> bytes:
    """A line as it shall be (RFC 959, RFC 2428)."""
    if not _ANY.match(line):
        return line
    if not line.endswith(b"\n") or len(line) > _LONGEST_LINE:
        e.leave("ftp")
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
