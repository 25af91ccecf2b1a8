"""Who sends what: the packets of a capture as tasks of the interfaces of a topology."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from ipaddress import ip_address
from typing import TYPE_CHECKING

from wirelab.traffic.replay.endpoints import unicast
from wirelab.traffic.replay.glance import ICMP, ICMP6
from wirelab.traffic.replay.identity import ARP, IP4, IP6

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from wirelab.traffic.replay.glance import Glance
    from wirelab.traffic.replay.mapping import Roles
    from wirelab.traffic.replay.network import Network, Port
    from wirelab.traffic.replay.sightings import Sighting
    from wirelab.verify import Frame

_ICMP_OF_ROUTERS = (0, 3, 5, 11, 12)
"""Echo reply, unreachable, redirect, time exceeded, parameter problem: a kernel answers itself."""
_ICMP6_OF_ROUTERS = (1, 2, 3, 4, 129, 135, 136, 137)
"""Errors, echo reply, neighbour solicitation and advertisement, redirect."""
_ERRORS = (3, 5, 11, 12)
_ERRORS6 = (1, 2, 3, 4)
_SOLICITATION = 135
_APART = "ARP between hosts that are now on different links"
KERNELS = "left to the kernels of routers"
"""Why a frame is not sent that real routers send by themselves, as asked for."""
_LOOK_BACK = 1000
"""So many frames before a router's question are searched for what it waits with."""
_KERNELS_OWN = (130, 131, 132, 133, 143)
"""Multicast listener messages and router solicitations: a router's kernel sends its own
when its interfaces come up, as it probes its addresses."""


@dataclass(frozen=True, slots=True)
class Sending:
    """A frame of the capture as somebody's task."""

    at: int
    """Its place among the capture's frames."""
    port: str
    """The interface that sends it."""
    expected: bool
    """Whether a real router is to send its like, so that it is only waited for."""
    targets: tuple[str, ...]
    """The interfaces at one of which it is to be seen; none where nobody is known to."""
    via: str
    """The interface whose MAC it is for; empty where the recorded one says."""
    hops: int
    """The routers that it had passed where it was recorded."""
    time: int
    """When it was recorded, in nanoseconds."""
    arrived: int
    """When it was seen for the last time."""
    instead: bytes = b""
    """Of ARP the address of the router that is asked, or answers, in place of a host that was on
    the same link in the capture, and is behind that router here."""


class Tasks:
    """Makes tasks of sightings."""

    def __init__(
        self,
        frames: Sequence[Frame],
        glances: Sequence[Glance],
        roles: Roles,
        network: Network,
        places: dict[str, str],
    ) -> None:
        self._frames, self._glances = frames, glances
        self._roles, self._network, self._places = roles, network, places
        self.left: Counter[str] = Counter()
        """How many frames nobody sends, by reason."""
        self._detours: set[tuple[str, bytes]] = set()

    def real(self, sightings: Iterable[Sighting]) -> list[Sending]:
        """Return the tasks where the routers of the topology forward."""
        tasks = [task for each in sightings if (task := self._real(each)) is not None]
        return self._causes_first(tasks)

    def recorded(self, sightings: Iterable[Sighting]) -> list[Sending]:
        """Return the tasks where every frame is sent on the link where it was recorded."""
        return [task for each in sightings if (task := self._recorded(each)) is not None]

    # With real routers

    def _real(self, seen: Sighting) -> Sending | None:
        each = self._glances[seen.at]
        port = self._sender(each)
        if port is None or port.router:
            probes = each.kind == _SOLICITATION and not any(each.src)
            if each.protocol == ICMP6 and (each.kind in _KERNELS_OWN or probes):
                return self._leave(KERNELS)
            if _of_a_router(each, known=port is not None):
                return self._task(seen, port, expected=True)
        if port is None:
            return self._leave("from somebody without a part")
        return self._task(seen, port, expected=False)

    def _sender(self, each: Glance) -> Port | None:
        station = self._port(self._roles.stations.get(each.eth_src))
        if station is not None and not station.router:
            return station
        holder = self._port(self._roles.holders.get(each.src)) if each.ethertype != ARP else None
        if holder is not None and not (station and station.node == holder.node):
            return holder
        return station or holder

    def _task(self, seen: Sighting, port: Port | None, *, expected: bool) -> Sending | None:
        each, frame = self._glances[seen.at], self._frames[seen.at]
        if each.ethertype == ARP and port is not None:
            return self._arp(seen, port, expected=expected)
        targets: tuple[str, ...] = ()
        via: Port | None = None
        if each.group:
            targets = self._hearers(each, port)
        elif each.ethertype in (IP4, IP6):
            via = self._next_hop(each, port, seen.hops)
            targets = self._receivers(each, via)
        elif port is not None:
            via = self._station(each, port)
            targets = (via.name,) if via else ()
        return Sending(
            seen.at, port.name if port else "", expected, targets, via.name if via else "",
            seen.hops, frame.time, seen.arrived,
        )  # fmt: skip

    def _arp(self, seen: Sighting, port: Port, *, expected: bool) -> Sending | None:
        """Who asks whom; a host that is now behind a router is asked for by way of that."""
        each, frame = self._glances[seen.at], self._frames[seen.at]
        other = self._port(self._roles.holders.get(each.dst))
        via = self._station(each, port)
        task = Sending(
            seen.at, port.name, expected, (), via.name if via else "", 0, frame.time, seen.arrived
        )
        if other is not None and other.link != port.link:
            return self._detour(task, port, other, each)
        if other is not None and other != port and each.group:
            return replace(task, targets=(other.name,))
        return replace(task, targets=(via.name,) if via else self._others(port, frame.point))

    def _detour(self, task: Sending, port: Port, other: Port, each: Glance) -> Sending | None:
        asks = each.kind == 1
        here, far = (port, each.dst) if asks else (other, each.src)
        gateway = self._network.next_hop(here, self._moved(far))
        address = next((a for a in gateway.addresses_alone if len(a) == 4), b"") if gateway else b""
        answers = not asks and (here.name, far) in self._detours
        if gateway is None or not gateway.router or not address or task.expected:
            return self._leave(_APART)
        if asks:
            self._detours.add((here.name, far))
            via = "" if each.group else gateway.name
            return replace(task, targets=(gateway.name,), via=via, instead=address)
        if not answers:
            return self._leave(_APART)
        return replace(
            task, port=gateway.name, expected=True, targets=(here.name,), via=here.name,
            instead=address,
        )  # fmt: skip

    def _station(self, each: Glance, port: Port) -> Port | None:
        """For whom a frame is by its MAC, if that is on the link."""
        via = self._port(self._roles.stations.get(each.eth_dst))
        return via if via is not None and via.link == port.link and via != port else None

    def _hearers(self, each: Glance, port: Port | None) -> tuple[str, ...]:
        """Who is to hear a broadcast or multicast: who is asked for, if on the link."""
        if port is None:
            return ()
        asked = self._port(self._roles.holders.get(each.asked)) if _asks(each) else None
        if asked is not None and asked.link == port.link and asked != port:
            return (asked.name,)
        return self._others(port, "")

    def _others(self, port: Port, point: str) -> tuple[str, ...]:
        """Somebody else on the link: who recorded it, or the first."""
        others = [each.name for each in self._network.at(port.link) if each.name != port.name]
        here = self._places.get(point, "")
        return (here,) if here in others else tuple(others[:1])

    def _next_hop(self, each: Glance, port: Port | None, hops: int) -> Port | None:
        if port is None:
            return None
        recorded = self._port(self._roles.stations.get(each.eth_dst))
        if each.eth_dst in self._roles.standing_routers:
            recorded = None
        if recorded is not None and hops == 0 and recorded.link == port.link and recorded != port:
            return recorded
        return self._network.next_hop(port, self._moved(each.dst)) if unicast(each.dst) else None

    def _moved(self, address: bytes) -> bytes:
        """Where a recorded address goes, as far as the topology alone tells."""
        if address in self._roles.addresses:
            return self._roles.addresses[address]
        aim = ip_address(address)
        for old, new in self._roles.networks.items():
            if aim.version == old.version and aim in old:
                return new[int(aim) - int(old.network_address)].packed
        return address

    def _receivers(self, each: Glance, via: Port | None) -> tuple[str, ...]:
        holder = self._port(self._roles.holders.get(each.dst))
        if holder is None or (via is not None and not via.router):
            return (via.name,) if via else ()
        if holder.router:
            ports = self._network.ports.values()
            return tuple(port.name for port in ports if port.node == holder.node)
        return (holder.name,)

    def _causes_first(self, tasks: list[Sending]) -> list[Sending]:
        """Put in front of a router's question the packet for which it asked.

        Where that was seen behind the router only, it was seen after the answer.
        """
        for place, question in enumerate(list(tasks)):
            asked = self._glances[question.at]
            if not question.expected or not _asks(asked) or tasks[place] is not question:
                continue
            aims = question.targets
            waiting = any(
                each.targets == aims and not each.expected and each.arrived > question.time
                for each in tasks[max(0, place - _LOOK_BACK) : place]
            )
            cause = next(
                (n for n, each in enumerate(tasks[place:], place) if each.targets == aims
                 and each.hops and not each.expected),
                None,
            )  # fmt: skip
            if not waiting and cause is not None:
                moved = replace(tasks.pop(cause), time=question.time)
                tasks.insert(place, moved)
        return tasks

    # As recorded

    def _recorded(self, seen: Sighting) -> Sending | None:
        each, frame = self._glances[seen.at], self._frames[seen.at]
        here = self._port(self._places.get(frame.point))
        station = self._port(self._roles.stations.get(each.eth_src))
        if here is not None and frame.outgoing and not here.mirror:
            port: Port | None = here
        elif here is None or (station is not None and station.link == here.link):
            port = station or self._sender(each)
        else:
            others = self._network.at(here.link)
            port = next((other for other in others if other != here and not other.mirror), None)
        if port is None:
            return self._leave("from somebody without a part")
        via = self._port(self._roles.stations.get(each.eth_dst))
        if here is not None and here != port:
            targets: tuple[str, ...] = (here.name,)
        elif via is not None and via.link == port.link and via != port:
            targets = (via.name,)
        else:
            targets = self._others(port, frame.point)
        return Sending(seen.at, port.name, False, targets, "", 0, frame.time, seen.arrived)

    def _port(self, name: str | None) -> Port | None:
        return self._network.ports.get(name) if name else None

    def _leave(self, reason: str) -> Sending | None:
        self.left[reason] += 1
        return None


def _asks(each: Glance) -> bool:
    """Whether it is a question for a MAC."""
    if each.ethertype == ARP:
        return each.kind == 1
    return each.protocol == ICMP6 and each.kind == _SOLICITATION


def _of_a_router(each: Glance, *, known: bool) -> bool:
    """Whether a router's kernel sends such a frame by itself, or, of an unknown one, an error."""
    if each.ethertype == ARP:
        return known
    if each.protocol == ICMP and each.ethertype == IP4:
        return each.kind in (_ICMP_OF_ROUTERS if known else _ERRORS)
    if each.protocol == ICMP6 and each.ethertype == IP6:
        return each.kind in (_ICMP6_OF_ROUTERS if known else _ERRORS6)
    return False
