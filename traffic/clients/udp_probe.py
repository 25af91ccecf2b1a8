"""A single UDP datagram from an ordinary socket, and what comes of it."""

import json
import sys
from dataclasses import dataclass
from pathlib import Path

from wirelab.emulator import Host
from wirelab.traffic.clients.program import run

_PROGRAM = Path(__file__).with_name("udp_main.py")


@dataclass(frozen=True)
class Probe:
    """The datagram as sent, and what its sender learnt."""

    destination: str
    """Address."""
    port: int
    """Destination port."""
    source_port: int
    """Source port."""
    data: str
    """What it carried."""
    error: str
    """What the kernel told the sender (ICMP errors come back so): `ECONNREFUSED`, …, or empty."""
    answer: str
    """What came back, in hexadecimal digits; empty for nothing."""


def udp_probe(
    node: Host,
    destination: str,
    port: int,
    data: str = "wirelab",
    *,
    source_port: int = 0,
    options: bytes = b"",
    wait: float = 0.5,
) -> Probe:
    """Send one UDP datagram, and wait for an answer or an error.

    Args:
        node: who sends.
        destination: address (IPv4 or IPv6).
        port: destination port.
        data: what to carry.
        source_port: source port; the kernel's choice where 0.
        options: IP options (RFC 791 section 3.1) for the kernel to put into the header.
        wait: seconds to wait.
    """
    orders = [destination, str(port), str(source_port), options.hex(), str(wait)]
    argv = [sys.executable, "-I", "-S", str(_PROGRAM), *orders]
    told = json.loads(run(node, argv, timeout=wait + 10, input=data).stdout)
    return Probe(destination, port, data=data, **told)
