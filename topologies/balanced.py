"""Two servers behind one address.

    c ── r1 ── s1 ─┬─ b1
                   └─ b2

The client's network is 192.168.10.0/24, the servers' 10.0.20.0/24. The router's address towards
the client is the one that clients know; what the router does with it is the scenario's affair.
"""

from mininet.topo import Topo


class Balanced(Topo):
    """A client, a balancer, and the backends `b1` and `b2`."""

    def build(self) -> None:
        """Draw the network."""
        c = self.addHost("c", ip="192.168.10.10/24", defaultRoute="via 192.168.10.1")
        r1 = self.addHost("r1", ip="192.168.10.1/24", router=True)
        self.addLink(c, r1)
        switch = self.addSwitch("s1")
        self.addLink(r1, switch, params1={"ip": "10.0.20.1/24"})
        for number in (1, 2):
            backend = f"10.0.20.{40 + number}/24"
            host = self.addHost(f"b{number}", ip=backend, defaultRoute="via 10.0.20.1")
            self.addLink(host, switch)


topos = {"balanced": Balanced}
