"""A LAN with some hosts in it, and somebody who wants to know how many.

    c ─┐      ┌─ h1
       ├─ s1 ─┼─ …
    x ─┘      └─ hN

All in 192.168.10.0/27, but for `x`, which has no address and only listens.
"""

from mininet.topo import Topo


class Crowd(Topo):
    """A client, a silent bystander, and up to 9 `hosts` on a switch."""

    def build(self, hosts: int = 5, prefix: int = 27) -> None:
        """Draw the network."""
        switch = self.addSwitch("s1")
        self.addLink(self.addHost("c", ip=f"192.168.10.10/{prefix}"), switch)
        self.addLink(self.addHost("x", ip=None), switch)
        for number in range(1, hosts + 1):
            address = f"192.168.10.{12 + 2 * number}/{prefix}"
            self.addLink(self.addHost(f"h{number}", ip=address), switch)


topos = {"crowd": Crowd}
