"""arping (iputils): ARP requests, probes and announcements by hand."""

import re
from dataclasses import dataclass
from typing import Literal

from wirelab.emulator import Host
from wirelab.traffic.clients.program import run

_KINDS = {"request": "-U", "reply": "-A", "probe": "-D"}


@dataclass(frozen=True)
class Answer:
    """An ARP reply that came."""

    ip: str
    """Whose."""
    mac: str
    """Its Ethernet address, as the reply has it."""
    round_trip: float
    """Milliseconds."""


@dataclass(frozen=True)
class Arping:
    """What arping says when it ends."""

    sent: int
    """Frames sent."""
    received: int
    """Replies that came."""
    answers: tuple[Answer, ...]
    """Each of them."""


def arping(
    node: Host,
    address: str,
    *,
    announce: Literal["request", "reply"] | None = None,
    probe: bool = False,
    count: int = 1,
    deadline: int | None = None,
    interface: str | None = None,
) -> Arping:
    """Ask who has `address`, probe it, or announce it as the node's own.

    Args:
        node: who asks.
        address: about which address.
        announce: gratuitous ARP (sender and target address are `address`) as request or reply.
        probe: ask with sender address 0.0.0.0 (RFC 5227 section 1.1).
        count: frames to send, one a second; a probe stops at the first reply.
        deadline: seconds after which to give up; for a question that nobody answers.
        interface: where; the node's first by default.
    """
    kind = "probe" if probe else announce
    argv = ["arping", "-c", str(count), "-I", node.interface(interface).name]
    argv += [_KINDS[kind]] if kind else []
    argv += ["-w", str(deadline)] if deadline is not None else []
    fine = (0, 1)  # 1: nobody answered, or at a probe somebody did
    return parse_arping(run(node, [*argv, address], timeout=count + 10, fine=fine).stdout)


_SENT = re.compile(r"^Sent (\d+) probe", re.MULTILINE)
_RECEIVED = re.compile(r"^Received (\d+) response", re.MULTILINE)
_ANSWER = re.compile(r"reply from (\S+) \[([0-9A-F:]{17})\](?: for [^\[]*\[[^\]]*\])?\s+([\d.]+)ms")


def parse_arping(said: str) -> Arping:
    """Parse arping's output."""
    sent, received = _SENT.search(said), _RECEIVED.search(said)
    answers = tuple(Answer(ip, mac.lower(), float(time)) for ip, mac, time in _ANSWER.findall(said))
    return Arping(int(sent[1]) if sent else 0, int(received[1]) if received else 0, answers)
