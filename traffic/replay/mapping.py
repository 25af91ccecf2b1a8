"""Which interface of a topology stands for which endpoint of a capture."""

from __future__ import annotations

from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import TYPE_CHECKING

from wirelab.traffic.replay.endpoints import unicast
from wirelab.traffic.replay.errors import ReplayError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from wirelab.traffic.replay.endpoints import Endpoint
    from wirelab.traffic.replay.network import Network, Port

    Subnet = IPv4Network | IPv6Network

_NAMED = ("ip", "ip6", "ll6")


@dataclass
class Roles:
    """Who stands for whom."""

    stations: dict[bytes, str] = field(default_factory=dict)
    """Interface by recorded MAC."""
    holders: dict[bytes, str] = field(default_factory=dict)
    """Interface by recorded IP address."""
    addresses: dict[bytes, bytes] = field(default_factory=dict)
    """New address by recorded one, where the topology has one."""
    networks: dict[Subnet, Subnet] = field(default_factory=dict)
    """New subnet by recorded one, for addresses that nobody has."""
    standing_routers: set[bytes] = field(default_factory=set)
    """The MACs of recorded routers for which only a host is left: nothing goes over them."""

    def take(self, address: bytes, port: Port) -> None:
        """Let an interface stand for an address; its own takes the place of the first."""
        self.holders.setdefault(address, port.name)
        for own in port.addresses:
            if len(own.ip.packed) != len(address) or own.ip.packed in self.addresses.values():
                continue
            if len(address) == 16 and ip_address(address).is_link_local:
                return
            self.addresses.setdefault(address, own.ip.packed)
            old = ip_network((address, own.network.prefixlen), strict=False)
            self.networks.setdefault(old, own.network)
            return


def roles_by_name(names: Mapping[str, str], network: Network) -> Roles | None:
    """Assign by the names that a capture of a lab has; None when the topology is another one."""
    found = Roles()
    for name, value in names.items():
        interface, _, key = name.rpartition(".")
        if "-eth" not in interface or key not in (*_NAMED, "mac"):
            continue
        port = network.ports.get(interface)
        if port is None:
            return None
        if key == "mac":
            found.stations[bytes.fromhex(value.replace(":", ""))] = interface
        else:
            found.take(ip_address(value).packed, port)
    return found if found.stations else None


def roles_by_part(
    endpoints: Sequence[Endpoint], network: Network, wanted: Mapping[str, str]
) -> Roles:
    """Assign by who calls whom: callers to the first host's link, the called further away.

    Args:
        endpoints: who takes part.
        network: the topology.
        wanted: a host or an interface by an address (IP or MAC) that it is to stand for.

    Raises:
        ReplayError: there is no such address or host, or there are too few hosts.
    """
    return _Casting(network, endpoints).roles(wanted)


def learned(roles: Roles, endpoints: Sequence[Endpoint], network: Network) -> None:
    """Let interfaces have what addresses a capture shows their MACs to have, as leases give."""
    for each in endpoints:
        port = network.ports.get(roles.stations.get(each.mac or b"", ""))
        for address in each.addresses if port and not each.router else ():
            if unicast(address) and port:
                roles.holders.setdefault(address, port.name)


class _Casting:
    def __init__(self, network: Network, endpoints: Sequence[Endpoint]) -> None:
        self._network, self._endpoints = network, endpoints
        self._roles = Roles()
        self._free = [
            node
            for node in network.hosts
            if (port := network.first_port(node)) is not None and not port.mirror
        ]

    def roles(self, wanted: Mapping[str, str]) -> Roles:
        """Assign all."""
        assigned = self._wished(wanted)
        rest = [each for each in self._endpoints if id(each) not in assigned and not each.router]
        for each in sorted(rest, key=lambda each: (each.silent, not each.calls)):
            if self._free or not each.silent:
                self._assign(each, self._choose(each))
        for each in self._endpoints:
            if each.router and id(each) not in assigned:
                self._assign_router(each)
        return self._roles

    def _wished(self, wanted: Mapping[str, str]) -> set[int]:
        assigned = set()
        taken: dict[str, tuple[str, Endpoint]] = {}
        for text, place in wanted.items():
            endpoint = self._called(text)
            port = self._network.ports.get(place) or self._network.first_port(place)
            if port is None:
                raise ReplayError(
                    f"--map {text}={place}: there is no host {place} in this topology, but"
                    f" {', '.join(self._network.hosts)}"
                )
            if port.router and not endpoint.router:
                raise ReplayError(
                    f"--map {text}={place}: {port.node} is a router, and only a router of the"
                    f" capture can become one; hosts are {', '.join(self._network.hosts)}"
                )
            first, other = taken.setdefault(port.name, (text, endpoint))
            if other is not endpoint:
                raise ReplayError(
                    f"--map {text}={place}: {place} stands for {first} already, and a host stands"
                    " for one"
                )
            if port.node in self._free:
                self._free.remove(port.node)
            self._assign(endpoint, port)
            assigned.add(id(endpoint))
        return assigned

    def _called(self, text: str) -> Endpoint:
        for each in self._endpoints:
            macs = [each.mac.hex(":")] if each.mac else []
            if text.lower() in [*macs, *(str(ip_address(a)) for a in each.addresses)]:
                return each
        known = ", ".join(str(each) for each in self._endpoints)
        raise ReplayError(f"--map {text}: nobody sends from {text} in this capture, but {known}")

    def _choose(self, each: Endpoint) -> Port:
        nodes = self._fitting(each)
        if not nodes:
            raise ReplayError(
                f"no host is left to stand for {each}: {len(self._endpoints)} endpoints, and the"
                f" topology has {', '.join(self._network.hosts)}; choose a larger one, or select"
                " fewer packets"
            )
        here = [node for node in nodes if self._on_first_link(node)]
        there = [node for node in nodes if not self._on_first_link(node)]
        node = (here or there)[0] if each.calls else (there[:1] or here[-1:])[0]
        self._free.remove(node)
        port = self._network.first_port(node)
        assert port is not None  # it was found when the free ones were gathered
        return port

    def _fitting(self, each: Endpoint) -> list[str]:
        """The free hosts that have an address of the version that is needed; else any."""
        sizes = {len(address) for address in each.addresses}
        fits = [
            node
            for node in self._free
            if any(
                len(own) in sizes
                for port in self._network.ports.values()
                if port.node == node
                for own in port.addresses_alone
            )
        ]
        # On one link any will do; routers pass on only what they have addresses for.
        return fits or [node for node in self._free if self._on_first_link(node)]

    def _on_first_link(self, node: str) -> bool:
        first = next(iter(self._network.hosts))
        links = [self._network.first_port(each) for each in (first, node)]
        return links[0] is not None and links[1] is not None and links[0].link == links[1].link

    def _assign(self, each: Endpoint, port: Port) -> None:
        if each.mac:
            self._roles.stations[each.mac] = port.name
        for address in each.addresses:
            self._roles.take(address, port)

    def _assign_router(self, each: Endpoint) -> None:
        """A router of the topology for a recorded one, on the link of the first host."""
        first = self._network.first_port(next(iter(self._network.hosts)))
        routers = [port for port in self._network.ports.values() if port.router]
        near = [port for port in routers if first and port.link == first.link]
        free = [p for p in (*near, *routers) if p.name not in self._roles.stations.values()]
        if free:
            self._assign(each, free[0])
        elif self._free:
            self._assign(each, self._choose(each))
            self._roles.standing_routers.add(each.mac or b"")
