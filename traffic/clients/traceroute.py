"""traceroute: the routers on a path, by the errors they send."""

import re
from dataclasses import dataclass
from typing import Literal

from wirelab.emulator import Host

_METHODS = {"udp": (), "icmp": ("-I",), "tcp": ("-T",)}


@dataclass(frozen=True)
class Hop:
    """One line of traceroute."""

    ttl: int
    """TTL of its probes."""
    address: str
    """Who answered first; `*` for nobody."""
    round_trips: tuple[float, ...]
    """Milliseconds, of each answer that came."""
    mark: str
    """Which error it was if not the usual one, as in `!N` (no network) or `!X` (forbidden)."""


def traceroute(
    node: Host,
    destination: str,
    *,
    method: Literal["udp", "icmp", "tcp"] = "udp",
    port: int | None = None,
    protocol: int | None = None,
    probes: int = 1,
    first_ttl: int = 1,
    max_hops: int = 30,
    wait: float = 2.0,
) -> tuple[Hop, ...]:
    """Trace the path, one probe at a time, and return what answered.

    Args:
        node: who traces.
        destination: the address.
        method: what the probes are: UDP to ports where nobody listens, ICMP echo, or TCP SYN.
        port: first destination port (UDP; it grows by one a probe) or the port (TCP).
        protocol: instead, the IP protocol of probes that carry nothing of any use.
        probes: how many per hop.
        first_ttl: where to begin; with the same `max_hops` there is one hop to try.
        max_hops: where to give up.
        wait: seconds to wait for an answer.
    """
    argv = ["traceroute", "-n", "-N", "1", "-q", str(probes), "-m", str(max_hops)]
    argv += ["-f", str(first_ttl), "-w", str(wait)]
    argv += _METHODS[method] if protocol is None else ("-P", str(protocol))
    argv += ["-p", str(port)] if port is not None else []
    timeout = wait * (max_hops - first_ttl + 1) * probes + 5
    return parse_traceroute(node.run([*argv, destination], timeout=timeout).stdout)


_LINE = re.compile(r"^ *(\d+) +(\S.*)$", re.MULTILINE)
_ADDRESS = re.compile(r"(?:^|\s)([0-9a-fA-F]*[.:][0-9a-fA-F.:]+(?:%\w+)?)(?= )")
_TIME = re.compile(r"([\d.]+) ms")
_MARK = re.compile(r"(?:^|\s)(!\S*)")


def parse_traceroute(said: str) -> tuple[Hop, ...]:
    """Parse traceroute's output."""
    lines = said.partition("\n")[2]
    return tuple(_parse_hop(int(ttl), answers) for ttl, answers in _LINE.findall(lines))


def _parse_hop(ttl: int, answers: str) -> Hop:
    without_times = _TIME.sub("", answers)
    address = _ADDRESS.search(f"{without_times} ")
    mark = _MARK.search(answers)
    times = tuple(map(float, _TIME.findall(answers)))
    return Hop(ttl, address[1] if address else "*", times, mark[1] if mark else "")
