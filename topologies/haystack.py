"""A busy office: clients, a router, a server with everything on it, and an analyzer.

    c1 ─┐
    c2 ─┤
        s1 ── r1 ── s2 ── srv   DNS, web, FTP
    c3 ─┤
     m ─┘

Copied to `m` is what passes the router's port. The office is 192.168.10.0/24, the server's network
10.0.20.0/24; `m` only listens.
"""

from mininet.topo import Topo


class Haystack(Topo):
    """Three workstations, and an analyzer that sees all they have to do with the server."""

    def build(self) -> None:
        """Draw the network."""
        office = self.addSwitch("s1", mirror={"from": "s1-eth4", "to": "s1-eth5"})
        servers = self.addSwitch("s2")
        for number in (1, 2, 3):
            address = {"ip": f"192.168.10.{10 + number}/24", "defaultRoute": "via 192.168.10.1"}
            self.addLink(
                self.addHost(f"c{number}", nameserver="10.0.20.53", **address),
                office,
            )
        r1 = self.addHost("r1", ip="192.168.10.1/24", router=True)
        self.addLink(r1, office)
        self.addLink(r1, servers, params1={"ip": "10.0.20.1/24"})
        self.addLink(
            self.addHost("srv", ip="10.0.20.53/24", defaultRoute="via 10.0.20.1"),
            servers,
        )
        self.addLink(self.addHost("m", ip=None), office)


topos = {"haystack": Haystack}
