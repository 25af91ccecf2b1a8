"""One attempt to connect with TCP from an ordinary socket, and what comes of it."""

import json
import sys
from dataclasses import dataclass
from pathlib import Path

from wirelab.emulator import Host
from wirelab.traffic.clients.program import run

_PROGRAM = Path(__file__).with_name("tcp_probe_main.py")
_PATIENCE = 20.0  # seconds; more than the few retries take that a scenario waits for


@dataclass(frozen=True)
class TcpProbe:
    """The attempt, and what its caller learnt."""

    destination: str
    """Address."""
    port: int
    """Destination port."""
    source_port: int
    """Source port."""
    error: str
    """What the kernel told the caller: `ECONNREFUSED`, `ETIMEDOUT`, …; empty when connected."""


def tcp_probe(node: Host, destination: str, port: int, *, retries: int = 2) -> TcpProbe:
    """Connect, and hang up at once if that succeeds.

    Args:
        node: who calls.
        destination: address.
        port: destination port.
        retries: how often to send the SYN again where nothing comes back (TCP_SYNCNT, tcp(7)).
    """
    orders = [destination, str(port), str(retries)]
    argv = [sys.executable, "-I", "-S", str(_PROGRAM), *orders]
    told = json.loads(run(node, argv, timeout=_PATIENCE).stdout)
    return TcpProbe(destination, port, **told)
