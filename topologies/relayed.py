"""A client without an address, and a DHCP server in another network.

    c ─┐
       s1 ── r1 ── s2 ── s
    x ─┘

The client's network is 192.168.10.0/24 behind the router r1, the server's 10.0.20.0/24.
"""

from mininet.topo import Topo


class Relayed(Topo):
    """A LAN without a DHCP server, a router, and a server behind it."""

    def build(self) -> None:
        """Draw the network."""
        near, far = self.addSwitch("s1"), self.addSwitch("s2")
        self.addLink(self.addHost("c", ip=None), near)
        x = self.addHost("x", ip="192.168.10.30/24", defaultRoute="via 192.168.10.1")
        self.addLink(x, near)
        r1 = self.addHost("r1", ip="192.168.10.1/24", router=True)
        self.addLink(r1, near)
        self.addLink(r1, far, params1={"ip": "10.0.20.1/24"})
        self.addLink(self.addHost("s", ip="10.0.20.20/24", defaultRoute="via 10.0.20.1"), far)


topos = {"relayed": Relayed}
