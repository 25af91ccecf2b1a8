"""TCP connections in which anything may happen, to compare what is concluded from them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from frames import CLIENT, MS, SERVER, START, ethernet
from scapy.layers.inet import IP, TCP

from wirelab.verify.frame import Frame

if TYPE_CHECKING:
    from random import Random

_GAPS = (MS // 10, MS, 5 * MS, 30 * MS, 300 * MS)
_SIZES = (1, 5, 10)


@dataclass
class _Side:
    """One end of a connection."""

    address: str
    port: int
    next: int
    acknowledged: int
    window: int = 65535


@dataclass
class Noise:
    """Makes connections of random segments: lost, repeated, overlapping, probing."""

    random: Random
    made: list[Frame] = field(default_factory=list)
    now: int = START

    def connections(self, count: int) -> list[Frame]:
        """The frames of some connections, one after the other."""
        for number in range(count):
            self._connection(40000 + number, with_start=bool(number % 4))
        return self.made

    def _connection(self, port: int, *, with_start: bool) -> None:
        client = _Side(CLIENT, port, 1000, 5000)
        server = _Side(SERVER, 45000, 5000, 1000)
        if with_start:
            self._send(client, server, "S", 999)
            self._send(server, client, "SA", 4999)
            self._send(client, server, "A", 1000)
        for _ in range(25):
            sender, receiver = self.random.choice([(client, server), (server, client)])
            self._anything(sender, receiver)

    def _anything(self, sender: _Side, receiver: _Side) -> None:
        dice = self.random.random()
        if dice < 0.45:
            data = b"d" * self.random.choice(_SIZES)
            if self.random.random() < 0.9:
                self._send(sender, receiver, "PA", sender.next, data)
            sender.next += len(data)
        elif dice < 0.75:
            sender.acknowledged = receiver.next
            sender.window = self.random.choice([65535, 65535, 65535, 1000, 0])
            self._send(sender, receiver, "A", sender.next)
            sender.window = 65535
        elif dice < 0.85:
            self._send(sender, receiver, "A", sender.next)
        elif dice < 0.93:
            back = self.random.choice([1, 5, 10, 15])
            again = b"r" * self.random.choice(_SIZES)
            self._send(sender, receiver, "PA", sender.next - back, again)
        elif dice < 0.96:
            self._send(sender, receiver, "A", sender.next - 1)
        else:
            self._send(sender, receiver, "FA", sender.next)
            sender.next += 1

    def _send(
        self, sender: _Side, receiver: _Side, flags: str, seq: int, data: bytes = b""
    ) -> None:
        self.now += self.random.choice(_GAPS)
        header = TCP(
            sport=sender.port,
            dport=receiver.port,
            flags=flags,
            seq=seq,
            ack=sender.acknowledged if "A" in flags else 0,
            window=sender.window,
        )
        packet = IP(src=sender.address, dst=receiver.address) / header / data
        octets = bytes(ethernet(packet))
        self.made.append(Frame(len(self.made) + 1, self.now, "", octets, len(octets)))
