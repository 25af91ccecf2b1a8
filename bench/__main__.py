"""Start and stop networks with stock Mininet and with ours, in turn, in one run.

Needs root and Debian's `mininet` package (for `mnexec` and the bridge tools); everything
happens inside sandboxes. Prints medians in milliseconds and the ratio.
"""

import argparse
import json
import os
import shutil
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from itertools import pairwise
from statistics import median
from time import perf_counter

from mininet.net import Mininet
from mininet.nodelib import LinuxBridge
from mininet.topo import Topo

from wirelab.emulator import Lab, sandbox


class Star(Topo):
    """Hosts around one switch."""

    def build(self, hosts: int) -> None:
        """Draw the network."""
        switch = self.addSwitch("s1")
        for number in range(1, hosts + 1):
            self.addLink(
                self.addHost(f"h{number}", ip=f"10.0.{number >> 8}.{number & 255}/16"), switch
            )


class Line(Topo):
    """Routers in a row, without hosts."""

    def build(self, routers: int) -> None:
        """Draw the network."""
        names = [self.addHost(f"r{n}", ip=None, router=True) for n in range(routers)]
        for n, (near, far) in enumerate(pairwise(names)):
            ends = [{"ip": f"172.16.{n}.{host}/30"} for host in (1, 2)]
            self.addLink(near, far, params1=ends[0], params2=ends[1])


@dataclass(frozen=True)
class Row:
    """One network, measured with both."""

    network: str
    """What was built."""
    mininet_ms: float
    """Median of start plus stop with stock Mininet, milliseconds."""
    wirelab_ms: float
    """The same with ours."""

    @property
    def ratio(self) -> float:
        """How many times faster ours is."""
        return self.mininet_ms / self.wirelab_ms


def _stock(topo: Topo) -> Mininet:
    return Mininet(topo, switch=LinuxBridge, controller=None)


def _cycle(make: Callable[[Topo], Mininet], topo: Topo) -> float:
    """Return the milliseconds that building, starting and stopping a network takes."""
    begun = perf_counter()
    net = make(topo)
    net.start()
    net.stop()
    return (perf_counter() - begun) * 1000


def measure(name: str, topo: Callable[[], Topo], repeats: int) -> Row:
    """Measure both in turn, each in a sandbox of its own, and take medians."""
    taken: dict[str, list[float]] = {"stock": [], "ours": []}
    for _ in range(repeats):
        taken["stock"].append(sandbox.call(_cycle, _stock, topo()))
        taken["ours"].append(sandbox.call(_cycle, Lab, topo()))
    return Row(name, median(taken["stock"]), median(taken["ours"]))


def main() -> None:
    """Run the benchmarks."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--repeats", type=int, default=3, help="runs per network (3)")
    parser.add_argument("--quick", action="store_true", help="leave the star of 200 out")
    parser.add_argument("--json", action="store_true", help="a JSON array instead of a table")
    options = parser.parse_args()
    if os.geteuid() != 0 or not shutil.which("mnexec"):
        sys.exit("bench: stock Mininet needs root and the Debian packages mininet, bridge-utils")
    sizes = (10, 50) if options.quick else (10, 50, 200)
    networks = {f"star of {n} hosts": (lambda n=n: Star(hosts=n)) for n in sizes}
    networks["line of 20 routers"] = lambda: Line(routers=20)
    rows = [measure(name, topo, options.repeats) for name, topo in networks.items()]
    if options.json:
        print(json.dumps([{**asdict(row), "ratio": row.ratio} for row in rows], indent=2))
        return
    print(f"{'start + stop, medians':24} {'Mininet':>11} {'wirelab':>11} {'ratio':>7}")
    for row in rows:
        print(
            f"{row.network:24} {row.mininet_ms:8.1f} ms {row.wirelab_ms:8.1f} ms {row.ratio:6.1f}x"
        )


if __name__ == "__main__":
    if sys.argv[1:2] == ["verify"]:
        from bench.verify import main as verify

        verify(sys.argv[2:])
    elif sys.argv[1:2] == ["replay"]:
        from bench.replay import main as replay

        replay(sys.argv[2:])
    elif sys.argv[1:2] == ["rewrite"]:
        from bench.rewrite import main as rewrite

        rewrite(sys.argv[2:])
    else:
        main()
