"""A host that has yet to learn its IPv6 address, and its router.

    c ── s1 ── r1

The LAN is 2001:db8:10::/64. IPv6 is switched off on the host's interface until a scenario sets
`net.ipv6.conf.c-eth0.disable_ipv6` to 0: then the host boots.
"""

from mininet.topo import Topo

_OFF = {"net.ipv6.conf.default.disable_ipv6": 1}


class Lan6(Topo):
    """A LAN on which a host can boot, IPv6 only."""

    def build(self) -> None:
        """Draw the network."""
        switch = self.addSwitch("s1")
        c = self.addHost("c", ip=None, ipv6=True, sysctls=_OFF)
        r1 = self.addHost("r1", ip=None, ip6="2001:db8:10::1/64", router=True)
        for host in (c, r1):
            self.addLink(host, switch)


topos = {"lan6": Lan6}
