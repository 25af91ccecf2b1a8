"""HTTP: the host of which something is requested, where it has no name."""

from __future__ import annotations

import re
from ipaddress import IPv4Address, IPv6Address
from typing import TYPE_CHECKING

from wirelab.traffic.replay.rewrite.rewriting import Where

if TYPE_CHECKING:
    from wirelab.traffic.replay.rewrite.editing import Editing

_HOST = re.compile(
    rb"(?i)Host:[ \t]*(?:([\d.]{7,15})|\[([0-9a-f:]{2,39})\])(?::(\d{1,5}))?[ \t]*\r\n"
)


def line_of_http(e: Editing, line: bytes) -> bytes:
    """A line of a header as it shall be (RFC 9110 7.2)."""
    if line[:5].lower() == b"host:" and not line.endswith(b"\n"):
        e.leave("http")
    found = _HOST.fullmatch(line)
    if not found:
        return line
    try:
        text = (found[1] or found[2]).decode()
        old = (IPv4Address(text) if found[1] else IPv6Address(text)).packed
    except ValueError:
        return line
    new = e.maps.address(old, Where.BOTH)
    if found[3]:
        port = int(found[3])
        changed = str(e.rules.ports.get(port, port)).encode()
        line = line[: found.start(3)] + changed + line[found.end(3) :]
    if new == old:
        return line
    start, end = found.span(1 if found[1] else 2)
    written = IPv4Address(new) if found[1] else IPv6Address(new)
    return line[:start] + str(written).encode() + line[end:]
