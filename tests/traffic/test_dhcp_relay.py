"""dnsmasq as a relay agent."""

from typing import Any

from mininet.topo import Topo

from wirelab.emulator import Lab
from wirelab.traffic.clients import Lease, Udhcpc, udhcpc
from wirelab.traffic.daemon import Place, start
from wirelab.traffic.servers import DhcpRelay, Dnsmasq


class Relayed(Topo):
    """A client without an address, its router, and a server behind it."""

    def build(self) -> None:
        near, far = self.addSwitch("s1"), self.addSwitch("s2")
        self.addLink(self.addHost("c", ip=None), near)
        r1 = self.addHost("r1", ip="192.168.10.1/24", router=True)
        self.addLink(r1, near)
        self.addLink(r1, far, params1={"ip": "10.0.20.1/24"})
        self.addLink(self.addHost("s", ip="10.0.20.20/24", defaultRoute="via 10.0.20.1"), far)


def test_its_address_is_that_of_its_first_interface(place: Place) -> None:
    text = DhcpRelay("10.0.20.20").files(place)["relay.conf"]
    assert "dhcp-relay=192.168.10.1,10.0.20.20" in text.splitlines()


def test_a_client_gets_its_address_from_another_network(play: Any) -> None:
    def work(lab: Lab) -> Lease:
        server = Dnsmasq(network="192.168.10.0/24", ping_check=False)
        start(lab, lab["s"], server)
        start(lab, lab["r1"], DhcpRelay(lab["s"].ip()))
        return udhcpc(lab["c"], Udhcpc(probe=False, announce=False))

    lease = play(Relayed(), work)
    assert (lease.server, lease.prefix) == ("10.0.20.20", 24)
    assert lease.ip.startswith("192.168.10.")
