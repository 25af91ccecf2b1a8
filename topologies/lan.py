"""Three hosts on one switch.

    c ─┐
       s1 ── s
    x ─┘

All in 192.168.10.0/24; `s` is where things are served, `x` only listens.
"""

from mininet.topo import Topo


class Lan(Topo):
    """A client, a server and a bystander on a switch."""

    def build(self) -> None:
        """Draw the network."""
        switch = self.addSwitch("s1")
        for name, number in (("c", 10), ("x", 30), ("s", 1)):
            self.addLink(self.addHost(name, ip=f"192.168.10.{number}/24"), switch)


topos = {"lan": Lan}
