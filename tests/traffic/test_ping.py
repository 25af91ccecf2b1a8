"""What ping says."""

from typing import Any

import pytest
from traffic_labs import in_lab

from wirelab.emulator import CommandFailed, Lab
from wirelab.topologies.routed import Routed
from wirelab.traffic.clients import Ping, ping
from wirelab.traffic.clients.ping import Complaint, Reply, parse_ping

ANSWERED = """\
PING 10.0.20.20 (10.0.20.20) 56(84) bytes of data.
64 bytes from 10.0.20.20: icmp_seq=1 ttl=63 time=0.293 ms
64 bytes from 10.0.20.20: icmp_seq=2 ttl=63 time=0.078 ms

--- 10.0.20.20 ping statistics ---
2 packets transmitted, 2 received, 0% packet loss, time 103ms
rtt min/avg/max/mdev = 0.078/0.185/0.293/0.107 ms
"""

UNREACHABLE = """\
PING 203.0.113.1 (203.0.113.1) 56(84) bytes of data.
From 192.168.10.1 icmp_seq=1 Destination Net Unreachable

--- 203.0.113.1 ping statistics ---
1 packets transmitted, 0 received, +1 errors, 100% packet loss, time 0ms

"""

TOO_BIG = """\
PING 10.0.20.20 (10.0.20.20) 1473(1501) bytes of data.

--- 10.0.20.20 ping statistics ---
1 packets transmitted, 0 received, +1 errors, 100% packet loss, time 0ms

ping: local error: message too long, mtu=1500
"""


def test_replies_have_sender_sequence_ttl_and_time() -> None:
    result = parse_ping(ANSWERED)
    assert (result.transmitted, result.received, result.errors) == (2, 2, ())
    assert result.replies[0] == Reply("10.0.20.20", 1, 63, 0.293)
    assert result.round_trips == (0.293, 0.078)


def test_an_icmp_error_has_its_sender_and_what_it_means() -> None:
    error = Complaint("192.168.10.1", 1, "Destination Net Unreachable")
    assert parse_ping(UNREACHABLE) == Ping(1, 0, (), (error,))


def test_a_refusal_of_the_own_kernel_has_no_sender() -> None:
    assert parse_ping(TOO_BIG).errors == (Complaint("", None, "message too long, mtu=1500"),)


def test_ipv6_addresses_and_zones_are_read() -> None:
    line = "64 bytes from fe80::1%c-eth0: icmp_seq=7 ttl=64 time=1.20 ms\n"
    assert parse_ping(line).replies == (Reply("fe80::1%c-eth0", 7, 64, 1.2),)


def test_a_redirect_is_no_error_of_the_request() -> None:
    line = "From 192.168.10.1 icmp_seq=1 Redirect Host(New nexthop: 192.168.10.2)\n"
    assert parse_ping(line).errors == ()


def _ping(lab: Lab, destination: str = "", **options: Any) -> Ping:
    return ping(lab["c"], destination or lab["s"].ip(), **options)


def test_ping_pings() -> None:
    result = in_lab(Routed(), lambda lab: _ping(lab, count=2, interval=0.01, size=100, tos=0x28))
    assert (result.transmitted, result.received, result.errors) == (2, 2, ())
    assert [(reply.sequence, reply.ttl) for reply in result.replies] == [(1, 63), (2, 63)]


def test_an_error_on_the_way_is_told_when_replies_may_be_missing() -> None:
    result = in_lab(Routed(), lambda lab: _ping(lab, ttl=1, check=False))
    assert result.errors == (Complaint("192.168.10.1", 1, "Time to live exceeded"),)


def test_with_df_what_is_too_big_is_not_sent() -> None:
    result = in_lab(Routed(), lambda lab: _ping(lab, size=1473, df="do", deadline=1, check=False))
    assert result.errors[0].reason == "message too long, mtu=1500"


def test_a_reply_that_is_missing_fails() -> None:
    with pytest.raises(CommandFailed, match="Destination Net Unreachable"):
        in_lab(Routed(), lambda lab: _ping(lab, "203.0.113.1", deadline=1))


def test_a_wrong_address_fails_even_unchecked() -> None:
    with pytest.raises(CommandFailed, match="exit status 2"):
        in_lab(Routed(), lambda lab: _ping(lab, "no-such-host", check=False))
