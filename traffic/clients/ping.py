"""ping (iputils): ICMP echo requests (RFC 792, RFC 4443 section 4.1)."""

import re
from dataclasses import dataclass
from typing import Literal

from wirelab.emulator import Host
from wirelab.traffic.clients.program import run


@dataclass(frozen=True)
class Reply:
    """An echo reply that came."""

    sender: str
    """Who replied."""
    sequence: int
    """Sequence number (`icmp.seq`)."""
    ttl: int
    """TTL or hop limit with which it arrived."""
    round_trip: float
    """Milliseconds."""


@dataclass(frozen=True)
class Complaint:
    """An ICMP error that came instead."""

    sender: str
    """Who sent it; the node's own kernel where empty."""
    sequence: int | None
    """Sequence number of the request it is about, where ping says so."""
    reason: str
    """What it means, in ping's words."""


@dataclass(frozen=True)
class Ping:
    """What ping says when it ends."""

    transmitted: int
    """Echo requests sent."""
    received: int
    """Replies that came."""
    replies: tuple[Reply, ...]
    """Each of them."""
    errors: tuple[Complaint, ...]
    """ICMP errors that came, and requests that the node's own kernel refused to send."""

    @property
    def round_trips(self) -> tuple[float, ...]:
        """Round-trip times of the replies, in milliseconds."""
        return tuple(reply.round_trip for reply in self.replies)


def ping(
    node: Host,
    destination: str,
    *,
    count: int = 1,
    size: int = 56,
    df: Literal["do", "dont", "want"] | None = None,
    ttl: int | None = None,
    tos: int | None = None,
    interval: float | None = None,
    deadline: int = 5,
    wait: int | None = None,
    check: bool = True,
) -> Ping:
    """Ping `destination` (IPv4 or IPv6) from a node and return what ping says.

    Args:
        node: who pings.
        destination: the address; of a link-local one `ADDRESS%INTERFACE`.
        count: echo requests to send.
        size: data bytes in each.
        df: `do` sets DF and refuses what is too big, `dont` leaves DF clear, `want` fragments at
            the source; by default ping's own (path MTU discovery as the kernel does it).
        ttl: TTL or hop limit, where not the node's own.
        tos: DSCP and ECN: the whole byte (RFC 2474).
        interval: seconds between requests; one when not given.
        deadline: seconds after which ping gives up, whatever came; until then it goes on asking
            where no reply comes.
        wait: instead, seconds to wait for a reply or an error to the last of exactly `count`.
        check: whether having no reply is an error.

    Raises:
        CommandFailed: with `check`, not every request was answered.
    """
    argv = ["ping", "-n", "-c", str(count), "-s", str(size)]
    argv += ["-w", str(deadline)] if wait is None else ["-W", str(wait)]
    argv += ["-M", df] if df else []
    argv += ["-t", str(ttl)] if ttl is not None else []
    argv += ["-Q", str(tos)] if tos is not None else []
    argv += ["-i", str(interval)] if interval is not None else []
    fine = (0,) if check else (0, 1)  # 1: not all of them were answered
    longest = max(deadline, wait or 0)
    ended = run(node, [*argv, destination], timeout=longest + 5, fine=fine)
    return parse_ping(ended.stdout + ended.stderr)


_SUMMARY = re.compile(r"(\d+) packets transmitted, (\d+) received")
_REPLY = re.compile(r"bytes from ([\w.:%-]+): icmp_seq=(\d+) ttl=(\d+) time=([\d.]+) ms")
_ERROR = re.compile(r"^From ([\w.:%-]+) icmp_seq=(\d+) (?!Redirect)(.+?)\s*$", re.MULTILINE)
_LOCAL_ERROR = re.compile(r"^ping: (?:local error|sendmsg): (.+?)\s*$", re.MULTILINE)


def parse_ping(said: str) -> Ping:
    """Parse ping's output, standard error included."""
    summary = _SUMMARY.search(said)
    sent, received = map(int, summary.groups()) if summary else (0, 0)
    replies = tuple(
        Reply(sender, int(sequence), int(ttl), float(time))
        for sender, sequence, ttl, time in _REPLY.findall(said)
    )
    errors = tuple(
        Complaint(sender, int(sequence), reason)
        for sender, sequence, reason in _ERROR.findall(said)
    )
    refused = tuple(Complaint("", None, reason) for reason in _LOCAL_ERROR.findall(said))
    return Ping(sent, received, replies, errors + refused)
