"""Three hosts on one switch that forgets at once where they are.

    c ─┐
       s1 ── s
    x ─┘

All in 192.168.10.0/24. A switch that knows no addresses sends every frame to every port.
"""

from mininet.topo import Topo


class Hub(Topo):
    """A client, a server and a bystander on a switch whose table is always empty."""

    def build(self) -> None:
        """Draw the network."""
        switch = self.addSwitch("s1", ageing_time=0)
        for name, number in (("c", 10), ("x", 30), ("s", 1)):
            self.addLink(self.addHost(name, ip=f"192.168.10.{number}/24"), switch)


topos = {"hub": Hub}
