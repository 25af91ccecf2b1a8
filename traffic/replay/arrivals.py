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
    quoted,
    ttl,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from wirelab.traffic.replay.conductor import Outcome

_TOO_BIG = {(IP4, 3, 4), (IP6, 2, 0)}
_TOO_FAR = {(IP4, 11, 0), (IP6, 3, 0)}


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
    if any(each and each[:2] == error for each in complained):
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
    for data in seen:
        whole[identity(data)] += 1
        parts[datagram(data)].append(data)
    missing = []
    for at, each in enumerate(sent):
        outcome = outcomes.get(at)
        if not each.port or each.targets != (port,) or outcome is None:
            continue
        key = identity(each.data)
        if outcome.what == "arrived":
            whole[key] -= 1
            if whole[key] < 0:
                missing.append(f"frame {each.number}: it is not as it was sent at {port}")
        elif outcome.what == "fragmented" and not _reassembles(
            each.data, parts[datagram(each.data)]
        ):
            missing.append(f"frame {each.number}: its fragments at {port} make another packet")
    return missing


def _reassembles(data: bytes, fragments: Iterable[bytes]) -> bool:
    """Whether fragments hold the whole payload of an IPv4 packet, and nothing else."""
    start, size, more = piece(data)
    covered, last = bytearray(size), False
    filled = 0
    for each in fragments:
        offset, length, further = piece(each)
        at = network_header(each)[1]
        payload = at + (each[at] & 15) * 4
        place = offset - start
        if place < 0 or place + length > size:
            return False
        covered[place : place + length] = each[payload : payload + length]
        filled += length
        last |= place + length == size and further == more
    at = network_header(data)[1]
    own = data[at + (data[at] & 15) * 4 :][:size]
    return bool(last and filled == size and bytes(covered) == own)
