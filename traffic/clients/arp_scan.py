"""arp-scan: an ARP request for every address of a network, and who answers."""

import re
from dataclasses import dataclass

from wirelab.emulator import Host
from wirelab.traffic.clients.program import run


@dataclass(frozen=True)
class Station:
    """Somebody who answered."""

    ip: str
    """The address that was asked for."""
    mac: str
    """The Ethernet address in the answer."""


def arp_scan(node: Host, *, passes: int = 2, interface: str | None = None) -> tuple[Station, ...]:
    """Sweep the network of an interface and return who answered, in the order of the answers.

    All addresses are asked for in ascending order, the network's own and the broadcast address too,
    and the asker's; those that did not answer again in the next pass.

    Args:
        node: who asks.
        passes: how often an address is asked for that does not answer.
        interface: where; the node's first by default.
    """
    name = node.interface(interface).name
    argv = ["arp-scan", f"--interface={name}", "--localnet", "--plain", "--quiet"]
    return parse_arp_scan(run(node, [*argv, f"--retry={passes}"], timeout=60).stdout)


_STATION = re.compile(r"^([\d.]+)\t([0-9a-f:]{17})", re.MULTILINE)


def parse_arp_scan(said: str) -> tuple[Station, ...]:
    """Parse `arp-scan --plain`."""
    return tuple(Station(ip, mac) for ip, mac in _STATION.findall(said))
