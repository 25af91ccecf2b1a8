"""Every topology is built by `Lab`, and loaded by stock Mininet as it stands."""

import importlib
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from mininet.topo import Topo

from wirelab.emulator import Lab, sandbox

_ROOM = Path(__file__).parents[2] / "topologies"
_FILES = sorted(path for path in _ROOM.glob("*.py") if path.name != "__init__.py")


def _topologies() -> list[tuple[str, type[Topo]]]:
    found = []
    for path in _FILES:
        module = importlib.import_module(f"wirelab.topologies.{path.stem}")
        found += list(module.topos.items())
    return found


def _connected(topo: Topo, name: str) -> set[str]:
    """Return the nodes to which links lead from one."""
    found, front = {name}, [name]
    while front:
        here = front.pop()
        ends = [(a if b == here else b) for a, b in topo.links() if here in (a, b)]
        front += [end for end in ends if end not in found]
        found |= set(ends)
    return found


@pytest.mark.parametrize(("name", "topology"), _topologies())
@pytest.mark.parametrize("seed", [0, 9])
def test_every_host_with_an_address_reaches_every_other_that_it_is_connected_to(
    name: str, topology: type[Topo], seed: int
) -> None:
    def work() -> list[str]:
        topo = topology()
        with Lab(topo, seed=seed) as lab:
            version = 6 if any(host.ipv6 for host in lab.hosts) else 4
            address = {h: h.interface().ip6() if version == 6 else h.IP() for h in lab.hosts}
            return [
                f"{a.name} -> {b.name}: {outcome.stdout}"
                for a in lab.hosts
                for b in lab.hosts
                if a is not b
                and b.name in _connected(topo, a.name)
                and address[a]
                and address[b]
                and (outcome := a.run(["ping", "-c1", "-W2", address[b]], check=False)).returncode
            ]

    assert sandbox.call(work) == []


@pytest.mark.parametrize("path", _FILES, ids=lambda path: path.stem)
def test_stock_mininet_loads_it(path: Path) -> None:
    if os.geteuid() != 0 or not shutil.which("mnexec") or not Path("/usr/bin/mn").exists():
        pytest.skip("stock Mininet needs root and Debian's package mininet")
    name = path.stem

    def work() -> subprocess.CompletedProcess[str]:
        argv = ["/usr/bin/mn", "--custom", str(path), "--topo", name, "--test", "none"]
        argv += ["--switch", "lxbr", "--controller", "none"]
        return subprocess.run(argv, capture_output=True, text=True, check=False, timeout=60)

    ended = sandbox.call(work)
    assert ended.returncode == 0, ended.stderr
    assert "completed in" in ended.stdout + ended.stderr
