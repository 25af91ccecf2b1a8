"""What traceroute says."""

from typing import Literal

import pytest
from traffic_labs import in_lab

from wirelab.emulator import Lab
from wirelab.topologies.routed import Routed
from wirelab.traffic.clients import Hop, traceroute
from wirelab.traffic.clients.traceroute import parse_traceroute

HEADER = "traceroute to 10.0.20.20 (10.0.20.20), 30 hops max, 60 byte packets\n"


def test_a_hop_has_its_address_and_a_time_per_probe() -> None:
    said = HEADER + " 1  192.168.10.1  0.045 ms  0.009 ms\n 2  10.0.20.20  0.021 ms  0.012 ms\n"
    assert parse_traceroute(said) == (
        Hop(1, "192.168.10.1", (0.045, 0.009), ""),
        Hop(2, "10.0.20.20", (0.021, 0.012), ""),
    )


def test_silence_is_a_star() -> None:
    assert parse_traceroute(HEADER + " 1  * *\n") == (Hop(1, "*", (), ""),)


def test_a_probe_may_be_lost_before_one_is_answered() -> None:
    said = HEADER + " 1  * 192.168.10.1  0.3 ms\n"
    assert parse_traceroute(said) == (Hop(1, "192.168.10.1", (0.3,), ""),)


def test_the_kind_of_error_is_its_mark() -> None:
    said = HEADER + " 2  192.168.10.1  0.043 ms !N\n"
    assert parse_traceroute(said) == (Hop(2, "192.168.10.1", (0.043,), "!N"),)


def test_ipv6_addresses_are_read() -> None:
    said = "traceroute to 2001:db8::2 (2001:db8::2), 30 hops max\n 1  2001:db8::1  0.1 ms\n"
    assert parse_traceroute(said) == (Hop(1, "2001:db8::1", (0.1,), ""),)


@pytest.mark.parametrize("method", ["udp", "icmp", "tcp"])
def test_the_path_is_traced(method: Literal["udp", "icmp", "tcp"]) -> None:
    def work(lab: Lab) -> tuple[tuple[Hop, ...], list[str]]:
        hops = traceroute(lab["c"], lab["s"].ip(), method=method, probes=2)
        return hops, [lab["r1"].ip(), lab["s"].ip()]

    hops, path = in_lab(Routed(), work)
    assert [hop.address for hop in hops] == path
    assert all(len(hop.round_trips) == 2 for hop in hops)


def test_tracing_stops_where_it_is_told_to() -> None:
    hops = in_lab(Routed(hops=3), lambda lab: traceroute(lab["c"], lab["s"].ip(), max_hops=2))
    assert [hop.ttl for hop in hops] == [1, 2]


def test_a_protocol_that_nobody_speaks_arrives_with_one_probe() -> None:
    hops = in_lab(
        Routed(),
        lambda lab: traceroute(lab["c"], "10.0.20.20", protocol=253, first_ttl=64, max_hops=64),
    )
    assert [(hop.ttl, hop.address, hop.mark) for hop in hops] == [(64, "10.0.20.20", "!P")]
