"""The ways of packets: by which neighbour, over how many routers, past which capture points.

A way is told where there is only one: in a network without loops. In one with loops only the
addresses that are near each point are told.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wirelab.emulator.links import Interface, Veth

    Segment = frozenset[Interface]
    """The interfaces of hosts and routers that one link or the bridges between them connect."""


@dataclass(frozen=True)
class Way:
    """How the packets of an address come to a capture point, and packets for it leave it."""

    mac: str
    """The interface on the point's link from which they come."""
    hops: int
    """The routers that they have passed."""
    past: tuple[str, ...]
    """The other points, on links further away, that they have certainly passed: a point at a
    bridge's edge sees only what is for or from its own host."""


def ways(links: Iterable["Veth"], points: Mapping[str, "Interface"]) -> dict[str, dict[str, Way]]:
    """Return, for each capture point, the way of each address of the lab.

    Args:
        links: the links of the lab.
        points: the interface at each capture point.
    """
    segments = _segments(links)
    return {point: _Walk(end, segments, points).found() for point, end in points.items()}


def _segments(links: Iterable["Veth"]) -> dict["Interface", "Segment"]:
    """Return what each interface, a bridge's port too, is connected to."""
    joined: dict[object, set[Interface]] = {}
    for link in links:
        ends = (link.intf1, link.intf2)
        parts = [joined.get(_joint(end), {end}) | {end} for end in ends]
        whole = set().union(*parts)
        for end in whole:
            joined[_joint(end)] = whole
    return {
        end: frozenset(each for each in whole if not each.node.bridge_index)
        for whole in joined.values()
        for end in whole
    }


def _joint(end: "Interface") -> object:
    """Return what is one for all ports of a bridge, and the interface itself elsewhere."""
    return end.node if end.node.bridge_index else end


class _Walk:
    """Goes through the network from a point's link outwards, segment by segment."""

    def __init__(
        self,
        start: "Interface",
        segments: Mapping["Interface", "Segment"],
        points: Mapping[str, "Interface"],
    ) -> None:
        self._segments, self._points = segments, points
        self._here = segments[start]
        self._reached, self._passed = {self._here}, set[object]()
        self._found: dict[str, Way] = {}
        self._loops = False

    def found(self) -> dict[str, Way]:
        """Return the ways of all addresses, or where there are loops of those that are near."""
        for interface in self._here:
            self._note(interface, Way(interface.mac, 0, ()))
        front = [step for each in self._here for step in self._onward(each, Way(each.mac, 0, ()))]
        while front:
            segment, way = front.pop(0)
            for interface in segment:
                behind = Way(way.mac, way.hops, way.past + self._at(interface))
                self._note(interface, way if interface.node in self._passed else behind)
                front += self._onward(interface, behind)
        near = {address: way for address, way in self._found.items() if way.hops == 0}
        return near if self._loops else self._found

    def _onward(self, interface: "Interface", way: Way) -> list[tuple["Segment", Way]]:
        """Return the segments behind the router of an interface, and the way over it."""
        node = interface.node
        if not node.router or node in self._passed:
            return []
        self._passed.add(node)
        steps = []
        for other in node.intfList():
            segment = self._segments.get(other)
            if segment is None or other is interface:
                continue
            self._loops |= segment in self._reached
            self._reached.add(segment)
            steps.append((segment, Way(way.mac, way.hops + 1, way.past + self._at(other))))
        return steps

    def _at(self, interface: "Interface") -> tuple[str, ...]:
        return tuple(point for point, tapped in self._points.items() if tapped is interface)

    def _note(self, interface: "Interface", way: Way) -> None:
        """Enter the way of the addresses of an interface, or of a whole router."""
        near, node = way.hops == 0, interface.node
        for each in node.intfList() if node.router else [interface]:
            for address in each.addresses:
                self._found.setdefault(str(address.ip), way)
        if near and node.ipv6:
            self._found.setdefault(interface.link_local(), way)
