"""Places and labs for the tests of servers and clients."""

import os
from collections.abc import Callable
from ipaddress import IPv4Interface
from pathlib import Path
from typing import Any

import pytest
from mininet.topo import Topo
from traffic_labs import Work, in_lab, in_strangers_lab, open_to_strangers

from wirelab.traffic.daemon import Place


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """A place on a host with 192.168.10.1/24."""
    return Place(tmp_path, tmp_path / "s-daemon.log", "s-eth0", IPv4Interface("192.168.10.1/24"))


@pytest.fixture(params=["as we are", "with one user id"])
def play(request: pytest.FixtureRequest) -> Callable[[Topo, Work], Any]:
    """Run work in a lab: as who runs the tests, and as an ordinary user with a single user id."""
    if request.param == "as we are":
        return in_lab
    if os.geteuid() != 0:
        pytest.skip("only root can become another user")
    if not open_to_strangers():
        pytest.skip("this checkout is closed to other users")
    return in_strangers_lab
