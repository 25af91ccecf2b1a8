"""The interfaces of a topology are known before it is built, and are those of the lab."""

import pytest
from mininet.topo import Topo

from wirelab.emulator import Lab, sandbox
from wirelab.emulator.drawn_links import drawn_interfaces
from wirelab.run.networks import known_topologies


@pytest.mark.parametrize("name", sorted(known_topologies()))
def test_a_lab_has_the_interfaces_that_are_drawn(name: str) -> None:
    drawn = drawn_interfaces(known_topologies()[name]())

    def body() -> dict[str, tuple[str, str, int]]:
        lab = Lab(known_topologies()[name]())
        found = {}
        for link in lab.links:
            one, two = link.intf1, link.intf2
            mtu = min(one.mtu, two.mtu)
            found[one.name] = (one.node.name, two.name, mtu)
            found[two.name] = (two.node.name, one.name, mtu)
        return found

    assert {e.name: (e.node, e.peer, e.mtu) for e in drawn.values()} == sandbox.call(body)


def test_the_smaller_mtu_of_two_ends_counts() -> None:
    topo = Topo()
    a, b = topo.addHost("a"), topo.addHost("b")
    topo.addLink(a, b, mtu=1400, params2={"mtu": 1300})
    assert {each.mtu for each in drawn_interfaces(topo).values()} == {1300}
