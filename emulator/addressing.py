"""The addresses of a lab, decided by its seed.

A topology is drawn with addresses that are pleasant to read; those are the lab of seed 0. For
another seed every subnet is moved elsewhere and every host gets another number in it, the
same way for the same seed.
"""

import copy
import random
from collections.abc import Callable, Iterator
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_interface,
    ip_network,
)
from typing import Any

from mininet.topo import Topo

from wirelab.emulator.errors import TopologyError

_PRIVATE = IPv4Network("10.0.0.0/8")
_PRIVATE_IPV6 = IPv6Network("2001:db8::/32")  # RFC 3849: documentation
_MOST_HOSTS = 200
_LOCAL = 0xA6  # first octet of a MAC: unicast, locally administered, of no known vendor

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network


def macs(seed: int) -> Callable[[], str]:
    """Return a function that draws one locally administered unicast MAC after another."""
    draw = random.Random(f"mac {seed}")
    return lambda: ":".join(f"{byte:02x}" for byte in (_LOCAL, *draw.randbytes(5)))


def renumbered(topo: Topo, seed: int) -> Topo:
    """Return the topology with the addresses of `seed`; seed 0 leaves those it was drawn with."""
    if seed == 0:
        return topo
    moved = copy.deepcopy(topo)
    plan = _Plan(list(_interfaces(moved)), random.Random(f"addresses {seed}"))
    for node in moved.nodes():
        _renumber(moved.nodeInfo(node), plan)
    for _src, _dst, info in moved.links(withInfo=True):
        for end in ("params1", "params2"):
            _renumber(info.get(end) or {}, plan)
    return moved


def _interfaces(topo: Topo) -> Iterator[str]:
    """Yield every interface address that the topology declares."""
    places = [topo.nodeInfo(node) for node in topo.nodes()]
    for _src, _dst, info in topo.links(withInfo=True):
        places += [info.get("params1") or {}, info.get("params2") or {}]
    for place in places:
        yield from (place[key] for key in ("ip", "ip6") if place.get(key))


class _Plan:
    """Where each drawn subnet and host goes."""

    def __init__(self, interfaces: list[str], draw: random.Random) -> None:
        try:
            parsed = [ip_interface(text) for text in interfaces]
        except ValueError as error:
            raise TopologyError(str(error)) from error
        self._networks: dict[Network, Network] = {}
        self._hosts: dict[Address, Address] = {}
        for interface in parsed:
            if interface.network not in self._networks:
                self._networks[interface.network] = self._draw_network(interface.network, draw)
            if interface.ip not in self._hosts:
                self._hosts[interface.ip] = self._draw_host(interface.network, draw)

    def _draw_network(self, old: Network, draw: random.Random) -> Network:
        space: Network = _PRIVATE if old.version == 4 else _PRIVATE_IPV6
        if old.prefixlen < space.prefixlen:
            raise TopologyError(f"the subnet {old} is too large to be renumbered within {space}")
        while True:
            subnet = draw.getrandbits(old.prefixlen - space.prefixlen)
            start = int(space.network_address) + (subnet << (old.max_prefixlen - old.prefixlen))
            new = ip_network((start, old.prefixlen))
            if not any(new.overlaps(other) for other in self._networks.values()):
                return new

    def _draw_host(self, old: Network, draw: random.Random) -> Address:
        new = self._networks[old]
        room = min(new.num_addresses - 2, _MOST_HOSTS)
        if room < 1:  # a /31 or /32 has no room to move in
            return new[len([h for h in self._hosts.values() if h in new])]
        while True:
            host = new[draw.randint(1, room)]
            if host not in self._hosts.values():
                return host

    def address(self, text: str) -> str:
        """Return where the address of a host or a subnet of the lab goes; others stay."""
        if "/" not in text:
            old = ip_address(text)
            return str(self._hosts.get(old, old))
        interface = ip_interface(text)
        if interface.ip in self._hosts:
            return f"{self._hosts[interface.ip]}/{interface.network.prefixlen}"
        return str(self._networks.get(interface.network, text))


def _renumber(params: dict[str, Any], plan: _Plan) -> None:
    for key in ("ip", "ip6", "nameserver"):
        if params.get(key):
            params[key] = plan.address(params[key])
    for key in ("defaultRoute", "defaultRoute6"):
        if params.get(key):
            params[key] = _renumber_words(params[key], plan)
    for key in ("routes", "routes6"):
        if params.get(key):
            params[key] = tuple(_renumber_words(route, plan) for route in params[key])
    if params.get("hosts"):
        params["hosts"] = {name: plan.address(ip) for name, ip in params["hosts"].items()}


def _renumber_words(route: str, plan: _Plan) -> str:
    """Renumber the addresses among the words of a route."""
    return " ".join(plan.address(word) if word[0].isdigit() or ":" in word else word
                    for word in route.split())  # fmt: skip
