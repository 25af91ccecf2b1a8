"""FTP: commands and replies on one connection, files on others that they announce."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from wirelab.verify.dissectors.checksum import addresses
from wirelab.verify.dissectors.cursor import printable
from wirelab.verify.dissectors.outcome import Next
from wirelab.verify.dissectors.reading import noted
from wirelab.verify.dissectors.streams import AnnouncedTcp, Announcement
from wirelab.verify.dissectors.table import Table
from wirelab.verify.layer import Layer

if TYPE_CHECKING:
    from wirelab.verify.dissectors.memory import Memory
    from wirelab.verify.packet import Packet

_PORT = 21
_SIX_NUMBERS = re.compile(rb"(\d{1,3}),(\d{1,3}),(\d{1,3}),(\d{1,3}),(\d{1,3}),(\d{1,3})")
_EXTENDED_PASSIVE = re.compile(rb"\(\|\|\|(\d{1,5})\|\)")
_REPLY = re.compile(rb"(\d{3})[ -](.*)", re.DOTALL)


def dissect(memory: Memory, packet: Packet, data: bytes, start: int, end: int, stop: int) -> Next:
    """The lines of one segment, commands from a client or replies from a server."""
    below = packet.layers[-1]
    layer = Layer(packet, "ftp", data, start, end, stop)
    from_server = int.from_bytes(below.data[below.start : below.start + 2], "big") == _PORT
    layer.note("ftp.response", from_server)
    layer.note("ftp.request", not from_server)
    for line in data[start:end].splitlines():
        if from_server:
            _reply(memory, layer, line)
        else:
            _command(memory, layer, line)
    return None
