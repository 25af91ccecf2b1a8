"""An IPv6 packet with something in it that its receiver does not know, and the error about it."""

import json
import sys
from dataclasses import dataclass
from pathlib import Path

from wirelab.emulator import Host
from wirelab.traffic.clients.program import run

_PROGRAM = Path(__file__).with_name("odd6_main.py")
_UDP = 17


@dataclass(frozen=True)
class Refusal:
    """The ICMPv6 error that the kernel hands to who sent the packet; nothing where none came."""

    type: int | None
    """Its type."""
    code: int | None
    """Its code."""
    pointer: int | None
    """Of a parameter problem: the byte of the packet that could not be read."""
    sender: str
    """Who sent it."""


def odd6_probe(
    node: Host,
    destination: str,
    *,
    header: int = _UDP,
    port: int = 0,
    option: int | None = None,
    wait: float = 2,
) -> Refusal:
    """Send one packet through the kernel's ordinary means and return what came of it.

    Args:
        node: who sends.
        destination: the address.
        header: the next header; other than UDP by a raw socket.
        port: destination port, of UDP.
        option: type of a destination option (RFC 8200 section 4.6), with four bytes of data.
        wait: seconds to wait for the error.
    """
    orders = [destination, str(header), str(port), "" if option is None else str(option), str(wait)]
    argv = [sys.executable, "-I", "-S", str(_PROGRAM), *orders]
    return Refusal(**json.loads(run(node, argv, timeout=wait + 10).stdout))
