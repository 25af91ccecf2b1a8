"""What arp-scan finds."""

from typing import Any

from wirelab.emulator import Lab
from wirelab.topologies.crowd import Crowd
from wirelab.traffic.clients import Station, arp_scan
from wirelab.traffic.clients.arp_scan import parse_arp_scan


def test_stations_are_read() -> None:
    said = "192.168.10.1\t02:28:53:d3:25:cd\n192.168.10.30\t02:25:25:2d:f7:24\n\n"
    assert parse_arp_scan(said) == (
        Station("192.168.10.1", "02:28:53:d3:25:cd"),
        Station("192.168.10.30", "02:25:25:2d:f7:24"),
    )


def test_nobody_is_read() -> None:
    assert parse_arp_scan("") == ()


def test_it_finds_everybody_who_has_an_address(play: Any) -> None:
    def work(lab: Lab) -> tuple[tuple[Station, ...], list[Station]]:
        hosts = [lab[f"h{n}"] for n in (1, 2, 3)]
        return arp_scan(lab["c"], passes=1), [Station(host.ip(), host.mac()) for host in hosts]

    found, there = play(Crowd(hosts=3), work)
    assert list(found) == there
