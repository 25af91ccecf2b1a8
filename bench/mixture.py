"""A capture as a busy office would leave it: many conversations of every kind, interleaved.

Everything follows from a seed. Between its ordinary traffic, at two capture points, it holds one
walk of a recursor from the root to an answer, which the scenario `dns-recursion` describes.
"""

from __future__ import annotations

from heapq import heappop, heappush
from random import Random
from typing import TYPE_CHECKING

from bench import packets as p
from bench.recursion import recursion
from wirelab.verify import CaptureWriter, Point

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

START = 1_700_000_000_000_000_000
"""When the capture begins, in nanoseconds since the epoch."""
LAN, WAN = "lan", "wan"
PARALLEL = 150
"""How many conversations are under way at any time."""
MSS = 1460

Step = tuple[int, str, bytes]
"""Nanoseconds since the step before, the capture point, the frame."""

_ZONES = (("www", "example"), ("mail", "corp"), ("cdn", "static.media"))
_NAMES = [f"{word}{number}.{zone}.test" for number in range(400) for word, zone in _ZONES]
_FILL = bytes(range(1, 256)) * 8


class Office:
    """Hosts, and the conversations that they have."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)
        self._clients = [p.host(n, f"10.1.{n >> 7}.{n % 128 + 10}") for n in range(200)]
        self._clients6 = [p.host(n, f"fd00:1::{n + 16:x}") for n in range(100)]
        self._servers = [p.host(4096 + n, f"198.51.100.{n + 1}") for n in range(40)]
        self._servers6 = [p.host(4096 + n, f"fd00:2::{n + 1:x}") for n in range(20)]
        self._gateway = p.host(9000, "10.1.0.1")
        self._kinds: list[tuple[Callable[[], Iterator[Step]], int]] = [
            (self.web, 20), (self.tls, 22), (self.transfer, 3), (self.lookup, 320),
            (self.resolve, 120), (self.ping, 40), (self.unreachable, 30), (self.neighbours, 30),
            (self.lease, 8), (self.fragments, 12), (self.tagged, 10), (self.media, 8),
            (self.web6, 5), (self.refused, 12),
        ]  # fmt: skip

    def conversation(self) -> Iterator[Step]:
        """Some conversation."""
        kinds = [kind for kind, _ in self._kinds]
        return self._random.choices(kinds, [weight for _, weight in self._kinds])[0]()

    def _gap(self, mean: int = 400_000) -> int:
        return int(self._random.expovariate(1 / mean)) + 1000

    def _port(self) -> int:
        return self._random.randrange(32768, 61000)

    def _ends(self) -> tuple[p.Host, p.Host]:
        return self._random.choice(self._clients), self._random.choice(self._servers)

    def _talk(
        self, ends: tuple[p.Host, p.Host], ports: tuple[int, int], turns: list[tuple[int, bytes]]
    ) -> Iterator[Step]:
        """A TCP connection in which the client (0) and the server (1) send data in turn."""
        numbers = [self._random.getrandbits(32), self._random.getrandbits(32)]

        def segment(side: int, flags: int, data: bytes = b"") -> Step:
            source, to = ends[side], ends[1 - side]
            ack = numbers[1 - side] if flags & p.ACK else 0
            both = ports if side == 0 else (ports[1], ports[0])
            made = p.tcp(source, to, both, (numbers[side], ack), flags, data)
            step = len(data) + bool(flags & (p.SYN | 1))
            numbers[side] = (numbers[side] + step) & 0xFFFFFFFF
            return self._gap(), LAN, p.frame(source, to, p.TCP, made, self._random.getrandbits(16))

        yield segment(0, p.SYN)
        yield segment(1, p.SYN_ACK)
        yield segment(0, p.ACK)
        for side, data in turns:
            for at in range(0, len(data), MSS):
                yield segment(side, p.PUSH if at + MSS >= len(data) else p.ACK, data[at : at + MSS])
                if at // MSS % 2 or at + MSS >= len(data):
                    yield segment(1 - side, p.ACK)
        yield segment(0, p.FIN)
        yield segment(1, p.FIN)
        yield segment(0, p.ACK)

    def web(self) -> Iterator[Step]:
        """HTTP/1.1: some requests and bodies of all sizes."""
        return self._talk(self._ends(), (self._port(), 80), self._pages())

    def web6(self) -> Iterator[Step]:
        """The same over IPv6."""
        ends = self._random.choice(self._clients6), self._random.choice(self._servers6)
        return self._talk(ends, (self._port(), 80), self._pages())

    def _pages(self) -> list[tuple[int, bytes]]:
        turns = []
        for _ in range(self._random.randint(1, 4)):
            path = f"/{self._random.getrandbits(24):x}.html"
            asked = f"GET {path} HTTP/1.1\r\nHost: {self._random.choice(_NAMES)}\r\n\r\n".encode()
            body = _FILL[:1500] * int(self._random.expovariate(1 / 8)) + _FILL[: len(path) * 20]
            head = f"HTTP/1.1 200 OK\r\nServer: nginx\r\nContent-Length: {len(body)}\r\n\r\n"
            turns += [(0, asked), (1, head.encode() + body)]
        return turns

    def tls(self) -> Iterator[Step]:
        """TLS 1.2: records of a handshake in clear, then records of data."""
        server = self._random.choice(_NAMES).encode()
        names = b"\0" + len(server).to_bytes(2, "big") + server
        names = (
            b"\0\0" + (len(names) + 2).to_bytes(2, "big") + len(names).to_bytes(2, "big") + names
        )
        body = b"\3\3" + self._random.randbytes(32) + b"\0\0\4\xc0\x2f\xc0\x30\1\0"
        body += len(names).to_bytes(2, "big") + names
        hello = _record(22, b"\1" + len(body).to_bytes(3, "big") + body)
        answer = b"\3\3" + self._random.randbytes(32) + b"\0\xc0\x2f\0"
        turns = [(0, hello), (1, _record(22, b"\2" + len(answer).to_bytes(3, "big") + answer))]
        for _ in range(self._random.randint(1, 5)):
            data = _record(23, _FILL[:1400]) * int(self._random.expovariate(1 / 9))
            turns += [(0, _record(23, _FILL[:220])), (1, data or _record(23, _FILL[:90]))]
        return self._talk(self._ends(), (self._port(), 443), turns)

    def transfer(self) -> Iterator[Step]:
        """An FTP session that fetches one file over a passive connection."""
        ends, data_port = self._ends(), self._port()
        address = ",".join(map(str, ends[1].address))
        passive = f"227 Entering Passive Mode ({address},{data_port >> 8},{data_port & 255}).\r\n"
        control = self._talk(ends, (self._port(), 21), [
            (1, b"220 ready\r\n"), (0, b"USER anonymous\r\n"), (1, b"331 password?\r\n"),
            (0, b"PASS me@\r\n"), (1, b"230 welcome\r\n"), (0, b"PASV\r\n"), (1, passive.encode()),
            (0, b"RETR file.bin\r\n"), (1, b"150 here it comes\r\n"), (1, b"226 done\r\n"),
            (0, b"QUIT\r\n"), (1, b"221 bye\r\n"),
        ])  # fmt: skip
        yield from (step for _, step in zip(range(22), control, strict=False))
        body = self._random.randbytes(1400) * self._random.randint(4, 60)
        yield from self._talk(ends, (self._port(), data_port), [(1, body)])
        yield from control

    def lookup(self) -> Iterator[Step]:
        """A DNS query and its response: an address, an alias, or no such name."""
        client, server = self._random.choice(self._clients), self._servers[0]
        asked, port = self._random.choice(_NAMES), self._port()
        number, kind = self._random.getrandbits(16), self._random.choice((1, 1, 28))
        query = p.dns(number, 0x0100, (asked, kind))
        yield self._udp(client, server, (port, 53), query)
        data = self._random.randbytes(4 if kind == 1 else 16)
        if self._random.random() < 0.1:
            answer = p.dns(number, 0x8183, (asked, kind))
        elif self._random.random() < 0.3:
            alias = p.name(f"edge{self._random.randrange(90)}.cdn.test")
            records = (p.record(b"\xc0\x0c", 5, alias), p.record(alias, kind, data))
            answer = p.dns(number, 0x8180, (asked, kind), records)
        else:
            answer = p.dns(number, 0x8180, (asked, kind), (p.record(b"\xc0\x0c", kind, data),))
        yield self._udp(server, client, (53, port), answer)

    def _udp(self, source: p.Host, to: p.Host, ports: tuple[int, int], data: bytes) -> Step:
        made = p.udp(source, to, ports, data)
        return self._gap(), LAN, p.frame(source, to, p.UDP, made, self._random.getrandbits(16))

    def resolve(self) -> Iterator[Step]:
        """Who has an address, and who that is."""
        client = self._random.choice(self._clients)
        yield self._gap(), LAN, p.arp(1, client, self._gateway)
        yield self._gap(), LAN, p.arp(2, self._gateway, client)

    def ping(self) -> Iterator[Step]:
        """Some echoes."""
        (client, server), ident = self._ends(), self._random.getrandbits(16)
        return self._echoes(client, server, ident, self._random.choice((48, 56, 1000)))

    def _echoes(self, client: p.Host, server: p.Host, ident: int, size: int) -> Iterator[Step]:
        for seq in range(1, self._random.randint(2, 6)):
            for source, to, kind in ((client, server, 8), (server, client, 0)):
                message = p.icmp(kind, 0, ident << 16 | seq, _FILL[16 : 16 + size])
                yield self._gap(), LAN, p.frame(source, to, p.ICMP, message, seq)

    def tagged(self) -> Iterator[Step]:
        """Some echoes in a virtual LAN."""
        vlan = self._random.choice((10, 20, 30))
        for gap, point, frame in self.ping():
            yield gap, point, p.tagged(frame, vlan)

    def unreachable(self) -> Iterator[Step]:
        """A UDP datagram to a port, or past a hop, where nobody is, and the error about it."""
        client, server = self._ends()
        ports = self._port(), self._random.randrange(33434, 33534)
        probe = p.ip(client, server, p.UDP, p.udp(client, server, ports, _FILL[:32]), ttl=1)
        yield self._gap(), LAN, p.ethernet(client, server.mac, 0x0800, probe)
        kind, code = self._random.choice(((3, 3), (11, 0), (3, 1)))
        sender = server if code == 3 else self._gateway
        message = p.icmp(kind, code, 0, probe)
        yield self._gap(), LAN, p.frame(sender, client, p.ICMP, message)

    def neighbours(self) -> Iterator[Step]:
        """Neighbour discovery, and an echo over IPv6."""
        client, server = self._random.choice(self._clients6), self._random.choice(self._servers6)
        asked = p.icmpv6(client, server, 135, 0, server.address + b"\1\1" + client.mac)
        yield self._gap(), LAN, p.frame(client, server, p.ICMPV6, asked)
        told = p.icmpv6(server, client, 136, 0x60000000, server.address + b"\2\1" + server.mac)
        yield self._gap(), LAN, p.frame(server, client, p.ICMPV6, told)
        echo = p.icmpv6(client, server, 128, self._random.getrandbits(32), _FILL[:56])
        yield self._gap(), LAN, p.frame(client, server, p.ICMPV6, echo)

    def lease(self) -> Iterator[Step]:
        """Discover, Offer, Request, ACK."""
        client, number = self._random.choice(self._clients), self._random.getrandbits(32)
        nobody, everybody = p.Host(client.mac, bytes(4)), p.Host(p.BROADCAST, b"\xff" * 4)
        for kind in (1, 2, 3, 5):
            message = p.dhcp(kind, client, number, client.address, self._gateway)
            if kind in (1, 3):
                yield self._udp(nobody, everybody, (68, 67), message)
            else:
                yield self._udp(self._gateway, client, (67, 68), message)

    def fragments(self) -> Iterator[Step]:
        """A datagram that needs three Ethernet frames."""
        (client, server), number = self._ends(), self._random.getrandbits(16)
        data = p.udp(client, server, (self._port(), 4000), _FILL[:1300] * 3)
        for at in range(0, len(data), 1480):
            flags = at // 8 | (0x2000 if at + 1480 < len(data) else 0)
            part = p.ip(client, server, p.UDP, data[at : at + 1480], number=number, flags=flags)
            yield self._gap(), LAN, p.ethernet(client, server.mac, 0x0800, part)

    def media(self) -> Iterator[Step]:
        """A stream of datagrams."""
        client, server = self._ends()
        ports, size = (self._port(), self._port()), self._random.choice((172, 400, 1200))
        for _ in range(self._random.randint(20, 150)):
            yield self._udp(client, server, ports, _FILL[:size])

    def refused(self) -> Iterator[Step]:
        """A connection that nobody wants."""
        client, server = self._ends()
        ports, number = (self._port(), 8081), self._random.getrandbits(32)
        syn = p.tcp(client, server, ports, (number, 0), p.SYN)
        yield self._gap(), LAN, p.frame(client, server, p.TCP, syn)
        reset = p.tcp(server, client, ports[::-1], (0, (number + 1) & 0xFFFFFFFF), p.RST)
        yield self._gap(), LAN, p.frame(server, client, p.TCP, reset)


def _record(kind: int, body: bytes) -> bytes:
    """A TLS record."""
    return bytes((kind, 3, 3)) + len(body).to_bytes(2, "big") + body


def mixture(count: int, seed: int = 1) -> Iterator[tuple[int, str, bytes]]:
    """Frames with their times and points, in the order of time."""
    office = Office(seed)
    waiting: list[tuple[int, int, str, bytes, Iterator[Step]]] = []
    order = 0

    def push(now: int, talk: Iterator[Step]) -> None:
        nonlocal order
        step = next(talk, None)
        if step is not None:
            order += 1
            heappush(waiting, (now + step[0], order, step[1], step[2], talk))

    for _ in range(PARALLEL):
        push(START, office.conversation())
    for made in range(count):
        now, _, point, frame, talk = heappop(waiting)
        yield now, point, frame
        push(now, talk)
        if made == count // 2:
            push(now, recursion())
        while len(waiting) < PARALLEL:
            push(now, office.conversation())


def write(path: Path, count: int, seed: int = 1) -> None:
    """Writes a capture of so many packets."""
    with CaptureWriter(path, [Point(LAN), Point(WAN)]) as writer:
        for time, point, frame in mixture(count, seed):
            writer.write(point, time, frame, len(frame))
