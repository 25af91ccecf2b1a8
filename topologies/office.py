"""An office: clients on a switch, a router, and one server with everything on it.

    c1 ─┐
    c2 ─┼─ s1 ── r1 ── s2 ── srv   DHCP (relayed by r1), DNS, FTP
    c3 ─┘

The office is 192.168.10.0/24, the server's network 10.0.20.0/24.
"""

from mininet.topo import Topo


class Office(Topo):
    """`clients` workstations and a server, a router in between."""

    def build(self, clients: int = 3, mtu: int = 1500) -> None:
        """Draw the network; `mtu` is that of the server's side."""
        office, servers = self.addSwitch("s1"), self.addSwitch("s2")
        for number in range(1, clients + 1):
            client = self.addHost(
                f"c{number}",
                ip=f"192.168.10.{10 + number}/24",
                defaultRoute="via 192.168.10.1",
                nameserver="10.0.20.53",
            )
            self.addLink(client, office)
        srv = self.addHost("srv", ip="10.0.20.53/24", defaultRoute="via 10.0.20.1")
        r1 = self.addHost("r1", ip="192.168.10.1/24", router=True)
        self.addLink(r1, office)
        self.addLink(r1, servers, params1={"ip": "10.0.20.1/24"}, mtu=mtu)
        self.addLink(srv, servers, mtu=mtu)


topos = {"office": Office}
