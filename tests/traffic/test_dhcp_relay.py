"""dnsmasq as a relay agent."""

from typing import Any

from wirelab.emulator import Lab
from wirelab.topologies.relayed import Relayed
from wirelab.traffic.clients import Lease, Udhcpc, udhcpc
from wirelab.traffic.daemon import Place, start
from wirelab.traffic.servers import DhcpRelay, Dnsmasq


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
