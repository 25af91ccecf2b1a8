"""Frames for tests, made from Scapy packets or from bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scapy.layers.inet import ICMP, IP, TCP, UDP
from scapy.layers.l2 import Ether

from wirelab.verify.dissect import dissect
from wirelab.verify.frame import Frame, LinkType

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scapy.packet import Packet as Crafted

    from wirelab.verify.packet import Packet

START = 1_700_000_000_250_000_000
"""When captures begin, in nanoseconds since the epoch."""
MS = 1_000_000
"""Nanoseconds in a millisecond."""

CLIENT, SERVER = "10.0.0.1", "10.0.0.2"
CLIENT6, SERVER6 = "fd00::1", "fd00::2"
CLIENT_MAC, SERVER_MAC, BROADCAST = "02:00:00:00:00:01", "02:00:00:00:00:02", "ff:ff:ff:ff:ff:ff"


def ethernet(crafted: Crafted) -> Crafted:
    """A packet in an Ethernet frame from the client to the server."""
    return Ether(src=CLIENT_MAC, dst=SERVER_MAC) / crafted


def frames(
    packets: Iterable[Crafted | bytes],
    *,
    gap: int = 10 * MS,
    point: str = "",
    linktype: int = LinkType.ETHERNET,
) -> list[Frame]:
    """Frames of some packets, one each `gap` nanoseconds."""
    made: list[Frame] = []
    now = START
    for number, packet in enumerate(packets, 1):
        data = bytes(packet)
        now += gap
        made.append(Frame(number, now, point, data, len(data), linktype))
    return made


def dissected(*packets: Crafted | bytes, linktype: int = LinkType.ETHERNET) -> list[Packet]:
    """The dissection of some packets, captured one after the other."""
    return dissect(frames(packets, linktype=linktype))


def one(packet: Crafted | bytes, linktype: int = LinkType.ETHERNET) -> Packet:
    """The dissection of a single packet."""
    return dissected(packet, linktype=linktype)[0]


def udp(payload: Crafted | bytes, sport: int = 40000, dport: int = 45000) -> Crafted:
    """A UDP datagram from the client to the server."""
    return ethernet(IP(src=CLIENT, dst=SERVER) / UDP(sport=sport, dport=dport) / payload)


def reply(payload: Crafted | bytes, sport: int = 45000, dport: int = 40000) -> Crafted:
    """A UDP datagram from the server to the client."""
    return Ether(src=SERVER_MAC, dst=CLIENT_MAC) / (
        IP(src=SERVER, dst=CLIENT) / UDP(sport=sport, dport=dport) / payload
    )


def error(quoted: Crafted | bytes, kind: int = 3, code: int = 3, **more: object) -> Crafted:
    """An ICMP error from the server to the client."""
    header = ICMP(type=kind, code=code, **more)
    return Ether(src=SERVER_MAC, dst=CLIENT_MAC) / (
        IP(src=SERVER, dst=CLIENT) / header / bytes(quoted)
    )


class Talk:
    """A TCP connection whose segments are written down one by one, as an endpoint sends them."""

    def __init__(self, sport: int = 40000, dport: int = 45000) -> None:
        self.sent: list[Crafted] = []
        """The frames so far."""
        self.sport, self.dport = sport, dport
        self.client_seq, self.server_seq = 1000, 5000

    def client(self, flags: str, data: bytes = b"", **more: object) -> Talk:
        """A segment of the client."""
        ack = self.server_seq if "A" in flags else 0
        header = TCP(
            sport=self.sport, dport=self.dport, flags=flags, seq=self.client_seq, ack=ack, **more
        )
        self.client_seq = (self.client_seq + _room(flags, data)) % (1 << 32)
        self.sent.append(ethernet(IP(src=CLIENT, dst=SERVER) / header / data))
        return self

    def server(self, flags: str, data: bytes = b"", **more: object) -> Talk:
        """A segment of the server."""
        ack = self.client_seq if "A" in flags else 0
        header = TCP(
            sport=self.dport, dport=self.sport, flags=flags, seq=self.server_seq, ack=ack, **more
        )
        self.server_seq = (self.server_seq + _room(flags, data)) % (1 << 32)
        frame = Ether(src=SERVER_MAC, dst=CLIENT_MAC) / IP(src=SERVER, dst=CLIENT)
        self.sent.append(frame / header / data)
        return self

    def open(self) -> Talk:
        """The three segments that open the connection."""
        return self.client("S").server("SA").client("A")

    def close(self) -> Talk:
        """The three segments that close it."""
        return self.client("FA").server("FA").client("A")

    def again(self, place: int) -> Talk:
        """A segment sent once more."""
        self.sent.append(self.sent[place].copy())
        return self


def _room(flags: str, data: bytes) -> int:
    """How far a segment moves the sequence number."""
    return len(data) + sum(flag in flags for flag in "SF")
