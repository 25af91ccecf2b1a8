"""FTP: commands and replies on one connection, files on others that they announce."""

from __future__ import annotations

import re
from contextlib import suppress
from ipaddress import ip_address
from typing import TYPE_CHECKING

from wirelab.verify.dissectors.checksum import addresses
from wirelab.verify.dissectors.cursor import printable
from wirelab.verify.dissectors.streams import AnnouncedTcp, Announcement, Ends, ends
from wirelab.verify.dissectors.table import Table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wirelab.verify.dissectors.outcome import Next
    from wirelab.verify.dissectors.reading import Values
    from wirelab.verify.field import Reader
    from wirelab.verify.layer import Layer

_PORT = b"\x00\x15"
_DATA_PORT = b"\x00\x14"
"""The port from which a server connects (RFC 959 3.2), if it does as Wireshark expects."""
_SIX_NUMBERS = re.compile(rb"(\d{1,3}),(\d{1,3}),(\d{1,3}),(\d{1,3}),(\d{1,3}),(\d{1,3})")
_EXTENDED_PASSIVE = re.compile(rb"\(\|\|\|(\d{1,5})\|\)")
_EXTENDED_ACTIVE = re.compile(rb"\|([12])\|([0-9A-Fa-f.:]+)\|(\d{1,5})\|")
_ANYWHERE = {
    each: re.compile(b"(?=" + each.pattern + b")")
    for each in (_SIX_NUMBERS, _EXTENDED_PASSIVE, _EXTENDED_ACTIVE)
}
"""The same at every place, those that overlap included."""
_END_OF_LINE = re.compile(rb"\r?\n")


_ACTIVE = ("active.cip", "active.port")
_PASSIVE = ("passive.ip", "passive.port")


class Latest(dict[Ends, Announcement]):
    """The data connection that a control connection announced last."""


def dissect(layer: Layer) -> Next:
    """The first line of a segment, a command from a client or a reply from a server."""
    below = layer.below
    line = _END_OF_LINE.split(layer.data[layer.start : layer.end], maxsplit=1)[0]
    is_command = below.data[below.start + 2 : below.start + 4] == _PORT
    layer.note("ftp.request", is_command)
    layer.note("ftp.response", not is_command)
    announcement = _command(layer, line) if is_command else _reply(layer, line)
    latest = layer.memory.of(Latest)
    if is_command and not layer.quoted:
        _serve(latest.get(ends(below)), layer, line)
    if announcement and not layer.quoted:
        known, told = announcement
        layer.memory.of(AnnouncedTcp)[known, _other(below, known)] = told
        latest[ends(below)] = told
    return None


def _other(below: Layer, known: bytes) -> bytes:
    """The address at the other end of a data connection of which one end is known."""
    source, destination = addresses(below)
    return destination if known[:-2] == source else source


def _serve(announcement: Announcement | None, layer: Layer, line: bytes) -> None:
    """Remembers which command an announced connection is used for: the first one behind it."""
    if announcement and announcement.command is None:
        announcement.command = printable(line), layer.packet.frame.number


def _command(layer: Layer, line: bytes) -> tuple[bytes, Announcement] | None:
    """Notes a command; where it names a port to connect to, that end of the connection."""
    command, _, argument = line.partition(b" ")
    if command:
        layer.note("ftp.request.command", printable(command))
    if argument:
        layer.note("ftp.request.arg", printable(argument))
    if command.upper() == b"PORT":
        return _end(layer, "PORT", _SIX_NUMBERS.search(argument))
    if command.upper() == b"EPRT":
        return _extended(layer, _EXTENDED_ACTIVE.search(argument))
    return None


def _reply(layer: Layer, line: bytes) -> tuple[bytes, Announcement] | None:
    """Notes a reply; where it names a port to connect to, that end of the connection."""
    code, argument = line[:3], line
    if len(code) == 3 and code.isdigit():
        layer.note("ftp.response.code", int(code))
        argument = line[4:]
    if argument:
        layer.note("ftp.response.arg", printable(argument))
    if code == b"227":
        return _end(layer, "PASV", _SIX_NUMBERS.search(argument))
    if code == b"229":
        return _extended_passive(layer, _EXTENDED_PASSIVE.search(argument))
    return None


def _end(
    layer: Layer, method: str, found: re.Match[bytes] | None
) -> tuple[bytes, Announcement] | None:
    """An address and a port as six numbers (RFC 959 5.2)."""
    numbers = [int(digits) for digits in found.groups()] if found else []
    if not numbers or max(numbers) > 255:
        return None
    end = bytes(numbers)
    address, port = _PASSIVE if method == "PASV" else _ACTIVE
    layer.note(f"ftp.{address}", end[:4])
    layer.note(f"ftp.{port}", int.from_bytes(end[4:], "big"))
    from_port = None if method == "PASV" else _DATA_PORT
    return end, Announcement("ftp-data", method, layer, from_port)


def _extended_passive(
    layer: Layer, found: re.Match[bytes] | None
) -> tuple[bytes, Announcement] | None:
    """A port of the server (RFC 2428 3)."""
    port = int(found[1]) if found else 0
    if not 0 < port < 65536:
        return None
    layer.note("ftp.epsv.port", port)
    end = addresses(layer.below)[0] + port.to_bytes(2, "big")
    return end, Announcement("ftp-data", "EPASV", layer)


def _extended(layer: Layer, found: re.Match[bytes] | None) -> tuple[bytes, Announcement] | None:
    """An address of either version and a port (RFC 2428 2)."""
    port = int(found[3]) if found else 0
    if found is None or not 0 < port < 65536:
        return None
    try:
        address = ip_address(found[2].decode("ascii")).packed
    except ValueError:
        return None
    layer.note("ftp.eprt.ip" if len(address) == 4 else "ftp.eprt.ipv6", address)
    layer.note("ftp.eprt.port", port)
    return address + port.to_bytes(2, "big"), Announcement("ftp-data", "EPRT", layer, _DATA_PORT)


def announced_ends(data: bytes, source: bytes) -> Iterator[bytes]:
    """The ends of data connections that a segment might announce, each an address and a port.

    These are more than it does announce: all texts that look like it are taken, wherever they are.

    Args:
        data: what the segment carries.
        source: the address of its sender.
    """
    for found in _ANYWHERE[_SIX_NUMBERS].finditer(data):
        numbers = [int(digits) for digits in found.groups()]
        if max(numbers) <= 255:
            yield bytes(numbers)
    for found in _ANYWHERE[_EXTENDED_PASSIVE].finditer(data):
        if 0 < int(found[1]) < 65536:
            yield source + int(found[1]).to_bytes(2, "big")
    for found in _ANYWHERE[_EXTENDED_ACTIVE].finditer(data):
        if 0 < int(found[3]) < 65536:
            with suppress(ValueError):
                yield ip_address(found[2].decode("ascii")).packed + int(found[3]).to_bytes(2, "big")


def dissect_data(layer: Layer) -> Next:
    """A piece of a file, or of a list of files."""
    layer.state = layer.memory.of(AnnouncedTcp).find(layer.below)
    return None


def _setup_frame(layer: Layer) -> Values:
    state = layer.state
    return (state.layer.packet.frame.number,) if isinstance(state, Announcement) else ()


def _setup_method(layer: Layer) -> Values:
    state = layer.state
    return (state.method,) if isinstance(state, Announcement) else ()


def _served(part: int) -> Reader:
    """The command that a data connection serves (0), or its frame (1)."""

    def read(layer: Layer) -> Values:
        state = layer.state
        command = state.command if isinstance(state, Announcement) else None
        return (command[part],) if command else ()

    return read


_F = Table("ftp", "RFC 959")
_P = Table("ftp-data", "RFC 959 3")
_OWN = "Wireshark shows what it learns later only with -2 in tshark."
FIELDS = (
    _F.itself("The File Transfer Protocol: commands and replies."),
    _F.boolean("ftp.request", "Whether it comes from the client."),
    _F.boolean("ftp.response", "Whether it comes from the server."),
    _F.text("ftp.request.command", "The command.", source="RFC 959 4.1"),
    _F.text("ftp.request.arg", "What it is about.", source="RFC 959 4.1"),
    _F.uint("ftp.response.code", "The three digits of a reply's first line.", source="RFC 959 4.2"),
    _F.text("ftp.response.arg", "The text of that line.", source="RFC 959 4.2"),
    _F.ipv4("ftp.passive.ip", "The address to connect to, from a 227.", source="RFC 959 4.1.2"),
    _F.uint(
        "ftp.passive.port", "The port to connect to: p1 times 256 plus p2.", source="RFC 959 4.1.2"
    ),
    _F.ipv4("ftp.active.cip", "The client's address, from PORT.", source="RFC 959 4.1.2"),
    _F.uint("ftp.active.port", "The client's port, from PORT.", source="RFC 959 4.1.2"),
    _F.uint("ftp.epsv.port", "The port to connect to, from a 229.", source="RFC 2428 3"),
    _F.ipv4("ftp.eprt.ip", "The client's IPv4 address, from EPRT.", source="RFC 2428 2"),
    _F.ipv6("ftp.eprt.ipv6", "The client's IPv6 address, from EPRT.", source="RFC 2428 2"),
    _F.uint("ftp.eprt.port", "The client's port, from EPRT.", source="RFC 2428 2"),
    _P.itself("A data connection of FTP, whose ports a command or a reply announced."),
    _P.uint(
        "ftp-data.setup-frame",
        "The frame that announced the connection.",
        _setup_frame,
        source="Wireshark",
    ),
    _P.text(
        "ftp-data.setup-method",
        "How: PASV, PORT, EPASV or EPRT.",
        _setup_method,
        source="Wireshark",
    ),
    _P.text(
        "ftp-data.command",
        "The command that it serves.",
        _served(0),
        source="Wireshark",
        differs=_OWN,
    ),
    _P.uint("ftp-data.command-frame", "The frame of that command.", _served(1), source="Wireshark"),
)
