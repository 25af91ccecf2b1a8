"""Headers and messages as bytes, made much faster than a packet library would.

Lengths and checksums are right: the captures made of them are judged by others, too.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from ipaddress import ip_address

SYN, SYN_ACK, ACK, PUSH, FIN, RST = 0x02, 0x12, 0x10, 0x18, 0x11, 0x14
BROADCAST = b"\xff" * 6
ICMP, TCP, UDP, ICMPV6 = 1, 6, 17, 58


@dataclass(frozen=True, slots=True)
class Host:
    """One end of a conversation."""

    mac: bytes
    """Its Ethernet address."""
    address: bytes
    """Its IPv4 or IPv6 address."""


def host(number: int, address: str) -> Host:
    """A host whose Ethernet address is its number."""
    return Host(b"\x02\0" + number.to_bytes(4, "big"), ip_address(address).packed)


def checksum(data: bytes) -> int:
    """The Internet checksum (RFC 1071)."""
    if len(data) % 2:
        data += b"\0"
    return 0xFFFF - (int.from_bytes(data, "big") % 0xFFFF)


def ethernet(source: Host, destination: bytes, kind: int, payload: bytes) -> bytes:
    """A frame, filled up to 60 bytes."""
    return (destination + source.mac + kind.to_bytes(2, "big") + payload).ljust(60, b"\0")


def tagged(frame: bytes, vlan: int) -> bytes:
    """The frame with an 802.1Q tag."""
    return frame[:12] + b"\x81\0" + vlan.to_bytes(2, "big") + frame[12:]


def ip(
    source: Host,
    to: Host,
    protocol: int,
    payload: bytes,
    *,
    number: int = 0,
    ttl: int = 64,
    flags: int = 0x4000,
) -> bytes:
    """An IPv4 or IPv6 packet, by the kind of the addresses; DF is set unless `flags` differ."""
    if len(source.address) == 16:
        head = struct.pack(">IHBB", 0x60000000, len(payload), protocol, ttl)
        return head + source.address + to.address + payload
    head = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(payload), number, flags, ttl, protocol, 0)
    head += source.address + to.address
    return head[:10] + checksum(head).to_bytes(2, "big") + head[12:] + payload


def frame(source: Host, to: Host, protocol: int, payload: bytes, number: int = 0) -> bytes:
    """A whole frame from one host to another."""
    kind = 0x86DD if len(source.address) == 16 else 0x0800
    return ethernet(source, to.mac, kind, ip(source, to, protocol, payload, number=number))


def _summed(source: Host, to: Host, protocol: int, message: bytes, at: int) -> bytes:
    """A transport message with its checksum at an offset."""
    size = 4 if len(source.address) == 16 else 2
    middle = len(message).to_bytes(size, "big") + protocol.to_bytes(size, "big")
    total = checksum(source.address + to.address + middle + message) or 0xFFFF
    return message[:at] + total.to_bytes(2, "big") + message[at + 2 :]


def udp(source: Host, to: Host, ports: tuple[int, int], payload: bytes) -> bytes:
    """A UDP datagram."""
    head = struct.pack(">HHHH", *ports, 8 + len(payload), 0)
    return _summed(source, to, UDP, head + payload, 6)


def tcp(
    source: Host,
    to: Host,
    ports: tuple[int, int],
    numbers: tuple[int, int],
    flags: int,
    payload: bytes = b"",
) -> bytes:
    """A TCP segment; a SYN says its MSS and its window scale."""
    options = b"\2\4\x05\xb4\1\3\3\7" if flags & SYN else b""
    head = struct.pack(">HHIIBBHHH", *ports, *numbers, (20 + len(options)) << 2, flags, 501, 0, 0)
    return _summed(source, to, TCP, head + options + payload, 16)


def icmp(kind: int, code: int, rest: int, payload: bytes) -> bytes:
    """An ICMP message; `rest` is the second word of its header."""
    head = struct.pack(">BBHI", kind, code, 0, rest)
    return head[:2] + checksum(head + payload).to_bytes(2, "big") + head[4:] + payload


def icmpv6(source: Host, to: Host, kind: int, rest: int, payload: bytes) -> bytes:
    """An ICMPv6 message."""
    return _summed(source, to, ICMPV6, struct.pack(">BBHI", kind, 0, 0, rest) + payload, 2)


def arp(operation: int, source: Host, to: Host) -> bytes:
    """A frame with an ARP request (1) or reply (2)."""
    target = bytes(6) if operation == 1 else to.mac
    message = struct.pack(">HHBBH", 1, 0x0800, 6, 4, operation)
    message += source.mac + source.address + target + to.address
    return ethernet(source, BROADCAST if operation == 1 else to.mac, 0x0806, message)


def name(text: str) -> bytes:
    """A domain name on the wire (RFC 1035 3.1)."""
    labels = [label.encode() for label in text.split(".") if label]
    return b"".join(bytes([len(label)]) + label for label in labels) + b"\0"


def record(owner: bytes, kind: int, data: bytes, ttl: int = 300) -> bytes:
    """A resource record of the class IN."""
    return owner + struct.pack(">HHIH", kind, 1, ttl, len(data)) + data


def dns(
    number: int,
    flags: int,
    question: tuple[str, int],
    answers: tuple[bytes, ...] = (),
    authority: tuple[bytes, ...] = (),
    more: tuple[bytes, ...] = (),
) -> bytes:
    """A DNS message with one question."""
    counts = (1, len(answers), len(authority), len(more))
    head = struct.pack(">HH4H", number, flags, *counts) + name(question[0])
    return head + struct.pack(">HH", question[1], 1) + b"".join((*answers, *authority, *more))


def dhcp(kind: int, client: Host, number: int, yours: bytes, server: Host) -> bytes:
    """A DHCP message of some type (RFC 2132 9.6)."""
    reply = kind in (2, 5)
    head = struct.pack(">BBBBIHH", 2 if reply else 1, 1, 6, 0, number, 0, 0)
    given = yours if reply else bytes(4)
    head += bytes(4) + given + bytes(8) + client.mac.ljust(16, b"\0") + bytes(192)
    options = bytes((53, 1, kind))
    if reply:
        options += b"\x36\4" + server.address + b"\x33\4" + struct.pack(">I", 3600)
        options += b"\1\4\xff\0\0\0\3\4" + server.address
    elif kind == 3:
        options += b"\x32\4" + yours + b"\x36\4" + server.address
    return (head + b"\x63\x82\x53\x63" + options + b"\xff").ljust(300, b"\0")
