"""UDP and TCP."""

from __future__ import annotations

from typing import TYPE_CHECKING

from frames import CLIENT, SERVER, Talk, error, ethernet, reply
from frames import udp as datagram
from scapy.layers.inet import IP, TCP, UDP

if TYPE_CHECKING:
    from scapy.packet import Packet


def udp() -> list[Packet]:
    """Conversations, checksums that are right, wrong and absent, lengths that are wrong."""
    made = [
        ethernet(
            IP(src=CLIENT, dst=SERVER)
            / UDP(sport=40000, dport=45000, len=length, chksum=0)
            / b"vwxyz"
        )
        for length in (0, 7, 8, 100)
    ]
    empty = datagram(b"")
    return [
        datagram(b"one"),
        reply(b"two"),
        datagram(b"three", 40001),
        *made,
        empty,
        datagram(b"after"),
    ]


def tcp() -> list[Packet]:
    """A connection with all options, one that is refused, one without its start, used ports."""
    options = [
        ("MSS", 1460), ("NOP", None), ("WScale", 7), ("SAckOK", b""), ("Timestamp", (5, 6)),
    ]  # fmt: skip
    talk = Talk(40000, 45000).client("S", options=options).server("SA", options=options)
    talk.client("A").client("PA", b"hello").server("PA", b"world")
    talk.client("A", options=[("SAck", (5001, 5003, 5007, 5009))]).close()
    refused = Talk(40001, 45000).client("S").server("RA")
    amid = Talk(40002, 45000).client("PA", b"middle").server("A").client("PA", b"end")
    again = Talk(40000, 45000)
    again.client_seq = 90000
    quoted = error(bytes(talk.sent[3])[14:], 3, 1)
    odd = TCP(sport=40003, dport=45000, flags="FPU", reserved=2, urgptr=3)
    return [
        *talk.sent,
        *refused.sent,
        *amid.sent,
        quoted,
        *again.open().sent,
        ethernet(IP(src=CLIENT, dst=SERVER) / odd),
    ]


def trouble() -> list[Packet]:
    """Loss, repetition, duplicate ACKs, a closed window and keep-alives."""
    talk = Talk(40000, 45000)
    talk.client("S", options=[("WScale", 3)])
    talk.again(0).server("SA", options=[("WScale", 4)]).client("A")
    talk.client("PA", b"first").server("A")
    talk.client_seq += 5
    talk.client("PA", b"third")
    talk.client_seq -= 10
    talk.server("A").server("A").server("A")
    talk.client("PA", b"secnd")
    talk.again(4)
    talk.client_seq += 5
    talk.server("A", window=0).server("A", window=100).server("A", window=100)
    talk.client_seq -= 1
    talk.client("A")
    talk.client_seq += 1
    talk.server("A", window=100)
    talk.client("PA", b"!more").again(-1)
    talk.server("A", window=0).client("PA", b"p")
    talk.client_seq -= 1
    talk.server("A", window=0)
    talk.client_seq += 1
    full = Talk(40001, 45000).open().server("A", window=10)
    full.client("PA", b"ten bytes!").server("A").client("A")
    late = Talk(40002, 45000).open()
    late.client_seq += 5
    late.client("PA", b"third")
    late.client_seq -= 10
    late.client("PA", b"secnd")
    late.client_seq += 55
    late.server("A")
    return talk.sent + full.sent + late.sent
