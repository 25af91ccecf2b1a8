"""Packets that no stack sends any more, made with Scapy. Ethernet and routing are the kernel's."""

import struct
import sys
from pathlib import Path

from wirelab.emulator import Host
from wirelab.traffic.clients.program import run

_PROGRAM = Path(__file__).with_name("crafted_main.py")
_TRACEROUTE_OPTION = (0, 2, 18)  # copy flag, class and number: type 82 (RFC 1393 section 2.2)
_TRACEROUTE_MESSAGE = 30  # ICMP type (RFC 1393 section 2.3)
_ON_THE_WAY_OUT = 0xFFFF  # return hop count of a packet that is no answer


def send_crafted(node: Host, *packets: bytes) -> None:
    """Send IPv4 packets from a node; its kernel fills in an ID of zero, and the checksum."""
    argv = [sys.executable, "-I", "-S", str(_PROGRAM)]
    run(node, argv, timeout=10, input="\n".join(packet.hex() for packet in packets))


def traced_echo(source: str, destination: str, ident: int, data: bytes) -> bytes:
    """Return an echo request that asks each router to report it (RFC 1393 section 2.2).

    Args:
        source: originator of the trace.
        destination: to where the way is to be known.
        ident: of the echo, and of the trace.
        data: of the echo.
    """
    from scapy.layers.inet import ICMP, IP, IPOption  # noqa: PLC0415 - slow to import
    from scapy.utils import inet_aton  # noqa: PLC0415

    copied, kind, number = _TRACEROUTE_OPTION
    value = struct.pack("!HHH4s", ident, 0, _ON_THE_WAY_OUT, inet_aton(source))
    option = IPOption(copy_flag=copied, optclass=kind, option=number, value=value)
    request = IP(src=source, dst=destination, options=[option]) / ICMP(type=8, id=ident, seq=1)
    return bytes(request / data)


def trace_report(
    source: str, originator: str, ident: int, *, hops: int, speed: int, mtu: int
) -> bytes:
    """Return a router's report that it passed a traced packet on (RFC 1393 section 2.3).

    Args:
        source: the router.
        originator: who is told.
        ident: of the trace.
        hops: routers that the packet has passed, this one included.
        speed: of the link on which it left, in bytes a second.
        mtu: of that link, in bytes.
    """
    from scapy.layers.inet import IP  # noqa: PLC0415 - slow to import
    from scapy.utils import checksum  # noqa: PLC0415

    body = struct.pack("!HHHHII", ident, 0, hops, _ON_THE_WAY_OUT, speed, mtu)
    message = struct.pack("!BBH", _TRACEROUTE_MESSAGE, 0, 0) + body
    summed = message[:2] + struct.pack("!H", checksum(message)) + body
    return bytes(IP(src=source, dst=originator, proto=1) / summed)
