"""A client and a server with routers in between.

    c ─┐                                              ┌─ s
       s1 ── r1 ──(172.16.1.0/30)── r2 ── … ── rN ── s2
    x ─┘

The client's LAN is 192.168.10.0/24, the server's 10.0.20.0/24.
"""

from itertools import pairwise
from typing import Any

from mininet.topo import Topo


class Routed(Topo):
    """`hops` routers in a row; the links between and after them have the MTU `mtu`.

    These links may also be slow ones: each `delay` ms long, with a `loss` in percent, with a `rate`
    in kbit/s (0: none of it). `lan_mtu` is the MTU of the client's LAN.
    """

    def build(
        self,
        hops: int = 1,
        mtu: int = 1500,
        lan_mtu: int = 1500,
        delay: float = 0,
        loss: float = 0,
        rate: int = 0,
    ) -> None:
        """Draw the network."""
        if not 1 <= hops <= 255:
            raise ValueError(f"hops is 1 to 255, not {hops}")
        lan, server_lan = self.addSwitch("s1"), self.addSwitch("s2")
        c = self.addHost("c", ip="192.168.10.10/24", defaultRoute="via 192.168.10.1")
        x = self.addHost("x", ip="192.168.10.30/24", defaultRoute="via 192.168.10.1")
        s = self.addHost("s", ip="10.0.20.20/24", defaultRoute="via 10.0.20.1")
        for host in (c, x):
            self.addLink(host, lan, mtu=lan_mtu)
        self.addLink(s, server_lan, mtu=mtu)

        routers = [self._add_router(n, hops) for n in range(1, hops + 1)]
        self.addLink(routers[0], lan, params1={"ip": "192.168.10.1/24"}, mtu=lan_mtu)
        far: dict[str, Any] = {"mtu": mtu, "delay": f"{delay}ms", "loss": loss}
        far["rate"] = f"{rate}kbit"
        for n, (one, two) in enumerate(pairwise(routers), start=1):
            ends = [{"ip": f"172.16.{n}.{host}/30"} for host in (1, 2)]
            self.addLink(one, two, params1=ends[0], params2=ends[1], **far)
        self.addLink(routers[-1], server_lan, params1={"ip": "10.0.20.1/24"}, **far)

    def _add_router(self, n: int, hops: int) -> str:
        """Add router `n` of `hops`: towards the server by default, back to the client's LAN."""
        onward = {"defaultRoute": f"via 172.16.{n}.2"} if n < hops else {}
        back = [f"192.168.10.0/24 via 172.16.{n - 1}.1"] if n > 1 else []
        back += [f"172.16.{m}.0/30 via 172.16.{n - 1}.1" for m in range(1, n - 1)]
        return str(self.addHost(f"r{n}", ip=None, router=True, routes=tuple(back), **onward))


topos = {"routed": Routed}
