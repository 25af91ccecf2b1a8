"""ip neighbour (iproute2): what a kernel believes about its neighbours, its ARP table."""

import json
from dataclasses import dataclass
from time import monotonic, sleep

from wirelab.emulator import CommandFailed, Host
from wirelab.traffic.clients.program import run

_LOOK_EVERY = 0.02  # seconds between two looks at the table
_SHOW = ("ip", "-json", "-4", "neighbour", "show")


@dataclass(frozen=True)
class Neighbour:
    """An entry of the table."""

    ip: str
    """Whose."""
    mac: str
    """Its Ethernet address; empty where nobody answered."""
    state: str
    """`REACHABLE` (confirmed), `STALE`, `DELAY` and `PROBE` (on the way to be), `FAILED`, …"""
    interface: str
    """Where it is."""


def neighbours(node: Host) -> tuple[Neighbour, ...]:
    """Return the neighbours that a node knows of, by address."""
    return parse_neighbours(run(node, _SHOW, timeout=10).stdout)


def await_neighbour(node: Host, ip: str, state: str, *, timeout: float = 20) -> Neighbour:
    """Wait until what a node believes about one neighbour is of a certain state.

    Raises:
        CommandFailed: it is not within `timeout` seconds.
    """
    deadline = monotonic() + timeout
    while True:
        known = neighbours(node)
        for each in known:
            if (each.ip, each.state) == (ip, state):
                return each
        if monotonic() > deadline:
            outcome = f"{ip} is not {state} within {timeout:g} s"
            raise CommandFailed(node.name, _SHOW, outcome, str(known))
        sleep(_LOOK_EVERY)


def parse_neighbours(said: str) -> tuple[Neighbour, ...]:
    """Parse `ip -json neighbour`."""
    found = (
        Neighbour(each["dst"], each.get("lladdr", ""), " ".join(each["state"]), each["dev"])
        for each in json.loads(said or "[]")
    )
    return tuple(sorted(found, key=lambda each: each.ip))
