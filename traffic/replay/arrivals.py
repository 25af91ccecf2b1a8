"""The judge of a replay by hosts: what arrived is what was sent, but for what routers do to it."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from wirelab.traffic.replay.identity import (
    IP4,
    IP6,
    datagram,
    identity,
    network_header,
    piece,
    quotable,
    quoted,
    ttl,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from wirelab.traffic.replay.conductor import Outcome

_TOO_BIG = {(IP4, 3, 4), (IP6, 2, 0)}
_TOO_FAR = {(IP4, 11, 0), (IP6, 3, 0)}
_FAR, _NEAR = 4096, 64
"""Where identifications come again, so many packets of one are looked at to put one together (the
largest is 1366 fragments of the smallest MTU), and so many that were left over once more."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A frame that was sent, or expected of a router."""

    number: int
    """Its number in the capture."""
    port: str
    """The interface that sent it; empty for what was expected."""
    targets: tuple[str, ...]
    """Where it was to be seen."""
    data: bytes
    """Its bytes."""
    hops: int | None = None
    """The least number of routers between; None where the topology does not tell."""


@dataclass(frozen=True)
class Limits:
    """What the topology may do to packets."""

    least_mtu: int
    """The smallest MTU of a link."""
    routers: int
    """How many routers there are."""


def problems(sent: Sequence[Sent], outcomes: dict[int, Outcome], limits: Limits) -> list[str]:
    """Return what is wrong with what became of frames, a line each.

    Args:
        sent: what was sent and expected.
        outcomes: what became of it, by place in `sent`.
        limits: what routers may do.
    """
    complained = {quoted(each.data) for each in sent if not each.port}
    found = []
    for at, each in enumerate(sent):
        if each.targets:
            outcome = outcomes.get(at)
            wrong = _wrong(each, outcome, limits, complained)
            if wrong:
                found.append(f"frame {each.number}: {wrong}")
    return found


def _wrong(
    sent: Sent,
    outcome: Outcome | None,
    limits: Limits,
    complained: set[tuple[int, int, bytes] | None],
) -> str:
    """What is wrong with what became of one frame; empty when nothing is."""
    place = " or ".join(sent.targets)
    if outcome is None or outcome.what == "unseen":
        if not sent.port:
            return f"no router sent its like to {place}"
        return f"sent by {sent.port}, and not seen at {place}"
    if outcome.what == "error":
        return _wrong_error(sent, divmod(outcome.detail, 256), limits, complained)
    if outcome.what == "fragmented" and _size(sent.data) <= limits.least_mtu:
        return f"it arrived in {outcome.detail} fragments, though it fits every link"
    return _wrong_ttl(sent, outcome, limits) if sent.port else ""


def _wrong_error(
    sent: Sent,
    error: tuple[int, int],
    limits: Limits,
    complained: set[tuple[int, int, bytes] | None],
) -> str:
    kind, at = network_header(sent.data)
    told = (kind, *error)
    unbroken = kind == IP6 or sent.data[at + 6] & 0x40
    if told in _TOO_BIG and unbroken and _size(sent.data) > limits.least_mtu:
        return ""
    if told in _TOO_FAR and ttl(sent.data) <= limits.routers:
        return ""
    if (*error, quotable(sent.data)) in complained:
        return ""
    return f"sent by {sent.port}, it drew an ICMP error of type {error[0]}, code {error[1]}"


def _wrong_ttl(sent: Sent, outcome: Outcome, limits: Limits) -> str:
    before = ttl(sent.data)
    if not before or sent.hops is None:
        return ""
    fell = before - outcome.ttl
    if sent.hops <= fell <= max(limits.routers, sent.hops):
        return ""
    return f"its TTL fell by {fell}, over {sent.hops} routers"


def _size(data: bytes) -> int:
    """The bytes of the packet in a frame."""
    return len(data) - network_header(data)[1]


def departed(sent: Iterable[Sent], port: str, seen: Sequence[bytes]) -> list[str]:
    """Return how the frames that left an interface differ from what it was to send, in order.

    Args:
        sent: what was sent.
        port: the interface.
        seen: what a capture point at it saw leaving.
    """
    own = [each for each in sent if each.port == port]
    for each, data in zip(own, seen, strict=False):
        if each.data != data:
            return [f"frame {each.number}: something else left {port} in its place"]
    if len(own) != len(seen):
        return [f"{port}: {len(own)} frames were sent, and {len(seen)} left it"]
    return []


def received(
    sent: Sequence[Sent], outcomes: dict[int, Outcome], port: str, seen: Iterable[bytes]
) -> list[str]:
    """Return which frames did not reach an interface whole, by what a capture point there saw.

    Args:
        sent: what was sent.
        outcomes: what became of it, by place in `sent`.
        port: the interface.
        seen: what a capture point at it saw coming.
    """
    whole, parts = Counter[bytes](), defaultdict[bytes, list[bytes]](list)
    came = list(seen)
    entire = Counter(
        identity(each.data)
        for at, each in enumerate(sent)
        if each.port and (outcome := outcomes.get(at)) and outcome.what == "arrived"
    )
    for data in came:
        key = identity(data)
        whole[key] += 1
        if entire[key]:
            entire[key] -= 1
        else:
            parts[datagram(data)].append(data)
    heaps = {key: _Fragments(each) for key, each in parts.items()}
    missing, disturbed, last = [], set(), {}
    for at, each in enumerate(sent):
        outcome, shared = outcomes.get(at), datagram(each.data)
        if not each.port or each.targets != (port,) or outcome is None or outcome.what == "unseen":
            disturbed.add(shared)
            continue
        key = identity(each.data)
        if outcome.what == "arrived":
            whole[key] -= 1
            if whole[key] < 0:
                missing.append(f"frame {each.number}: it is not as it was sent at {port}")
        elif outcome.what == "fragmented":
            last[shared] = each.number
            if shared not in heaps or not heaps[shared].make(each.data):
                disturbed.add(shared)
                missing.append(f"frame {each.number}: its fragments at {port} make another packet")
    for shared, number in last.items():
        if shared not in disturbed and heaps[shared].left:
            missing.append(f"frame {number}: more fragments of it came to {port} than make it")
    return missing


class _Fragments:
    """Packets that claim to be of one datagram: of several, where an identification comes again.

    Which are of one is told by their order, their places and their bytes.
    """

    def __init__(self, packets: list[bytes]) -> None:
        self._packets: list[bytes | None] = list(packets)
        self._start = 0
        self.left = len(packets)
        """How many have not been used."""

    def make(self, data: bytes) -> bool:
        """Use up the first that make the payload of an IPv4 packet, each byte once, if there are.

        Args:
            data: the packet as it was sent, perhaps itself a fragment.
        """
        start, size, more = piece(data)
        own = _payload(data)[:size]
        covered, filled, last = bytearray(size), 0, False
        used: list[int] = []
        for n in range(self._start, min(self._start + _FAR, len(self._packets))):
            packet = self._packets[n]
            if packet is None:
                continue
            offset, length, further = piece(packet)
            place, end = offset - start, offset - start + length
            ends = end == size and further == more
            if (
                not 0 <= place < end <= size
                or any(covered[place:end])
                or (end == size and not ends)
            ):
                continue  # of another packet
            if _payload(packet)[:length] != own[place:end]:
                continue
            covered[place:end] = b"\1" * length
            used.append(n)
            filled, last = filled + length, last or ends
            if filled == size:
                break
        if not last or filled != size:
            return False
        for n in used:
            self._packets[n] = None
        self.left -= len(used)
        self._start = max(self._start, used[0] - _NEAR)
        return True


def _payload(data: bytes) -> bytes:
    """What is behind the IPv4 header."""
    at = network_header(data)[1]
    return data[at + (data[at] & 15) * 4 :]
