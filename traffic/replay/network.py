"""What a topology offers to a replay before it is built: interfaces, links, next hops."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from ipaddress import IPv4Interface, IPv6Interface, ip_address, ip_interface
from typing import TYPE_CHECKING, Any

from wirelab.emulator.addressing import renumbered
from wirelab.emulator.errors import TopologyError
from wirelab.emulator.links import DEFAULT_MTU
from wirelab.emulator.routes import parse_route

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from mininet.topo import Topo

    from wirelab.emulator.routes import Route

Interface = IPv4Interface | IPv6Interface


@dataclass(frozen=True)
class Port:
    """An interface of a host or a router."""

    name: str
    """As in `c-eth0`."""
    node: str
    """Whose it is."""
    router: bool
    """Whether that forwards."""
    link: int
    """The link, with all bridges between, that it is at: equal for all who hear each other."""
    mtu: int
    """Bytes of a packet."""
    addresses: tuple[Interface, ...] = ()
    """What the topology gives it."""
    mirror: bool = False
    """Whether a switch copies frames to it: what it sees was for others, perhaps twice."""

    @property
    def addresses_alone(self) -> tuple[bytes, ...]:
        """Its addresses without networks, packed."""
        return tuple(address.ip.packed for address in self.addresses)


@dataclass(frozen=True)
class Network:
    """The interfaces of a topology, and the routes of its nodes."""

    ports: Mapping[str, Port]
    """By name, in the order of the topology's hosts."""
    routes: Mapping[str, tuple[Route, ...]]
    """Of each node, default routes too."""

    @classmethod
    def of(cls, topo: Topo, seed: int = 0) -> Network:
        """Read a topology, with the addresses that `seed` gives it.

        Raises:
            TopologyError: it has an address or a route that is none.
        """
        drawn = _Drawn(renumbered(topo, seed))
        return cls({port.name: port for port in drawn.ports()}, drawn.routes())

    @property
    def hosts(self) -> tuple[str, ...]:
        """The nodes that may stand for endpoints, in the order of the topology."""
        return tuple(dict.fromkeys(each.node for each in self.ports.values() if not each.router))

    def first_port(self, node: str) -> Port | None:
        """The first interface of a node."""
        return next((port for port in self.ports.values() if port.node == node), None)

    def at(self, link: int) -> tuple[Port, ...]:
        """Who hears each other on a link."""
        return self._by_link.get(link, ())

    def owner(self, address: bytes) -> Port | None:
        """The interface that has an address."""
        return self._by_address.get(address)

    def next_hop(self, port: Port, destination: bytes) -> Port | None:
        """To whom `port` hands a packet for a unicast address; None when nobody is there."""
        aim = ip_address(destination)
        owner = self.owner(destination)
        if owner is not None and owner.link == port.link:
            return owner
        if aim.is_link_local or any(aim in each.network for each in port.addresses):
            return None
        if gateway := self._gateway(port, destination):
            return gateway
        return next((each for each in self.at(port.link) if each.router and each != port), None)

    def distance(self, start: str, targets: Collection[str]) -> int | None:
        """Return the least number of routers between an interface and one of others.

        None where no way leads there; 0 on one link, and from a router's own interface too.
        """
        reached, front, hops = set[int](), {self.ports[start].link}, 0
        aims = {self.ports[name].link for name in targets}
        while front:
            if front & aims:
                return hops
            reached |= front
            nodes = {p.node for link in front for p in self.at(link) if p.router}
            front = {p.link for p in self.ports.values() if p.node in nodes} - reached
            hops += 1
        return None

    def _gateway(self, port: Port, destination: bytes) -> Port | None:
        aim = ip_address(destination)
        routes = [
            each
            for each in self.routes.get(port.node, ())
            if each.gateway and aim.version == each.destination.version and aim in each.destination
        ]
        for route in sorted(routes, key=lambda each: -each.destination.prefixlen):
            found = self.owner(route.gateway.packed) if route.gateway else None
            if found is not None and found.link == port.link:
                return found
        return None

    @cached_property
    def _by_link(self) -> dict[int, tuple[Port, ...]]:
        found = defaultdict(list)
        for port in self.ports.values():
            found[port.link].append(port)
        return {link: tuple(ports) for link, ports in found.items()}

    @cached_property
    def _by_address(self) -> dict[bytes, Port]:
        found: dict[bytes, Port] = {}
        for port in self.ports.values():
            for address in port.addresses_alone:
                found.setdefault(address, port)
        return found


class _Drawn:
    """A `Topo`, read."""

    def __init__(self, topo: Topo) -> None:
        self._topo = topo
        self._ends: dict[tuple[str, int], dict[str, Any]] = {}
        self._joined: dict[tuple[str, int], tuple[str, int]] = {}
        for _src, _dst, info in topo.links(withInfo=True):
            ends = []
            for n in (1, 2):
                end = (str(info[f"node{n}"]), int(info[f"port{n}"]))
                own = {"mtu": info.get("mtu")} | (info.get(f"params{n}") or {})
                self._ends[end] = own
                ends.append(self._joint(end))
            self._join(*ends)
        self._defaults = _mininets_addresses(topo)

    def _joint(self, end: tuple[str, int]) -> tuple[str, int]:
        """What is one for all ports of a bridge, and the interface itself elsewhere."""
        return (end[0], -1) if self._topo.isSwitch(end[0]) else end

    def _join(self, one: tuple[str, int], two: tuple[str, int]) -> None:
        first, second = self._root(one), self._root(two)
        if first != second:
            self._joined[second] = first

    def _root(self, end: tuple[str, int]) -> tuple[str, int]:
        while end in self._joined:
            end = self._joined[end]
        return end

    def ports(self) -> Iterator[Port]:
        """Yield the interfaces of hosts and routers."""
        numbers: dict[tuple[str, int], int] = {}
        mirrors = self._mirrors()
        order = {node: n for n, node in enumerate(self._topo.nodes(sort=False))}
        for node in sorted(self._topo.hosts(), key=lambda each: order[each]):
            own = sorted(number for name, number in self._ends if name == node)
            for number in own:
                end = (node, number)
                link = numbers.setdefault(self._root(self._joint(end)), len(numbers))
                params = self._ends[end]
                yield Port(
                    f"{node}-eth{number}",
                    node,
                    bool(self._topo.nodeInfo(node).get("router")),
                    link,
                    params.get("mtu") or DEFAULT_MTU,
                    tuple(self._addresses(node, params, first=number == own[0])),
                    self._far_end(end) in mirrors,
                )

    def _addresses(self, node: str, params: Mapping[str, Any], *, first: bool) -> list[Interface]:
        texts = [params.get("ip"), params.get("ip6")]
        if first:
            info = self._topo.nodeInfo(node)
            texts = [info.get("ip", self._defaults[node]), info.get("ip6"), *texts]
        try:
            return [ip_interface(text) for text in dict.fromkeys(filter(None, texts))]
        except ValueError as error:
            raise TopologyError(f"{node}: {error}") from error

    def _mirrors(self) -> set[str]:
        spans = (self._topo.nodeInfo(node).get("mirror") for node in self._topo.switches())
        return {str(span["to"]) for span in spans if span}

    def _far_end(self, end: tuple[str, int]) -> str:
        node, port = self._topo.ports[end[0]][end[1]]
        return f"{node}-eth{port}"

    def routes(self) -> dict[str, tuple[Route, ...]]:
        """Return the routes of each host and router."""
        return {node: tuple(self._routes(self._topo.nodeInfo(node))) for node in self._topo.hosts()}

    @staticmethod
    def _routes(info: Mapping[str, Any]) -> Iterator[Route]:
        for version, suffix in ((4, ""), (6, "6")):
            if default := info.get(f"defaultRoute{suffix}"):
                yield parse_route(f"default {default}", version)
            for text in info.get(f"routes{suffix}", ()):
                yield parse_route(text, version)


def _mininets_addresses(topo: Topo) -> dict[str, str]:
    """The addresses that Mininet gives hosts that have none: 10.0.0.1/8 and on (addHost)."""
    base = int(ip_address("10.0.0.0"))
    return {
        host: f"{ip_address(base + number)}/8" for number, host in enumerate(topo.hosts(), start=1)
    }
