"""What a capture's conversations are made of: who speaks when, and what must be heard before."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from ipaddress import ip_address
from typing import TYPE_CHECKING

from wirelab.traffic.replay.conversations.segments import TCP

if TYPE_CHECKING:
    from array import array
    from collections.abc import Sequence

CLIENT, SERVER = 0, 1
"""The sides of a conversation: who opens it, and the other."""
AS_SERVER = b"s"
"""Behind the address of a host that is its own client."""


class Deed(StrEnum):
    """What a side does in its turn."""

    OPEN = "open"
    """Connects; of UDP its first datagram does."""
    SAY = "say"
    """Sends bytes; of UDP one datagram."""
    FINISH = "finish"
    """Has no more to say (FIN), and goes on listening."""
    RESET = "reset"
    """Breaks the connection off (RST)."""


@dataclass(frozen=True, slots=True)
class Need:
    """Something that has to be over at a host before its turn comes."""

    talk: int
    """In which conversation, as a place in the list of them."""
    side: int
    """The side of it at which the host is."""
    heard: bool
    """Whether the host must have received it; else it must have sent it."""
    amount: int
    """How far: of TCP 1 for the opening, 1 for each byte, 1 for the end; of UDP 1 a datagram."""


@dataclass(frozen=True, slots=True)
class Turn:
    """What one side does, and when."""

    side: int
    """CLIENT or SERVER."""
    deed: Deed
    """What it does."""
    start: int
    """Where what it says begins in all that this side says, in bytes."""
    size: int
    """How many bytes it says."""
    think: int
    """How long it took from the last thing that it waited for to its first byte, in ns."""
    needs: tuple[Need, ...]
    """What has to be over before; turns of one side of one conversation follow each other."""
    frame: int
    """The frame in which it begins."""


@dataclass(slots=True)
class Text:
    """All that one side says: spans of the store, in order."""

    starts: array[int]
    """Where each span lies in the store, in bytes."""
    sizes: array[int]
    """How long it is, in bytes; of UDP each is a datagram."""
    size: int = 0
    """The bytes of all of them."""

    def add(self, start: int, size: int) -> None:
        """Adds a span."""
        self.starts.append(start)
        self.sizes.append(size)
        self.size += size


@dataclass(frozen=True, slots=True)
class End:
    """An address and a port."""

    address: bytes
    """4 or 16 bytes."""
    port: int
    """The port."""

    def __str__(self) -> str:
        shown = ip_address(self.address)
        return f"{shown}:{self.port}" if shown.version == 4 else f"[{shown}]:{self.port}"


@dataclass(slots=True)
class Talk:
    """A TCP connection or a UDP flow."""

    protocol: int
    """TCP or UDP."""
    ends: tuple[End, End]
    """Client and server."""
    first: int
    """The frame that opens it."""
    time: int
    """When that was captured, in nanoseconds since the epoch."""
    point: int
    """The capture point from whose sightings it is taken."""
    texts: tuple[Text, Text]
    """What the client and what the server says."""
    turns: list[Turn] = field(default_factory=list)
    """What both sides do, in recorded order."""
    lacks: str = ""
    """What the capture lacks of it, for people; "" when it is whole."""
    left_open: bool = False
    """Whether the capture ends before the connection does; it is closed after the last turn."""

    @property
    def name(self) -> str:
        """What it is called in messages, as in `TCP 10.0.0.1:40000 > 10.0.0.2:80`."""
        protocol = "TCP" if self.protocol == TCP else "UDP"
        return f"{protocol} {self.ends[0]} > {self.ends[1]}"

    @property
    def hosts(self) -> tuple[bytes, bytes]:
        """What stands for the hosts of its sides: addresses; who talks to itself is two."""
        client, server = (end.address for end in self.ends)
        return client, server + AS_SERVER if client == server else server

    @property
    def size(self) -> int:
        """The bytes that both sides say."""
        return self.texts[0].size + self.texts[1].size


@dataclass(frozen=True)
class Talks:
    """The conversations of a capture."""

    talks: Sequence[Talk]
    """Those that can be played, in the order in which they open."""
    incomplete: Sequence[Talk]
    """Those of which the capture lacks something."""
    unopened: int
    """TCP connections that never came about: refused, or not answered."""
    sightings: int
    """Frames that were further sightings of what is played: other points, retransmissions."""
    began: int
    """When the first conversation opens, in nanoseconds since the epoch."""
    copies: int = 0
    """UDP datagrams that were taken for further sightings, by the same point, of the one before."""
