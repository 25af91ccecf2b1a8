"""Labs for the tests of servers and clients."""

import os
from collections.abc import Callable, Iterator
from ipaddress import IPv4Interface
from multiprocessing import Pipe
from pathlib import Path
from typing import Any

import pytest
from mininet.topo import Topo

from wirelab.emulator import Lab, sandbox
from wirelab.traffic.daemon import Place

Work = Callable[[Lab], Any]

STRANGER = 12345
"""A user without a name or a range in /etc/subuid: a single id is mapped in its sandboxes."""


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """A place on a host with 192.168.10.1/24."""
    return Place(tmp_path, tmp_path / "s-daemon.log", "s-eth0", IPv4Interface("192.168.10.1/24"))


def in_lab(topo: Topo, work: Work) -> Any:
    """Return `work(lab)` for a started lab, in a sandbox."""

    def body() -> Any:
        with Lab(topo) as lab:
            return work(lab)

    return sandbox.call(body)


def in_strangers_lab(topo: Topo, work: Work) -> Any:
    """Return `work(lab)`, where root is a stranger outside and nobody else exists inside."""
    ours, theirs = Pipe(duplex=False)
    child = os.fork()
    if child == 0:
        try:
            os.setgroups([])
            os.setresgid(STRANGER, STRANGER, STRANGER)
            os.setresuid(STRANGER, STRANGER, STRANGER)
            theirs.send((True, in_lab(topo, work)))
        except BaseException as error:  # noqa: BLE001 - it is passed on, to the test
            theirs.send((False, repr(error)))
        finally:
            os._exit(0)
    theirs.close()
    succeeded, value = ours.recv()
    os.waitpid(child, 0)
    assert succeeded, value
    return value


@pytest.fixture(params=["as we are", "with one user id"])
def play(request: pytest.FixtureRequest) -> Iterator[Callable[[Topo, Work], Any]]:
    """Run work in a lab: as who runs the tests, and as an ordinary user with a single user id."""
    if request.param == "as we are":
        yield in_lab
    elif os.geteuid() == 0:
        yield in_strangers_lab
    else:
        pytest.skip("only root can become another user")
