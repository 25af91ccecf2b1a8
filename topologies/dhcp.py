"""A client without an address, and DHCP servers on the same switch.

    c ─┐      ┌─ s
       s1 ────┤
    x ─┘      └─ s2 (if there are two)

The servers have 192.168.10.1/24 and 192.168.10.2/24; `x` has an address of its own and listens.
"""

from mininet.topo import Topo


class Dhcp(Topo):
    """A LAN whose client has to ask for its address."""

    def build(self, servers: int = 1) -> None:
        """Draw the network with one or two servers."""
        switch = self.addSwitch("s1")
        s = self.addHost("s", ip="192.168.10.1/24")
        for host in (self.addHost("c", ip=None), self.addHost("x", ip="192.168.10.30/24"), s):
            self.addLink(host, switch)
        if servers > 1:
            self.addLink(self.addHost("s2", ip="192.168.10.2/24"), switch)


topos = {"dhcp": Dhcp}
