"""Small captures made by hand, to judge: one function a situation."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from scapy.layers.inet import ICMP, IP, TCP, UDP, fragment
from scapy.layers.l2 import ARP, Ether

from wirelab.verify.capture import Capture
from wirelab.verify.frame import Frame, Point

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scapy.packet import Packet

START = 1_700_000_000_000_000_000
"""When captures begin, in nanoseconds since the epoch."""
MS = 1_000_000
"""Nanoseconds in a millisecond."""

MAC = {
    "c": "02:00:00:00:00:0c",
    "s": "02:00:00:00:00:05",
    "r1": "02:00:00:00:00:a1",
    "r2": "02:00:00:00:00:a2",
    "all": "ff:ff:ff:ff:ff:ff",
}
C, S, R = "10.0.0.10", "10.0.0.5", "10.0.0.1"
FAR = "10.9.0.9"

Sent = tuple[str, float, "Packet"]
"""A point, the milliseconds since the start, a packet."""


def capture(sent: Sequence[Sent], *, points: Sequence[str] = (), comment: str = "") -> Capture:
    """A capture of some packets, in their order; the points are those that occur."""
    names = tuple(points) or tuple(dict.fromkeys(point for point, _, _ in sent))
    frames = []
    for number, (point, time, packet) in enumerate(sent, 1):
        data = bytes(packet)
        frames.append(Frame(number, START + int(time * MS), point, data, len(data)))
    return Capture(tuple(frames), tuple(map(Point, names)), comment)


def without(whole: Capture, number: int) -> Capture:
    """The capture with one frame dropped."""
    return renumbered(whole, [each for each in whole.frames if each.number != number])


def with_twice(whole: Capture, number: int) -> Capture:
    """The capture with one frame in it twice, one right after the other."""
    frames = []
    for each in whole.frames:
        frames.extend([each, each] if each.number == number else [each])
    return renumbered(whole, frames)


def renumbered(whole: Capture, frames: Sequence[Frame]) -> Capture:
    """A capture with other frames, counted anew."""
    counted = (replace(each, number=number) for number, each in enumerate(frames, 1))
    return replace(whole, frames=tuple(counted))


def ether(source: str, destination: str) -> Packet:
    """An Ethernet header between two hosts that have a name here."""
    return Ether(src=MAC[source], dst=MAC[destination])


def who_has(source: str = "c", address: str = S) -> Packet:
    """An ARP request."""
    return ether(source, "all") / ARP(op=1, hwsrc=MAC[source], psrc=C, pdst=address)


def is_at(source: str = "s", address: str = S, to: str = "c") -> Packet:
    """An ARP reply."""
    return ether(source, to) / ARP(op=2, hwsrc=MAC[source], psrc=address, hwdst=MAC[to], pdst=C)


def echo(seq: int, *, ttl: int = 64, source: str = "c", to: str = "s", ip: str = S) -> Packet:
    """An echo request from c."""
    head = ether(source, to) / IP(src=C, dst=ip, id=100 + seq, ttl=ttl, flags="DF")
    return head / ICMP(type=8, id=7, seq=seq) / bytes(range(32))


def echo_reply(seq: int, *, ttl: int = 64, source: str = "s", ip: str = S) -> Packet:
    """The answer to it."""
    head = ether(source, "c") / IP(src=ip, dst=C, id=900 + seq, ttl=ttl)
    return head / ICMP(type=0, id=7, seq=seq) / bytes(range(32))


def ping(times: int = 1) -> list[Sent]:
    """ARP and some echoes, seen at c."""
    sent: list[Sent] = [("c", 0.0, who_has()), ("c", 0.2, is_at())]
    for seq in range(1, times + 1):
        sent.append(("c", 1000.0 * (seq - 1) + 0.3, echo(seq)))
        sent.append(("c", 1000.0 * (seq - 1) + 0.9, echo_reply(seq)))
    return sent


def probe(port: int = 33434, *, ttl: int = 1, number: int = 1) -> Packet:
    """A UDP datagram from c to a far host, as traceroute sends it."""
    head = ether("c", "r1") / IP(src=C, dst=FAR, ttl=ttl, id=200 + number)
    return head / UDP(sport=40000, dport=port) / b"0123456789ab"


def error(about: Packet, *, kind: int = 11, code: int = 0, ttl: int = 1) -> Packet:
    """What the router says about a packet; it quotes its header and eight bytes."""
    quoted = about[IP].copy()
    quoted.ttl = ttl
    del quoted.chksum
    head = ether("r1", "c") / IP(src=R, dst=C, id=5, tos=0xC0)
    return head / ICMP(type=kind, code=code) / bytes(quoted)[: 20 + 8]


def routed(packet: Packet) -> Packet:
    """A packet behind a router."""
    behind = packet.copy()
    behind.src, behind.dst = MAC["r2"], MAC["s"]
    behind[IP].ttl -= 1
    del behind[IP].chksum
    return Ether(bytes(behind))


def pieces(packet: Packet, size: int) -> list[Packet]:
    """The fragments of a packet, each with so many bytes of payload."""
    return fragment(packet, fragsize=size)


def big(length: int = 3000) -> Packet:
    """An echo request that fits no Ethernet frame."""
    head = ether("c", "s") / IP(src=C, dst=S, id=77)
    return head / ICMP(type=8, id=7, seq=1) / bytes(each % 251 for each in range(length))


def segment(source: str, seq: int, data: bytes = b"", flags: str = "A", ack: int = 1) -> Packet:
    """A TCP segment between c (port 5000) and s (port 21)."""
    to = "s" if source == "c" else "c"
    ends = (C, S, 5000, 21) if source == "c" else (S, C, 21, 5000)
    head = ether(source, to) / IP(src=ends[0], dst=ends[1], id=seq & 0xFFFF)
    return head / TCP(sport=ends[2], dport=ends[3], seq=seq, ack=ack, flags=flags) / data


def download(parts: Sequence[bytes]) -> list[Sent]:
    """A TCP connection in which s sends some data in parts."""
    sent: list[Sent] = [
        ("c", 0.0, segment("c", 1000, flags="S", ack=0)),
        ("c", 0.1, segment("s", 5000, flags="SA", ack=1001)),
        ("c", 0.2, segment("c", 1001, ack=5001)),
    ]
    at = 5001
    for number, part in enumerate(parts):
        sent.append(("c", 1.0 + number, segment("s", at, part, "PA", 1001)))
        at += len(part)
    return sent
