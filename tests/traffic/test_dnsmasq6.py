"""dnsmasq beside an IPv6 router: its configuration, its files, its service."""

from typing import Any

from wirelab.emulator import Lab
from wirelab.topologies.lan6 import Lan6
from wirelab.traffic.clients import Dhcpcd6, Lease6, addresses6, dhcpcd6
from wirelab.traffic.clients.dhcpcd6 import lease6
from wirelab.traffic.daemon import Place, start
from wirelab.traffic.servers import Dnsmasq6
from wirelab.traffic.servers.dnsmasq6 import parse_leases6, parse_log6


def _lines(daemon: Dnsmasq6, place: Place) -> list[str]:
    lines = daemon.files(place)["dnsmasq.conf"].splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def test_without_a_pool_hosts_make_their_addresses(place: Place) -> None:
    lines = _lines(Dnsmasq6(lifetime=900, router_lifetime=1200, interval=300), place)
    assert "dhcp-range=::,constructor:s-eth0,ra-only,64,900" in lines
    assert "ra-param=s-eth0,300,1200" in lines


def test_a_pool_is_counted_from_the_prefix(place: Place) -> None:
    lines = _lines(Dnsmasq6(pool=(0x100, 0x1FF), options={"dns-server": "[2001:db8::1]"}), place)
    assert "dhcp-range=::100,::1ff,constructor:s-eth0,64,3600" in lines
    assert "dhcp-option=option6:dns-server,[2001:db8::1]" in lines
    assert "dhcp-duid=32473,00:00:00:01" in lines


def test_its_leases_and_its_log_are_read() -> None:
    leases = "duid 00:02:00:00:7e:d9:01\n1795622319 219 2001:db8::1b1 * 00:03:00:01:a6\n"
    assert parse_leases6(leases) == [
        {"iaid": 219, "ip": "2001:db8::1b1", "hostname": "*", "duid": "00:03:00:01:a6"}
        | {"expires": 1795622319}
    ]
    log = (
        "Nov 25 14:58:39 dnsmasq-dhcp[4]: RTR-ADVERT(r1-eth0) 2001:db8:10::\n"
        "Nov 25 14:58:39 dnsmasq-dhcp[4]: 2500029 vendor class: 40712\n"
        "Nov 25 14:58:39 dnsmasq-dhcp[4]: 2500029 DHCPREPLY(r1-eth0) 2001:db8::1b1 00:03:a6 \n"
    )
    assert parse_log6(log) == [
        {"message": "RTR-ADVERT", "interface": "r1-eth0", "about": "2001:db8:10::"},
        {"message": "DHCPREPLY", "interface": "r1-eth0", "about": "2001:db8::1b1 00:03:a6"},
    ]


def test_a_client_says_who_it_is_without_the_time_of_day(place: Place) -> None:
    config = str(Dhcpcd6(vendor="lab").files(place)["dhcpcd6.conf"]).splitlines()
    assert {"duid ll", "noipv6rs", "vendclass 32473 lab"} <= set(config)


def test_what_is_no_lease_is_none() -> None:
    assert lease6({"reason": "PREINIT"}) is None
    assert lease6({"reason": "BOUND6"}) is None


def test_a_host_boots_and_gets_an_address(play: Any) -> None:
    def work(lab: Lab) -> tuple[Lease6, list[str], dict[str, object]]:
        server = start(lab, lab["r1"], Dnsmasq6(pool=(0x100, 0x1FF), lifetime=7200))
        lab["c"].sysctl("net.ipv6.conf.c-eth0.disable_ipv6", 0)
        addresses6(lab["c"], "link")
        lease = dhcpcd6(lab["c"])
        has = [address.ip for address in addresses6(lab["c"], "global")]
        return lease, has, server.facts()

    lease, has, facts = play(Lan6(), work)
    assert lease.ip in has
    assert (lease.preferred, lease.valid) == (7200, 7200)
    assert facts["leases"][0]["ip"] == lease.ip
    assert "DHCPREPLY" in [told["message"] for told in facts["messages"]]
