"""What is damaged: traffic of every protocol, and files of every format."""

from __future__ import annotations

import gzip
import struct
from functools import cache
from itertools import islice
from random import Random

from frames import Talk
from samples import SAMPLES, apps
from samples.noise import Noise
from written import MAGICS, Blocks, pcap_header, pcap_record

from wirelab.verify.frame import LinkType

Seed = tuple[int, bytes]
"""A link type and the bytes of a frame."""

_HEADERS = {
    LinkType.LINUX_SLL: b"\0\4\0\1\0\6\2\0\0\0\0\1\0\0",
    LinkType.LINUX_SLL2: b"%s\0\0\0\0\0\3\0\1\4\6\2\0\0\0\0\1\0\0",
    LinkType.NULL: b"",
    LinkType.LOOP: b"",
    LinkType.RAW: b"",
}
_NETWORK = b"\x08\x00", b"\x86\xdd"
_START = 1_700_000_000_250_000_000


@cache
def conversations() -> dict[str, list[Seed]]:
    """Frames that belong together, in their order, by what they are about."""
    made = {name: [bytes(each) for each in make()] for name, make in SAMPLES.items()}
    made["tls"] = [bytes(each) for each in _tls()]
    made["noise"] = [frame.data for frame in Noise(Random(1)).connections(4)]
    talks = {name: [(LinkType.ETHERNET, data) for data in each] for name, each in made.items()}
    return talks | _other_links(made)


def _other_links(made: dict[str, list[bytes]]) -> dict[str, list[Seed]]:
    """Packets of some conversations behind the headers of other links."""
    chosen = [data for name in ("udp", "icmp", "icmpv6", "tcp") for data in islice(made[name], 6)]
    return {
        linktype.name: [(linktype, _behind(linktype, data)) for data in chosen]
        for linktype in _HEADERS
    }


def _behind(linktype: LinkType, data: bytes) -> bytes:
    ethertype, packet = data[12:14], data[14:]
    is_6 = ethertype == _NETWORK[1]
    match linktype:
        case LinkType.LINUX_SLL:
            return _HEADERS[linktype] + ethertype + packet
        case LinkType.LINUX_SLL2:
            return _HEADERS[linktype].replace(b"%s", ethertype) + packet
        case LinkType.NULL:
            return struct.pack("<I", 24 if is_6 else 2) + packet
        case LinkType.LOOP:
            return struct.pack(">I", 24 if is_6 else 2) + packet
        case _:
            return packet


def _tls() -> list[object]:
    """Hellos that are the same in every run, data, an alert; in one and in several segments."""
    hello = client_hello(b"www.s.test")
    modern = Talk(46003, 443).open().client("PA", hello)
    modern.server("PA", apps.server_hello(0x0304) + b"\x14\3\3\0\1\1" + b"\x17\3\3\0\4abcd")
    older = Talk(46004, 443).open().client("A", hello[:40]).client("PA", hello[40:])
    older.server("PA", apps.server_hello(0x0303)).server("PA", b"\x15\3\3\0\2\2\x28")
    return modern.sent + older.sent


def client_hello(name: bytes) -> bytes:
    """A client's offer of TLS 1.3 and 1.2 for a server of that name (RFC 8446 4.1.2)."""
    server = struct.pack("!HBH", len(name) + 3, 0, len(name)) + name
    versions = b"\x04\x03\x04\x03\x03"
    extensions = struct.pack("!HH", 0, len(server)) + server
    extensions += struct.pack("!HH", 43, len(versions)) + versions
    body = b"\3\3" + bytes(range(32)) + b"\0" + b"\0\4\x13\1\x13\2" + b"\1\0"
    body += struct.pack("!H", len(extensions)) + extensions
    message = b"\1" + len(body).to_bytes(3, "big") + body
    return b"\x16\3\1" + struct.pack("!H", len(message)) + message


@cache
def files() -> dict[str, list[bytes]]:
    """Valid capture files, each as the parts (header, records, blocks) that it is made of."""
    made = {f"pcap, {name}": _pcap(magic) for name, magic in MAGICS.items()}
    for order, name in (("<", "little"), (">", "big")):
        made[f"pcapng, {name}"] = _pcapng(order).parts
    made["pcapng, two byte orders"] = _pcapng("<").parts + _pcapng(">").parts
    return made


@cache
def packed() -> dict[str, bytes]:
    """Some of the files in compressed form."""
    chosen = ("pcap, nanoseconds, little", "pcapng, little")
    return {f"{name}, gz": gzip.compress(b"".join(files()[name]), mtime=0) for name in chosen}


def _some_frames() -> list[bytes]:
    talks = conversations()
    return [talks[name][0][1] for name in ("arp", "icmp", "udp", "dns", "tcp", "ipv6")]


def _pcap(magic: bytes) -> list[bytes]:
    records = [
        pcap_record(magic, _START + number * 1_000_000, data, len(data) + number % 2 * 10)
        for number, data in enumerate(_some_frames())
    ]
    return [pcap_header(magic), *records]


def _pcapng(order: str) -> Blocks:
    """All kinds of blocks, three interfaces, all resolutions, options everywhere."""
    first, second, third, fourth, *_ = _some_frames()
    blocks = Blocks(order)
    blocks.section((1, b"a comment"), (4, b"wirelab"))
    blocks.interface((2, b"lan"), (3, b"c-eth0"), (9, b"\x09"), (1, b"MTU 1400"))
    blocks.interface((9, b"\x86"), (14, blocks.pack("q", -100)), linktype=1, snap=96)
    blocks.interface((2, b"lan"), linktype=101)
    blocks.names((b"\x0a\0\0\1", b"c.test"))
    blocks.packet(first, (2, blocks.pack("I", 1)), (1, b"look"), ticks=_START)
    blocks.packet(second[:40], index=1, ticks=_START // 15_625_000, length=len(second))
    blocks.packet(third[14:], index=2, ticks=_START // 1000)
    blocks.simple_packet(fourth)
    blocks.obsolete_packet(first, index=1, ticks=_START // 15_625_000)
    blocks.block(0x0A, blocks.pack("II", 0x544C534B, 4) + b"keys")
    blocks.block(0x80000BAD, bytes(20))
    return blocks.statistics(0, 10, 2)
