"""A switch that copies what passes the server's port to the port of an analyzer.

    c ─┐      ┌─ s   its port is watched
       ├─ s1 ─┤
    x ─┘      └─ m   gets the copies

All in 192.168.10.0/24, but for `m`, which has no address and only listens; `x` sits at an
ordinary port.
"""

from mininet.topo import Topo


class Span(Topo):
    """Two clients, a server, and an analyzer at a SPAN port."""

    def build(self) -> None:
        """Draw the network."""
        switch = self.addSwitch("s1", mirror={"from": "s1-eth3", "to": "s1-eth4"})
        for name, number in (("c", 10), ("x", 30), ("s", 1)):
            self.addLink(self.addHost(name, ip=f"192.168.10.{number}/24"), switch)
        self.addLink(self.addHost("m", ip=None), switch)


topos = {"span": Span}
