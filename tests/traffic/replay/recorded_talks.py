"""Captures of conversations, made for tests segment by segment."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING

from frames import MS, START

from wirelab.traffic.replay.conversations.extract import extract
from wirelab.traffic.replay.conversations.segments import TCP
from wirelab.traffic.replay.conversations.talk import Deed
from wirelab.verify.columns.table import Table
from wirelab.verify.frame import Frame, Point

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wirelab.traffic.replay.conversations.store import Store
    from wirelab.traffic.replay.conversations.talk import Need, Talk, Talks

C, S = 0, 1
FIN, SYN, RST, PSH, ACK = 1, 2, 4, 8, 16
_MODULO = 1 << 32


def packet(
    source: str, destination: str, ports: tuple[int, int], payload: bytes, *tcp: int, ttl: int = 64
) -> bytes:
    """A frame with a TCP segment (given seq, ack and flags) or with a UDP datagram."""
    if tcp:
        seq, ack, flags = tcp
        head = struct.pack(
            ">HHIIBBHHH", *ports, seq % _MODULO, ack % _MODULO, 0x50, flags, 65535, 0, 0
        )
    else:
        head = struct.pack(">HHHH", *ports, 8 + len(payload), 0)
    total = 20 + len(head) + len(payload)
    addresses = b"".join(bytes(map(int, each.split("."))) for each in (source, destination))
    ip = struct.pack(">BBHHHBBH", 0x45, 0, total, 7, 0, ttl, 6 if tcp else 17, 0) + addresses
    return bytes(12) + b"\x08\x00" + ip + head + payload


@dataclass
class Recorder:
    """Writes frames down, with the time that passes."""

    now: int = START
    frames: list[Frame] = field(default_factory=list)

    def add(self, data: bytes, *, after: int = 0, point: str = "", cut: int = 0) -> None:
        """Captures a frame some nanoseconds later, perhaps without its last bytes."""
        self.now += after
        kept = data[: len(data) - cut]
        self.frames.append(Frame(len(self.frames) + 1, self.now, point, kept, len(data)))

    def table(self, *points: str) -> Table:
        made = Table.of(self.frames, [Point(point) for point in points or ("",)])
        assert made is not None
        return made

    def extracted(self, *points: str) -> tuple[Talks, Store]:
        return extract(self.table(*points))


@dataclass
class Connection:
    """A TCP connection whose two ends hear everything at once."""

    recorder: Recorder
    client: tuple[str, int] = ("10.0.0.1", 40000)
    server: tuple[str, int] = ("10.0.0.2", 80)
    seqs: list[int] = field(default_factory=lambda: [1000, 5000])
    point: str = ""

    def segment(
        self, side: int, flags: int, data: bytes = b"", *, after: int = MS // 10, lost: bool = False
    ) -> bytes:
        ends = (self.client, self.server) if side == C else (self.server, self.client)
        frame = packet(
            ends[0][0],
            ends[1][0],
            (ends[0][1], ends[1][1]),
            data,
            self.seqs[side],
            self.seqs[1 - side] if flags & ACK else 0,
            flags,
        )
        self.seqs[side] += len(data) + bool(flags & SYN) + bool(flags & FIN)
        if not lost:
            self.recorder.add(frame, after=after, point=self.point)
        return frame

    def open(self, after: int = MS) -> Connection:
        self.segment(C, SYN, after=after)
        self.segment(S, SYN | ACK)
        self.segment(C, ACK)
        return self

    def say(self, side: int, data: bytes, *, after: int = 10 * MS, mss: int = 1460) -> Connection:
        """Says something after a while, in segments; the other side acknowledges each."""
        for at in range(0, len(data), mss):
            self.segment(side, ACK | PSH, data[at : at + mss], after=after if not at else MS // 10)
            self.segment(1 - side, ACK, after=MS // 100)
        return self

    def close(self, first: int = C, *, after: int = MS) -> Connection:
        self.segment(first, FIN | ACK, after=after)
        self.segment(1 - first, FIN | ACK)
        self.segment(first, ACK)
        return self


def said(talk: Talk, side: int, store: Store) -> bytes:
    """All that a side says."""
    text = talk.texts[side]
    return b"".join(map(store.slice, text.starts, text.sizes))


def stuck(talks: Sequence[Talk]) -> list[str]:
    """Which conversations stand still when all turns are taken as soon as their needs are met."""
    said = [[0, 0] for _ in talks]
    left = [[[t for t in talk.turns if t.side == side] for side in (C, S)] for talk in talks]

    def met(need: Need) -> bool:
        return said[need.talk][need.side ^ need.heard] >= need.amount

    going = True
    while going:
        going = False
        for number, talk in enumerate(talks):
            for side in (C, S):
                while left[number][side] and all(map(met, left[number][side][0].needs)):
                    turn, going = left[number][side].pop(0), True
                    if turn.deed is Deed.RESET:
                        said[number] = [1 << 62, 1 << 62]
                    elif turn.deed is Deed.OPEN:
                        said[number] = [1, 1]
                    elif turn.deed is Deed.FINISH or talk.protocol != TCP:
                        said[number][side] += 1
                    else:
                        said[number][side] += turn.size
    return [talk.name for talk, turns in zip(talks, left, strict=True) if any(turns)]


def deeds(talk: Talk) -> list[tuple[str, str, int]]:
    """The turns of a conversation in short."""
    return [("CS"[turn.side], str(turn.deed), turn.size) for turn in talk.turns]


def odd_capture(seed: int) -> Recorder:
    """A capture of some conversations: frames are damaged, lost, doubled, in disorder."""
    draw, recorder = Random(seed), Recorder()
    some = [
        Connection(
            recorder,
            (f"10.0.0.{draw.randrange(1, 3)}", 40000 + number),
            (f"10.0.0.{draw.randrange(1, 4)}", 80),
            [draw.randrange(_MODULO), draw.randrange(_MODULO)],
        ).open(draw.randrange(2 * MS))
        for number in range(draw.randrange(1, 4))
    ]
    for _ in range(draw.randrange(12)):
        _something(draw, recorder, some)
    frames = [_damaged(draw, each) for each in recorder.frames if draw.random() > 0.05]
    frames += draw.sample(frames, min(len(frames), draw.randrange(3)))
    at = draw.randrange(len(frames) + 1)
    some_in_a_row = frames[at : at + 6]
    draw.shuffle(some_in_a_row)
    frames[at : at + 6] = some_in_a_row
    recorder.frames = [
        Frame(number, START + number * 1000, each.point, each.data, each.length)
        for number, each in enumerate(frames, 1)
    ]
    return recorder


def _something(draw: Random, recorder: Recorder, some: Sequence[Connection]) -> None:
    """Something happens: data, a datagram, an end."""
    one, side, kind = draw.choice(some), draw.choice([C, S]), draw.random()
    if kind < 0.6:
        one.say(side, draw.randbytes(draw.choice([1, 100, 1460, 4000])))
    elif kind < 0.8:
        ends = draw.sample(["10.0.0.1", "10.0.0.2", "10.0.0.3"], 2)
        ports = draw.choice([5, 53]), draw.choice([5, 53])
        recorder.add(packet(ends[0], ends[1], ports, draw.randbytes(draw.randrange(5))))
    elif kind < 0.9:
        one.close(side)
    else:
        one.segment(side, RST | ACK)


def _damaged(draw: Random, frame: Frame) -> Frame:
    octets = bytearray(frame.data)
    if draw.random() < 0.3:
        for _ in range(draw.randrange(1, 4)):
            place = draw.choice([draw.randrange(12, len(octets)), draw.randrange(38, 42)])
            octets[place] = draw.choice([0, 1, 255, draw.randrange(256)])
    if draw.random() < 0.05:
        del octets[draw.randrange(len(octets)) :]
    point = "other" if draw.random() < 0.1 else ""
    return Frame(frame.number, frame.time, point, bytes(octets), frame.length)


def write_pcap(frames: Sequence[Frame]) -> bytes:
    """The frames as a file."""
    head = struct.pack("<IHHiIII", 0xA1B23C4D, 2, 4, 0, 0, 262144, 1)
    return head + b"".join(
        struct.pack("<IIII", *divmod(each.time, 10**9), len(each.data), each.length) + each.data
        for each in frames
    )
