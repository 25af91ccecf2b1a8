"""A client and a server with a router in between, IPv6 only.

    c ── s1 ── r1 ── s2 ── s

The client's LAN is 2001:db8:10::/64, the server's 2001:db8:20::/64.
"""

from mininet.topo import Topo


class Routed6(Topo):
    """Two IPv6 LANs and a router; the server's has the MTU `mtu`."""

    def build(self, mtu: int = 1500) -> None:
        """Draw the network."""
        lan, server_lan = self.addSwitch("s1"), self.addSwitch("s2")
        c = self.addHost("c", ip=None, ip6="2001:db8:10::10/64", defaultRoute6="via 2001:db8:10::1")
        r1 = self.addHost("r1", ip=None, ip6="2001:db8:10::1/64", router=True)
        s = self.addHost("s", ip=None, ip6="2001:db8:20::20/64", defaultRoute6="via 2001:db8:20::1")
        self.addLink(c, lan)
        self.addLink(r1, lan)
        self.addLink(r1, server_lan, params1={"ip6": "2001:db8:20::1/64"}, mtu=mtu)
        self.addLink(s, server_lan, mtu=mtu)


topos = {"routed6": Routed6}
