"""ping (iputils): ICMP echo requests."""

import re
from dataclasses import dataclass

from wirelab.emulator import Host

_SUMMARY = re.compile(r"(\d+) packets transmitted, (\d+) received")
_ROUND_TRIP = re.compile(r"time=([\d.]+) ms")


@dataclass(frozen=True)
class Ping:
    """What ping says when it ends."""

    transmitted: int
    """Echo requests sent."""
    received: int
    """Replies that came."""
    round_trips: tuple[float, ...]
    """Of each reply, milliseconds."""
    said: str
    """Its whole output: errors name their sender."""


def ping(
    node: Host,
    destination: str,
    *,
    count: int = 1,
    size: int = 56,
    df: str | None = None,
    ttl: int | None = None,
    interval: float | None = None,
    deadline: int = 5,
    check: bool = True,
) -> Ping:
    """Ping `destination` (IPv4 or IPv6) from a node and return what ping says.

    Args:
        node: who pings.
        destination: the address.
        count: echo requests to send.
        size: data bytes in each.
        df: `do` sets DF, `dont` leaves it clear; by default ping's own path MTU discovery.
        ttl: TTL or hop limit, where not the node's own.
        interval: seconds between requests.
        deadline: seconds after which ping gives up, whatever came.
        check: whether having no reply is an error.

    Raises:
        CommandFailed: with `check`, not every request was answered.
    """
    argv = ["ping", "-n", "-c", str(count), "-s", str(size), "-w", str(deadline)]
    argv += ["-M", df] if df else []
    argv += ["-t", str(ttl)] if ttl is not None else []
    argv += ["-i", str(interval)] if interval is not None else []
    ended = node.run([*argv, destination], timeout=deadline + 5, check=check)
    return parse_ping(ended.stdout + ended.stderr)


def parse_ping(said: str) -> Ping:
    """Parse ping's output."""
    summary = _SUMMARY.search(said)
    sent, received = map(int, summary.groups()) if summary else (0, 0)
    times = tuple(map(float, _ROUND_TRIP.findall(said)))
    return Ping(sent, received, times, said)
