"""The ways of packets: told where there is one, and true of what is seen."""

from typing import Any

from mininet.topo import Topo

from wirelab.emulator import Lab, Way, sandbox
from wirelab.topologies.names import Names
from wirelab.topologies.routed import Routed
from wirelab.topologies.routed6 import Routed6
from wirelab.topologies.span import Span
from wirelab.topologies.spans import Spans


def ways(topo: Topo, taps: dict[str, str]) -> tuple[dict[str, dict[str, Way]], dict[str, str]]:
    """The ways that a lab tells, and its names."""

    def body() -> Any:
        with Lab(topo, taps=taps) as lab:
            return lab.ways(), lab.names()

    found: tuple[dict[str, dict[str, Way]], dict[str, str]] = sandbox.call(body)
    return found


def test_hops_and_neighbours_are_told_for_every_address() -> None:
    told, names = ways(Routed(hops=3), {"lan": "r1-eth0", "far": "s-eth0"})
    assert told["lan"][names["c.ip"]] == Way(names["c.mac"], 0, ())
    assert told["lan"][names["s.ip"]] == Way(names["r1.mac"], 3, ("far",))
    assert told["lan"][names["r2.ip"]].hops == 1
    assert told["lan"][names["r1-eth1.ip"]] == Way(names["r1.mac"], 0, ())
    assert told["far"][names["c.ip"]] == Way(names["r3-eth1.mac"], 3, ("lan",))


def test_a_host_at_a_bridge_is_not_passed_by_what_is_for_others() -> None:
    told, names = ways(Names(), {"c": "c-eth0", "wan": "r1-eth1"})
    assert told["wan"][names["c.ip"]].past == ("c",)
    assert told["wan"][names["rec.ip"]].past == ()
    assert told["c"][names["root.ip"]].past == ("wan",)


def test_an_analyzer_of_one_switch_is_on_its_link_and_one_of_several_is_nowhere() -> None:
    told, names = ways(Span(), {"m": "m-eth0"})
    assert told["m"][names["c.ip"]] == Way(names["c.mac"], 0, ())
    told, names = ways(Spans(), {"m": "m-eth0", "port": "s1-eth3", "c": "c-eth0"})
    assert told["m"] == told["port"] == {}
    assert told["c"][names["s.ip"]].hops == 1


def test_link_local_addresses_are_told_on_their_own_link() -> None:
    told, names = ways(Routed6(), {"lan": "r1-eth0", "wan": "r1-eth1"})
    assert told["lan"][names["c.ll6"]] == Way(names["c.mac"], 0, ())
    assert names["c.ll6"] not in told["wan"]


class _Ring(Topo):
    """Three routers in a ring, and a host at one of them."""

    def build(self) -> None:
        """Draw the network."""
        routers = [self.addHost(f"r{n}", ip=None, router=True) for n in (1, 2, 3)]
        for n, router in enumerate(routers):
            ends = ({"ip": f"10.{n}.0.{host}/24"} for host in (1, 2))
            one, two = ends
            self.addLink(router, routers[(n + 1) % 3], params1=one, params2=two)
        c = self.addHost("c", ip="10.9.0.2/24", defaultRoute="via 10.9.0.1")
        self.addLink(c, routers[0], params2={"ip": "10.9.0.1/24"})


def test_where_there_is_more_than_one_way_only_what_is_near_is_told() -> None:
    told, names = ways(_Ring(), {"c": "c-eth0"})
    assert told["c"][names["c.ip"]] == Way(names["c.mac"], 0, ())
    assert {way.hops for way in told["c"].values()} == {0}
    assert "10.1.0.1" not in told["c"]
