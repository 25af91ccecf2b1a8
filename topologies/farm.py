"""A client, and several servers behind a router.

    c ── s1 ── r1 ── s2 ─┬─ web1
                         ├─ web2
                         ├─ web3
                         ├─ web4
                         └─ mute   has nothing to say

The client's LAN is 192.168.10.0/24, the servers' 10.0.20.0/24.
"""

from mininet.topo import Topo


class Farm(Topo):
    """A client, four web servers, and a host that serves nothing."""

    def build(self) -> None:
        """Draw the network."""
        near, far = self.addSwitch("s1"), self.addSwitch("s2")
        c = self.addHost("c", ip="192.168.10.10/24", defaultRoute="via 192.168.10.1")
        r1 = self.addHost("r1", ip="192.168.10.1/24", router=True)
        for host in (c, r1):
            self.addLink(host, near)
        self.addLink(r1, far, params1={"ip": "10.0.20.1/24"})
        for n, name in enumerate(("web1", "web2", "web3", "web4", "mute")):
            address = {"ip": f"10.0.20.{31 + n}/24", "defaultRoute": "via 10.0.20.1"}
            self.addLink(self.addHost(name, **address), far)


topos = {"farm": Farm}
