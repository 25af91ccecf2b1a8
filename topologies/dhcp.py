"""A client without an address, and a DHCP server on the same switch.

    c ─┐
       s1 ── s
    x ─┘

The server has 192.168.10.1/24; `x` only listens.
"""

from mininet.topo import Topo


class Dhcp(Topo):
    """A LAN whose client has to ask for its address."""

    def build(self) -> None:
        """Draw the network."""
        switch = self.addSwitch("s1")
        s = self.addHost("s", ip="192.168.10.1/24")
        for host in (self.addHost("c", ip=None), self.addHost("x", ip="192.168.10.30/24"), s):
            self.addLink(host, switch)


topos = {"dhcp": Dhcp}
