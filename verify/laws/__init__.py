"""Laws: what the stacks of the lab's hosts never do, whatever the scenario is.

They hold for captures that tell in their comment of what lab they are: which addresses it has,
and which way packets take in it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wirelab.verify.laws.arp import arp
from wirelab.verify.laws.control import echoes, quotes
from wirelab.verify.laws.dhcp import dhcp
from wirelab.verify.laws.dhcpv6 import dhcpv6
from wirelab.verify.laws.dns import dns
from wirelab.verify.laws.headers import hops, service, zeros
from wirelab.verify.laws.link import neighbours, stations, whole
from wirelab.verify.laws.quiet import pauses
from wirelab.verify.laws.scene import Scene
from wirelab.verify.laws.tcp import tcp
from wirelab.verify.laws.tcp_options import tcp_options
from wirelab.verify.laws.transit import transit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from wirelab.verify.packet import Packet
    from wirelab.verify.provenance import Provenance
    from wirelab.verify.violation import Violation

LAWS: tuple[Callable[[Scene], Iterator[Violation]], ...] = (
    whole,
    stations,
    neighbours,
    arp,
    hops,
    service,
    zeros,
    transit,
    echoes,
    quotes,
    tcp,
    tcp_options,
    dns,
    dhcp,
    dhcpv6,
    pauses,
)
"""All laws."""

NAMES = (
    "cut-frame",
    "trailer",
    "station",
    "stranger",
    "arp",
    "hops",
    "service",
    "reserved",
    "transit",
    "echo",
    "quote",
    "tcp",
    "dns",
    "dhcp",
    "pause",
)
"""The names of what breaks them, by which a scenario excuses what it is about."""


def broken(packets: Sequence[Packet], made: Provenance) -> list[Violation]:
    """What in a capture breaks a law, in the order of the frames; nothing if it tells of no lab.

    Args:
        packets: the dissected capture.
        made: what the capture says about the lab that made it.
    """
    if not made.ways:
        return []
    scene = Scene(packets, made)
    found = [violation for law in LAWS for violation in law(scene)]
    return sorted(found, key=lambda violation: violation.frame)
