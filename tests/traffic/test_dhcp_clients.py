"""udhcpc and dhcpcd: their arguments and files, one lease, and staying."""

from dataclasses import replace
from typing import Any

import pytest
from traffic_labs import in_lab

from wirelab.emulator import CommandFailed, Lab
from wirelab.topologies.dhcp import Dhcp
from wirelab.traffic.clients import Dhcpcd, Lease, Udhcpc, dhcpcd, udhcpc
from wirelab.traffic.clients.dhcpcd import parse_sent
from wirelab.traffic.daemon import Place, start
from wirelab.traffic.servers import Dnsmasq

QUICK = {"udhcpc": Udhcpc(probe=False, announce=False), "dhcpcd": Dhcpcd(probe=False)}


def _server(lab: Lab) -> Dnsmasq:
    server = lab["s"].ip()
    return Dnsmasq(lease=7200, ping_check=False, options={"router": server, "dns-server": server})


def test_udhcpc_asks_for_what_it_is_told_to(place: Place) -> None:
    argv = Udhcpc(hostname="c", requests=("subnet", "42"), broadcast=True).argv(place)
    assert "-o -Osubnet -O42 -V  -x hostname:c -a -B" in " ".join(argv)


def test_udhcpc_waits_longer_than_dnsmasq_probes(place: Place) -> None:
    argv = Udhcpc().argv(place)
    assert float(argv[argv.index("-T") + 1]) > 3


@pytest.mark.parametrize("announce", [True, False])
def test_udhcpcs_script_announces_if_told_to(announce: bool, place: Place) -> None:
    script = str(Udhcpc(announce=announce).files(place)["udhcpc.sh"])
    assert ("arping" in script) is announce


def test_dhcpcds_switches_are_lines_of_its_configuration(place: Place) -> None:
    plain = str(Dhcpcd().files(place)["dhcpcd.conf"]).splitlines()
    asking = Dhcpcd(hostname="c", probe=False, request_ip="10.0.0.9", release=True, timeout=5)
    asking = replace(asking, inform=True, link_local=True, patience=2)
    lines = str(asking.files(place)["dhcpcd.conf"]).splitlines()
    added = {"hostname c", "noarp", "request 10.0.0.9", "release", "inform", "reboot 2"}
    assert not added & set(plain)
    assert {*added, "timeout 5"} <= set(lines)
    assert ("noipv4ll" in plain, "noipv4ll" in lines) == (True, False)
    assert {"nodelay", "option subnet_mask, routers, domain_name_servers"} <= set(plain)


def test_what_dhcpcd_says_it_sent_is_read_from_its_log() -> None:
    said = (
        "c-eth0: sending DISCOVER (xid 0xeab2b84c), next in 4.0 seconds\n"
        "c-eth0: offered 192.168.10.108 from 192.168.10.1\n"
        "c-eth0: sending RELEASE with xid 0x10\n"
    )
    assert parse_sent(said) == [
        {"message": "DISCOVER", "xid": 0xEAB2B84C},
        {"message": "RELEASE", "xid": 16},
    ]


@pytest.mark.parametrize("name", ["udhcpc", "dhcpcd"])
def test_a_lease_sets_the_interface_up(name: str, play: Any) -> None:
    def work(lab: Lab) -> tuple[Lease, str, str]:
        start(lab, lab["s"], _server(lab))
        c = lab["c"]
        lease = udhcpc(c, QUICK[name]) if name == "udhcpc" else dhcpcd(c, QUICK[name])
        routes = c.run(["ip", "route"]).stdout
        return lease, routes, c.run(["cat", "/etc/resolv.conf"]).stdout

    lease, routes, resolver = play(Dhcp(), work)
    assert (lease.prefix, lease.server, lease.seconds) == (24, "192.168.10.1", 7200)
    assert (lease.renewal, lease.rebinding) == (3600, 6300)
    assert lease.routers == lease.name_servers == ("192.168.10.1",)
    assert "default via 192.168.10.1 dev c-eth0" in routes
    assert f"src {lease.ip}" in routes
    assert resolver == "nameserver 192.168.10.1\n"


@pytest.mark.parametrize("name", ["udhcpc", "dhcpcd"])
def test_a_client_that_stays_is_ready_with_its_lease(name: str) -> None:
    def work(lab: Lab) -> tuple[Any, str]:
        start(lab, lab["s"], _server(lab))
        running = start(lab, lab["c"], QUICK[name])
        running.check()
        addresses = lab["c"].run(["ip", "-4", "address"]).stdout
        running.stop()
        return running.facts()["leases"], addresses

    leases, addresses = in_lab(Dhcp(), work)
    assert len(leases) == 1
    assert f"inet {leases[0].ip}/24" in addresses


@pytest.mark.parametrize(
    "client",
    [Udhcpc(probe=False, announce=False, release=True), Dhcpcd(probe=False, release=True)],
    ids=["udhcpc", "dhcpcd"],
)
def test_a_client_releases_its_lease_if_told_to(client: Udhcpc | Dhcpcd) -> None:
    def work(lab: Lab) -> dict[str, Any]:
        server = start(lab, lab["s"], _server(lab))
        start(lab, lab["c"], client).stop()
        lab["s"].run(["ping", "-c1", "-w1", lab["s"].ip()])  # the server handles what came first
        server.stop()
        return server.facts()

    facts = in_lab(Dhcp(), work)
    assert facts["messages"][-1]["message"] == "DHCPRELEASE"
    assert facts["leases"] == []


def test_a_client_without_a_server_gets_no_lease() -> None:
    with pytest.raises(CommandFailed, match="no lease, exit status 1"):
        in_lab(Dhcp(), lambda lab: udhcpc(lab["c"], Udhcpc(retry=1, attempts=1)))
