"""What a topology says of itself before anything is built."""

import json
from pathlib import Path
from typing import Any

from wirelab.emulator.drawn import drawn_names, neighbours
from wirelab.scenarios import CATALOGUE
from wirelab.topologies.routed import Routed
from wirelab.topologies.routed6 import Routed6


def test_addresses_have_the_names_that_expectations_use() -> None:
    names = drawn_names(Routed(hops=2))
    assert names["c.ip"] == names["c-eth0.ip"] == "192.168.10.10"
    assert (names["r1.ip"], names["r1-eth1.ip"]) == ("192.168.10.1", "172.16.1.1")
    assert names["r2.ip"] == "172.16.1.2"
    assert drawn_names(Routed6())["r1-eth1.ip6"] == "2001:db8:20::1"


def test_each_interface_has_a_neighbour() -> None:
    beside = neighbours(Routed(hops=2))
    assert (beside["c-eth0"], beside["r1-eth0"], beside["r1-eth1"]) == ("s1", "s1", "r2")


def test_labs_have_the_addresses_with_which_they_are_drawn(
    results: dict[str, dict[str, Any]],
) -> None:
    for scenario in CATALOGUE.values():
        facts = json.loads((Path(results[scenario.id]["dir"]) / "facts.json").read_text())
        drawn = drawn_names(scenario.network(scenario.defaults()))
        assert drawn.items() <= facts["names"].items(), scenario.id
