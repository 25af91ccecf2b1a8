"""traceroute: the routers on a path, by the errors they send."""

import re
from dataclasses import dataclass

from wirelab.emulator import Host

_HOP = re.compile(r"^ *(\d+) +(\S+)(?: +([\d.]+) ms)?", re.MULTILINE)


@dataclass(frozen=True)
class Hop:
    """One line of traceroute."""

    ttl: int
    """TTL of the probe."""
    address: str
    """Who answered; `*` for nobody."""
    round_trip: float | None
    """Milliseconds, if somebody answered."""


def traceroute(node: Host, destination: str, *, max_hops: int = 30) -> tuple[Hop, ...]:
    """Trace the path with one UDP probe per hop, one at a time, and return what answered."""
    argv = ["traceroute", "-n", "-q", "1", "-N", "1", "-w", "2", "-m", str(max_hops), destination]
    return parse_traceroute(node.run(argv, timeout=2.0 * max_hops + 5).stdout)


def parse_traceroute(said: str) -> tuple[Hop, ...]:
    """Parse traceroute's output."""
    lines = said.partition("\n")[2]
    return tuple(
        Hop(int(ttl), address, float(time) if time else None)
        for ttl, address, time in _HOP.findall(lines)
    )
