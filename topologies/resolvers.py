"""A client with two name servers to ask, behind a router.

    c ── s1 ── r1 ── s2 ─┬─ ns1
                         └─ ns2

The client is in 192.168.10.0/24, the name servers in 10.0.20.0/24.
"""

from mininet.topo import Topo


class Resolvers(Topo):
    """A client, and two servers that know the same."""

    def build(self) -> None:
        """Draw the network."""
        near, far = self.addSwitch("s1"), self.addSwitch("s2")
        c = self.addHost(
            "c", ip="192.168.10.10/24", defaultRoute="via 192.168.10.1", nameserver="127.0.0.1"
        )
        r1 = self.addHost("r1", ip="192.168.10.1/24", router=True)
        self.addLink(c, near)
        self.addLink(r1, near)
        self.addLink(r1, far, params1={"ip": "10.0.20.1/24"})
        for name, number in (("ns1", 53), ("ns2", 54)):
            server = self.addHost(name, ip=f"10.0.20.{number}/24", defaultRoute="via 10.0.20.1")
            self.addLink(server, far)


topos = {"resolvers": Resolvers}
