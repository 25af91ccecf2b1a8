"""One sighting a packet: of what several capture points saw, the one nearest to its sender."""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import ip_address
from typing import TYPE_CHECKING

from wirelab.traffic.replay.identity import IP4, IP6, datagram, identity

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from wirelab.traffic.replay.glance import Glance
    from wirelab.traffic.replay.network import Network
    from wirelab.verify import Frame, Point, Way

_SAME_WITHIN = 1_000_000_000
"""ns: a later packet with the same bytes is another one, sent again."""
_COPIED_WITHIN = 2_000_000
"""ns: what a switch copies from two ports to one analyzer comes in such a time."""
_OF_THE_LAB = re.compile(r"interface (\S+) of the lab")


@dataclass(slots=True)
class Sighting:
    """A packet where it was first seen."""

    at: int
    """The place of its frame among the frames."""
    arrived: int
    """When it was seen for the last time, in nanoseconds; else when it was seen."""
    hops: int
    """The routers that it had passed when it was first seen."""


def interfaces(points: Sequence[Point], network: Network) -> dict[str, str]:
    """Return at which interface of the topology each point was, as captures of a lab say."""
    told = {point.name: _OF_THE_LAB.fullmatch(point.description) for point in points}
    return {name: said[1] for name, said in told.items() if said and said[1] in network.ports}


def first_on_way(
    frames: Sequence[Frame],
    glances: Sequence[Glance],
    ways: Mapping[str, Mapping[str, Way]],
    mirrors: Collection[str],
) -> list[Sighting]:
    """Return each packet once, however many links and points it passed.

    Args:
        frames: the frames, in the order of their times.
        glances: what each is.
        ways: by point and address, the way of its packets, where the capture tells.
        mirrors: the points that get copies from switches.
    """
    seen = _Seen(frames, mirrors)
    points = {frame.point for frame in frames}
    shown: dict[tuple[str, bytes], Way | None] = {}
    for at, each in enumerate(glances):
        way = None
        if each.ethertype in (IP4, IP6) and each.src:
            place = (frames[at].point, each.src)
            if place not in shown:
                text = str(ip_address(each.src))
                shown[place] = ways.get(place[0], {}).get(text)
            way = shown[place]
        passed = way is not None and any(point in points for point in way.past)
        seen.note(at, each, way.hops if way else 0, passed=passed)
    return seen.found


def first_on_link(
    frames: Sequence[Frame], links: Mapping[str, int], mirrors: Collection[str]
) -> list[Sighting]:
    """Return each frame once for each link that it was seen on.

    Args:
        frames: the frames, in the order of their times.
        links: the link of each point; points that are not named are at one link.
        mirrors: the points that get copies from switches.
    """
    recent: dict[tuple[int, bytes], tuple[int, set[str]]] = {}
    found: list[Sighting] = []
    for at, frame in enumerate(frames):
        key = links.get(frame.point, -1), frame.data
        number, points = recent.get(key, (-1, set[str]()))
        if number >= 0:
            since = frame.time - frames[found[number].at].time
            copied = frame.point in mirrors and since <= _COPIED_WITHIN
            if since <= _SAME_WITHIN and (frame.point not in points or copied):
                points.add(frame.point)
                found[number].arrived = frame.time
                continue
        recent[key] = len(found), {frame.point}
        found.append(Sighting(at, frame.time, 0))
    return found


class _Seen:
    """What has been seen so far."""

    def __init__(self, frames: Sequence[Frame], mirrors: Collection[str]) -> None:
        self.found: list[Sighting] = []
        self._frames, self._mirrors = frames, mirrors
        self._recent: dict[bytes, tuple[int, set[str], Glance]] = {}
        self._datagrams: dict[bytes, int] = {}

    def note(self, at: int, each: Glance, hops: int, *, passed: bool) -> None:
        """Take a frame for a packet, or for another sighting of one."""
        frame = self._frames[at]
        key = identity(frame.data)
        known = self._recent.get(key)
        if known and self._again(frame, each, known):
            known[1].add(frame.point)
            self.found[known[0]].arrived = frame.time
            return
        shared = datagram(frame.data)
        if passed:
            # What a router made of a larger one: its fragments.
            if (number := self._datagrams.get(shared)) is not None:
                self.found[number].arrived = frame.time
            return
        self._recent[key] = len(self.found), {frame.point}, each
        if shared:
            self._datagrams[shared] = len(self.found)
        self.found.append(Sighting(at, frame.time, hops))

    def _again(self, frame: Frame, each: Glance, known: tuple[int, set[str], Glance]) -> bool:
        number, points, first = known
        since = frame.time - self._frames[self.found[number].at].time
        if since > _SAME_WITHIN:
            return False
        if frame.point not in points or each.ttl < first.ttl:
            return True
        copied = frame.point in self._mirrors and since <= _COPIED_WITHIN
        routed = each.eth_src != first.eth_src and each.ethertype in (IP4, IP6)
        return copied or routed
