"""What is remembered of a TCP connection: its two directions and how far each has come."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntFlag
from typing import TYPE_CHECKING

from wirelab.verify.dissectors.streams import Ends, Numbering
from wirelab.verify.dissectors.tcp_flight import InFlight

if TYPE_CHECKING:
    from wirelab.verify.layer import Layer

UNKNOWN_SCALE = -1
"""The window scale of a direction whose SYN was not seen."""
NO_SCALE = -2
"""The window scale of a direction that uses none."""
UNSEEN = -1
"""A count of duplicate ACKs that starts again with the next one."""
MODULO = 1 << 32
"""Sequence numbers count up to here and then start again."""


FIN, SYN, RST, PSH, ACK, URG = 1, 2, 4, 8, 16, 32
"""The control bits of a segment (RFC 9293 3.1)."""

OFFSET = 12
"""Where a header says how long it is."""
HEADER = 20
"""The length of a header without options, in bytes."""


class Completeness(IntFlag):
    """Which parts of a connection were seen, as in Wireshark's `tcp.completeness`."""

    SYN = 1
    SYN_ACK = 2
    ACK = 4
    DATA = 8
    FIN = 16
    RST = 32


@dataclass(slots=True)
class Segment:
    """A TCP segment in its connection."""

    layer: Layer
    """Its layer in the packet."""
    stream: Stream
    """Its connection."""
    flow: Flow
    """Its direction."""
    back: Flow
    """The direction opposite to it."""
    seq: int
    """The number of its first byte, as in the header."""
    ack: int
    """The number of the byte that the sender waits for, as in the header."""
    flags: int
    """The control bits."""
    window: int
    """The window, as in the header."""
    length: int
    """How many bytes of data it has."""
    since_first: int
    """Time since the connection's first frame, in nanoseconds."""
    since_previous: int
    """Time since the connection's previous frame, in nanoseconds."""
    marks: tuple[str, ...] = ()
    """What the numbers tell: the names of `tcp.analysis` fields without that prefix."""
    analysed: bool = False
    """Whether there is anything that the numbers tell."""
    reuses_ports: bool = False
    """Whether it begins another connection between ports that had one."""

    @property
    def relative_seq(self) -> int:
        """Its sequence number counted from the connection's first."""
        return (self.seq - (self.flow.base or 0)) % MODULO

    @property
    def relative_ack(self) -> int:
        """Its acknowledgment number counted likewise; as in the header where it does not count."""
        return (self.ack - (self.back.base or 0)) % MODULO if self.flags & ACK else self.ack

    @property
    def is_repetition(self) -> bool:
        """Whether its bytes were sent before, or should have been, and did not fill a known gap."""
        if "fast_retransmission" in self.marks:
            return False
        return "retransmission" in self.marks or "out_of_order" in self.marks

    @property
    def size(self) -> int:
        """How many numbers it occupies; SYN and FIN count as one."""
        return self.length + (1 if self.flags & (SYN | FIN) else 0)

    @property
    def next(self) -> int:
        """The number of the byte behind it."""
        return (self.seq + self.size) % MODULO


@dataclass(slots=True)
class Flow:
    """One direction of a connection, as far as it was seen."""

    base: int | None = None
    """The number that counts as 0; None until it is known."""
    scale: int = UNKNOWN_SCALE
    """The shift of its window, or UNKNOWN_SCALE or NO_SCALE."""
    window: int | None = None
    """The last window, as in the header."""
    window_scaled: bool = False
    """Whether the scale applies to it; not for the one of a SYN."""
    next: int | None = None
    """The number behind the furthest byte that was sent."""
    next_time: int = 0
    """When that byte was sent, in nanoseconds since the epoch."""
    contiguous: int | None = None
    """The number up to which everything that was sent was also seen."""
    ack: int | None = None
    """The last acknowledgment number."""
    ack_time: int = 0
    """When it was sent, in nanoseconds since the epoch."""
    duplicates: int = 0
    """How often it was repeated; UNSEEN after the other side acknowledged what was not seen."""
    first_ack_frame: int = 0
    """The frame that had it first."""
    marks: tuple[str, ...] = ()
    """The marks of the last segment."""
    flight: InFlight = field(default_factory=InFlight)
    """What waits for its acknowledgment."""
    counts_flight: bool = True
    """Whether the bytes in flight can be reckoned."""
    pending: Pending | None = None
    """The start of a message whose rest is still to come."""
    delivered: int | None = None
    """The number behind the last byte that was handed to the protocol above."""


@dataclass(slots=True)
class Stream:
    """A TCP connection."""

    number: int
    """Wireshark's number of it, from 0."""
    first: int
    """When its first frame was captured, in nanoseconds since the epoch."""
    last: int
    """When its last frame was captured, likewise."""
    flows: dict[bytes, Flow]
    """Its directions, by the address and port of the sender."""
    syn_time: int | None = None
    """When its last SYN was captured, in nanoseconds since the epoch."""
    initial_rtt: int | None = None
    """From its SYN to the acknowledgment of the SYN/ACK, in nanoseconds."""
    protocol: str = ""
    """The protocol that it speaks, where its bytes and not its ports tell; "" otherwise."""
    asked: str = ""
    """The method of the last HTTP request; "" before there was one."""
    session: object = None
    """What the protocol above remembers of the connection."""
    completeness: int = 0
    """The parts of it that were seen, as bits of Completeness."""


@dataclass(slots=True)
class Quoted:
    """A TCP header that an ICMP error quotes, in the connection that it belongs to."""

    stream: Stream
    """The connection."""
    flow: Flow
    """The direction."""
    since_first: int
    """Time since the connection's first frame, in nanoseconds."""
    since_previous: int
    """Time since the connection's previous frame, in nanoseconds."""


@dataclass(slots=True)
class Progress:
    """How far a message was looked through, so that more bytes do not begin that anew."""

    reached: int = 0
    """A place in the message, in bytes from its start, that its protocol wants to go on from."""


@dataclass(slots=True)
class Pending:
    """The start of a message that later segments of its direction complete."""

    data: bytearray
    """Its bytes so far."""
    segments: list[Segment]
    """The segments that they came in."""
    needed: int
    """With how many bytes it is worth looking again."""
    progress: Progress
    """How far it was looked through."""


class TcpNumbers(Numbering):
    """The numbers of the TCP connections, the same at all points."""


class TcpStreams(dict[Ends, Stream]):
    """The latest TCP connection between two ends that a point has seen."""

    def __init__(self) -> None:
        super().__init__()
        self.reuses: dict[Ends, int] = {}
        """How often two ends have begun another connection with the same ports."""


def later(one: int, other: int) -> bool:
    """Whether a sequence number is behind another (RFC 9293 3.4)."""
    return 0 < (one - other) % MODULO < MODULO // 2
