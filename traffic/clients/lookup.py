"""A name looked up as ordinary programs do it: by the C library's resolver (getaddrinfo)."""

import json
import sys
from dataclasses import dataclass
from pathlib import Path

from wirelab.emulator import Host
from wirelab.traffic.clients.program import run

_PROGRAM = Path(__file__).with_name("lookup_main.py")


@dataclass(frozen=True)
class Lookup:
    """What the C library told the program."""

    name: str
    """What was looked up."""
    addresses: tuple[str, ...]
    """Addresses of both families, in the order in which to try them (RFC 6724)."""
    error: str
    """Why there is none, as in `Name or service not known`; else empty."""


def lookup(node: Host, name: str, *, timeout: float = 20) -> Lookup:
    """Look up a name with the resolver of a node's C library, and its `/etc/resolv.conf`.

    Args:
        node: who asks.
        name: the name, which nothing is appended to where it has a dot.
        timeout: seconds it may take.
    """
    argv = [sys.executable, "-I", "-S", str(_PROGRAM), name]
    told = json.loads(run(node, argv, timeout=timeout).stdout)
    return Lookup(name, tuple(told["addresses"]), told["error"])
