"""Two hosts that speak IPv6, and only IPv4 between them.

    c ── s1 ── r1 ── s2 ── s

The client's LAN is 192.168.10.0/24, the server's 10.0.20.0/24. On their links the hosts have no
IPv6; a tunnel interface of theirs may have it.
"""

from mininet.topo import Topo

_NOT_ON_LINKS = {"net.ipv6.conf.default.disable_ipv6": 1}


class Tunnel6(Topo):
    """Hosts with IPv6 inside, links with IPv4."""

    def build(self) -> None:
        """Draw the network."""
        lan, server_lan = self.addSwitch("s1"), self.addSwitch("s2")
        inside = {"ipv6": True, "sysctls": _NOT_ON_LINKS}
        c = self.addHost("c", ip="192.168.10.10/24", defaultRoute="via 192.168.10.1", **inside)
        s = self.addHost("s", ip="10.0.20.20/24", defaultRoute="via 10.0.20.1", **inside)
        r1 = self.addHost("r1", ip="192.168.10.1/24", router=True)
        self.addLink(c, lan)
        self.addLink(r1, lan)
        self.addLink(r1, server_lan, params1={"ip": "10.0.20.1/24"})
        self.addLink(s, server_lan)


topos = {"tunnel6": Tunnel6}
