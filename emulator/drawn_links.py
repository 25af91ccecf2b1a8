"""The interfaces that a topology will have, before anything is built."""

from collections.abc import Iterator
from dataclasses import dataclass

from mininet.topo import Topo

from wirelab.emulator.links import DEFAULT_MTU


@dataclass(frozen=True)
class DrawnInterface:
    """One end of a link, as a topology draws it."""

    name: str
    """As in Mininet: `c-eth0`."""
    node: str
    """Whose it is."""
    peer: str
    """The interface at the other end of the link."""
    mtu: int
    """What passes the link in this direction and back: the smaller MTU of its ends, in bytes."""


def drawn_interfaces(topo: Topo) -> dict[str, DrawnInterface]:
    """Return every interface of a topology by its name, link by link."""
    return {end.name: end for link in _links(topo) for end in _ends(link)}


def _links(topo: Topo) -> Iterator[dict[str, object]]:
    for _node, _other, info in topo.links(withInfo=True):
        yield info


def _ends(link: dict[str, object]) -> Iterator[DrawnInterface]:
    names = [f"{link[f'node{end}']}-eth{link[f'port{end}']}" for end in (1, 2)]
    mtu = min(_mtu(link, end) for end in (1, 2))
    for end in (1, 2):
        yield DrawnInterface(names[end - 1], str(link[f"node{end}"]), names[2 - end], mtu)


def _mtu(link: dict[str, object], end: int) -> int:
    own = link.get(f"params{end}")
    common = link.get("mtu") or DEFAULT_MTU
    found = own.get("mtu", common) if isinstance(own, dict) else common
    return int(str(found))
