"""dnsmasq: its configuration, its files, its service."""

from typing import Any

import pytest
from traffic_labs import in_lab

from wirelab.emulator import DaemonDied, Lab
from wirelab.topologies.dhcp import Dhcp
from wirelab.traffic.clients import Udhcpc, udhcpc
from wirelab.traffic.daemon import Place, start
from wirelab.traffic.servers import Boot, Dnsmasq
from wirelab.traffic.servers.dnsmasq import parse_leases, parse_log


def _lines(daemon: Dnsmasq, place: Place) -> list[str]:
    lines = daemon.files(place)["dnsmasq.conf"].splitlines()
    return [line for line in lines if not line.startswith("#")]


def test_the_pool_is_counted_from_the_network_of_its_node(place: Place) -> None:
    lines = _lines(Dnsmasq(first=10, last=20, lease=3600), place)
    assert "dhcp-range=192.168.10.10,192.168.10.20,255.255.255.0,3600" in lines
    assert "interface=s-eth0" in lines


def test_the_pool_of_another_network_is_served_over_a_relay(place: Place) -> None:
    lines = _lines(Dnsmasq(network="10.1.0.0/16"), place)
    assert "dhcp-range=10.1.0.201,10.1.0.250,255.255.0.0,86400" in lines


def test_the_default_is_authoritative_and_checks_for_free_addresses(place: Place) -> None:
    lines = _lines(Dnsmasq(), place)
    assert "dhcp-authoritative" in lines
    assert "no-ping" not in lines


def test_every_switch_is_one_line(place: Place) -> None:
    lines = _lines(Dnsmasq(authoritative=False, ping_check=False, sequential=True), place)
    assert "dhcp-authoritative" not in lines
    assert {"no-ping", "dhcp-sequential-ip"} <= set(lines)


def test_options_are_named_or_numbered(place: Place) -> None:
    options = {"router": "192.168.10.1", "42": "192.168.10.2"}
    lines = _lines(Dnsmasq(options=options, forced_options={"28": "192.168.10.255"}), place)
    assert [line for line in lines if line.startswith("dhcp-option")] == [
        "dhcp-option=option:router,192.168.10.1",
        "dhcp-option=42,192.168.10.2",
        "dhcp-option-force=28,192.168.10.255",
    ]


def test_boot_and_reservations_are_written(place: Place) -> None:
    boot = Boot("pxelinux.0", "files.example.test", "192.168.10.1")
    lines = _lines(Dnsmasq(boot=boot, reserved={"02:00:00:00:00:01": 77}), place)
    assert "dhcp-boot=pxelinux.0,files.example.test,192.168.10.1" in lines
    assert "dhcp-host=02:00:00:00:00:01,192.168.10.77" in lines


def test_leases_are_read() -> None:
    text = "1795518479 02:00:00:00:00:11 192.168.10.110 * 01:02:00:00:00:00:11\n"
    assert parse_leases(text) == [
        {
            "expires": 1795518479,
            "mac": "02:00:00:00:00:11",
            "ip": "192.168.10.110",
            "hostname": "*",
            "client_id": "01:02:00:00:00:00:11",
        }
    ]


LOG = """\
Nov 23 11:11:27 dnsmasq-dhcp[43]: 1482757758 client provides name: c
Nov 23 11:11:27 dnsmasq-dhcp[43]: 1482757758 DHCPDISCOVER(s-eth0) 02:00:00:00:00:11 
Nov 23 11:11:27 dnsmasq-dhcp[43]: 1482757758 tags: s-eth0
Nov 23 11:11:27 dnsmasq-dhcp[43]: 1482757758 DHCPOFFER(s-eth0) 192.168.10.110 02:00:00:00:00:11 
Nov 23 11:11:27 dnsmasq-dhcp[43]: 7 DHCPNAK(s-eth0) 10.0.0.9 02:00:00:00:00:12 wrong network
"""  # noqa: W291 - as dnsmasq writes it


def test_messages_are_read_from_the_log() -> None:
    found = parse_log(LOG)
    assert [(m["message"], m["xid"], m["ip"], m["mac"]) for m in found] == [
        ("DHCPDISCOVER", 1482757758, None, "02:00:00:00:00:11"),
        ("DHCPOFFER", 1482757758, "192.168.10.110", "02:00:00:00:00:11"),
        ("DHCPNAK", 7, "10.0.0.9", "02:00:00:00:00:12"),
    ]


def test_it_serves_and_knows_its_leases(play: Any) -> None:
    def work(lab: Lab) -> tuple[str, dict[str, Any]]:
        running = start(lab, lab["s"], Dnsmasq(ping_check=False, sequential=True))
        lease = udhcpc(lab["c"], Udhcpc(hostname="c", probe=False, announce=False))
        running.stop()
        return lease.ip, running.facts()

    ip, facts = play(Dhcp(), work)
    assert ip == "192.168.10.201"
    assert [(lease["ip"], lease["hostname"]) for lease in facts["leases"]] == [(ip, "c")]
    assert [message["message"] for message in facts["messages"]] == [
        "DHCPDISCOVER",
        "DHCPOFFER",
        "DHCPREQUEST",
        "DHCPACK",
    ]


def test_an_option_that_dnsmasq_does_not_know_is_reported() -> None:
    bad = Dnsmasq(options={"nonsense": "1"})
    with pytest.raises(DaemonDied, match="dnsmasq on s ended with exit status 1") as caught:
        in_lab(Dhcp(), lambda lab: start(lab, lab["s"], bad))
    assert "bad option" in caught.value.log_tail or "bad dhcp-option" in caught.value.log_tail
