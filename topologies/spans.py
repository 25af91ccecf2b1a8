"""Too many ports watched: an analyzer gets copies from both sides of a router.

    c ─┐
       s1 ── r1 ── s2 ── s
    m ─┘

Copied to `m` is what passes the ports of `c` and of `r1` on the first switch, and that of `r1` on
the second. The client's LAN is 192.168.10.0/24, the server's 10.0.20.0/24; `m` only listens.
"""

from mininet.topo import Topo


class Spans(Topo):
    """A client, a router, a server, and an analyzer that sees most packets three times."""

    def build(self) -> None:
        """Draw the network."""
        watched = ("s1-eth1", "s1-eth2", "s2-eth1")
        near = self.addSwitch("s1", mirror={"from": watched, "to": "s1-eth3"})
        far = self.addSwitch("s2")
        c = self.addHost("c", ip="192.168.10.10/24", defaultRoute="via 192.168.10.1")
        r1 = self.addHost("r1", ip="192.168.10.1/24", router=True)
        for host in (c, r1, self.addHost("m", ip=None)):
            self.addLink(host, near)
        self.addLink(r1, far, params1={"ip": "10.0.20.1/24"})
        self.addLink(
            self.addHost("s", ip="10.0.20.20/24", defaultRoute="via 10.0.20.1"),
            far,
        )


topos = {"spans": Spans}
