"""Two subnets with a router in between.

    c ─┐                      ┌─ s
       s1 ──── r1 ──── s2 ────┘
    x ─┘  (eth0) (eth1)

192.168.10.0/24 is the clients', 10.0.20.0/24 the server's. Draw yours here: `./lab show` prints it.
"""

from mininet.topo import Topo


class MyTopology(Topo):
    """Clients `c` and `x`, a router `r1`, a server `s`; `mtu` is that of the server's side."""

    def build(self, mtu: int = 1500) -> None:
        """Draw the network. A parameter that is a scenario's setting is changed with --set."""
        # Switches have no address; their names are s and a number.
        left, right = self.addSwitch("s1"), self.addSwitch("s2")
        # A router forwards. Its addresses stand with its links, below.
        r1 = self.addHost("r1", ip=None, router=True)
        c = self.addHost("c", ip="192.168.10.10/24", defaultRoute="via 192.168.10.1")
        x = self.addHost("x", ip="192.168.10.30/24", defaultRoute="via 192.168.10.1")
        s = self.addHost("s", ip="10.0.20.20/24", defaultRoute="via 10.0.20.1")
        # The interfaces of a node are numbered in the order of its links: r1-eth0, r1-eth1.
        self.addLink(c, left)
        self.addLink(x, left)
        self.addLink(r1, left, params1={"ip": "192.168.10.1/24"})
        self.addLink(r1, right, params1={"ip": "10.0.20.1/24"}, mtu=mtu)
        self.addLink(s, right, mtu=mtu)
        # docs/topologies.md has the rest: IPv6, static routes, delay, loss, rate, SPAN ports.


topos = {"my-topology": MyTopology}
