"""The networks into which captures are replayed: topologies and those of scenarios."""

from pathlib import Path

import pytest

from wirelab.emulator.drawn_links import drawn_interfaces
from wirelab.run.errors import PlanError
from wirelab.run.networks import known_topologies, network
from wirelab.scenarios import CATALOGUE
from wirelab.scenarios.errors import ScenarioError


@pytest.mark.parametrize("name", sorted(known_topologies()))
def test_every_topology_is_a_network(name: str) -> None:
    found = network(name)
    assert (found.name, found.settings, found.points) == (name, {}, {})
    assert drawn_interfaces(found.topo)


def test_the_topologies_are_those_of_stock_mininet() -> None:
    assert {"lan", "routed", "span", "office", "lan6"} <= known_topologies().keys()


@pytest.mark.parametrize("name", sorted(CATALOGUE.keys() - known_topologies().keys()))
def test_every_scenario_has_a_network_with_its_points(name: str) -> None:
    found = network(name)
    assert found.points == CATALOGUE[name].points
    assert set(found.points.values()) <= drawn_interfaces(found.topo).keys()


def test_a_network_says_what_may_be_set() -> None:
    assert network("lan").parameters == frozenset()
    assert {"mtu", "lan_mtu", "hops"} <= network("routed").parameters
    assert "mtu" in network("frag-router").parameters


def test_parameters_have_the_type_that_the_topology_says() -> None:
    found = network("routed", ["hops=2", "mtu=1400", "delay=1.5"])
    assert found.settings == {"hops": 2, "mtu": 1400, "delay": 1.5}
    assert "r2" in found.topo.hosts()


def test_settings_of_a_scenario_and_what_it_fixes_are_told() -> None:
    found = network("frag-router", ["mtu=1300"])
    assert found.settings["mtu"] == 1300
    assert found.settings.items() >= CATALOGUE["frag-router"].fixed.items()
    assert drawn_interfaces(found.topo)["r1-eth1"].mtu == 1300


@pytest.mark.parametrize(
    ("name", "assignments", "told"),
    [
        ("rooted", [], "did you mean routed?"),
        ("frag-rooter", [], "did you mean frag-router?"),
        ("qqqqqqqq", [], "there are the topologies balanced, "),
        ("routed", ["nonsense=1"], "no parameter 'nonsense'; it has hops, mtu"),
        ("routed", ["hops=many"], "hops of the topology routed is a number, not 'many'"),
        ("routed", ["hops=1000"], "cannot be drawn with hops=1000: hops is 1 to 255, not 1000"),
        ("routed", ["hops"], "takes name=value, not 'hops'"),
        ("frag-router", ["mtu=big"], "mtu is a number, not 'big'"),
    ],
)
def test_what_there_is_not_is_told(name: str, assignments: list[str], told: str) -> None:
    with pytest.raises(PlanError) as error:
        network(name, assignments)
    assert told in str(error.value)


_OWN = """from mininet.topo import Topo

class Pair(Topo):
    def build(self, mtu: int = 1500) -> None:
        self.addLink(self.addHost("a"), self.addHost("b"), mtu=mtu)
"""


def test_a_file_of_ones_own_is_a_network(tmp_path: Path) -> None:
    path = tmp_path / "mine.py"
    path.write_text(_OWN)
    found = network(str(path), ["mtu=1400"])
    assert (found.name, found.settings, found.parameters) == ("pair", {"mtu": 1400}, {"mtu"})
    assert drawn_interfaces(found.topo)["a-eth0"].mtu == 1400
    two = tmp_path / "two.py"
    two.write_text(_OWN + "class Second(Pair): pass\n")
    with pytest.raises(PlanError, match="has several: pair, second"):
        network(str(two))
    with pytest.raises(ScenarioError):
        network(str(tmp_path / "none.py"))
