"""A cable that is moved."""

from typing import Any

from wirelab.emulator import Lab
from wirelab.topologies.moving import Moving
from wirelab.traffic.cable import plug_cable, pull_cable
from wirelab.traffic.clients import arping


def test_a_host_whose_cable_is_moved_sees_the_other_network(play: Any) -> None:
    def work(lab: Lab) -> list[int]:
        c, addresses = lab["c"], [lab["home"].ip(), lab["office"].ip()]
        before = [arping(c, ip, probe=True, deadline=1).received for ip in addresses]
        pull_cable("s1-eth1", lab["s1"])
        plug_cable("s1-eth1", lab["s2"])
        return before + [arping(c, ip, probe=True, deadline=1).received for ip in addresses]

    assert play(Moving(), work) == [1, 0, 0, 1]
