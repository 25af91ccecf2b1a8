"""Two networks that know nothing of each other, and a client whose cable can be moved.

    c ── s1 ── home          s2 ── office

The server `home` has 192.168.10.1/24, the server `office` 192.168.20.1/24; the client's port is
`s1-eth1`.
"""

from mininet.topo import Topo


class Moving(Topo):
    """A client without an address at home, and the office to which it goes."""

    def build(self) -> None:
        """Draw the network."""
        near, elsewhere = self.addSwitch("s1"), self.addSwitch("s2")
        self.addLink(near, self.addHost("c", ip=None))
        self.addLink(near, self.addHost("home", ip="192.168.10.1/24"))
        self.addLink(elsewhere, self.addHost("office", ip="192.168.20.1/24"))


topos = {"moving": Moving}
