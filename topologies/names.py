"""The way of a DNS question: a client, its recursor, and four name servers behind a router.

    c   ─┐               ┌─ root   the root zone
         s1 ── r1 ── s2 ─┼─ tld    test.
    rec ─┘               ├─ auth   example.test.
                         └─ cdn    cdn.test.

Clients are in 192.168.10.0/24, the name servers in 10.0.20.0/24. More servers of cdn.test are
called cdn2, cdn3 and so on.
"""

from mininet.topo import Topo

_SERVERS = {"root": 41, "tld": 42, "auth": 43, "cdn": 44}


class Names(Topo):
    """A recursor near the client, far away the name servers, of which cdn.test has `servers`."""

    def build(self, servers: int = 1) -> None:
        """Draw the network."""
        near, far = self.addSwitch("s1"), self.addSwitch("s2")
        gateway = {"defaultRoute": "via 192.168.10.1"}
        c = self.addHost("c", ip="192.168.10.10/24", nameserver="192.168.10.53", **gateway)
        rec = self.addHost("rec", ip="192.168.10.53/24", **gateway)
        for host in (c, rec):
            self.addLink(host, near)
        r1 = self.addHost("r1", ip="192.168.10.1/24", router=True)
        self.addLink(r1, near)
        self.addLink(r1, far, params1={"ip": "10.0.20.1/24"})
        more = {f"cdn{n}": _SERVERS["cdn"] + n - 1 for n in range(2, servers + 1)}
        for name, number in (_SERVERS | more).items():
            server = self.addHost(name, ip=f"10.0.20.{number}/24", defaultRoute="via 10.0.20.1")
            self.addLink(server, far)


topos = {"names": Names}
