"""Two routers on the client's LAN, of which the wrong one is its default router.

    c  ─┐
    r1 ─┤            r1   the client's default router, which has no other link
        s1
        └── r2 ── s2 ── s

The LAN is 192.168.10.0/24, the server's network 10.0.20.0/24. Packets for the server enter and
leave `r1` by the same interface.
"""

from mininet.topo import Topo


class Detour(Topo):
    """A client that sends everything to a router which can only pass it on to the right one."""

    def build(self) -> None:
        """Draw the network."""
        lan, server_lan = self.addSwitch("s1"), self.addSwitch("s2")
        c = self.addHost("c", ip="192.168.10.10/24", defaultRoute="via 192.168.10.1")
        onward = ("10.0.20.0/24 via 192.168.10.2",)
        r1 = self.addHost("r1", ip="192.168.10.1/24", router=True, routes=onward)
        r2 = self.addHost("r2", ip="192.168.10.2/24", router=True)
        s = self.addHost("s", ip="10.0.20.20/24", defaultRoute="via 10.0.20.1")
        for node in (c, r1, r2):
            self.addLink(node, lan)
        self.addLink(r2, server_lan, params1={"ip": "10.0.20.1/24"})
        self.addLink(s, server_lan)


topos = {"detour": Detour}
