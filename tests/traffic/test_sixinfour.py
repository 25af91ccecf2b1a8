"""A tunnel for IPv6 through IPv4."""

from typing import Any

from wirelab.emulator import Lab
from wirelab.topologies.tunnel6 import Tunnel6
from wirelab.traffic.clients import Ping, ping
from wirelab.traffic.daemon import start
from wirelab.traffic.servers import SixInFour

FITS = 1480 - 40 - 8
"""Data bytes of the largest echo request that the tunnel carries whole."""


def test_packets_pass_both_ways_as_large_as_its_mtu(play: Any) -> None:
    def work(lab: Lab) -> tuple[Ping, str]:
        c, s = lab["c"], lab["s"]
        start(lab, c, SixInFour(s.ip(), "2001:db8::1/64"))
        start(lab, s, SixInFour(c.ip(), "2001:db8::2/64"))
        fits = ping(c, "2001:db8::2", size=FITS, df="do")
        too_large = ping(c, "2001:db8::2", size=FITS + 1, df="do", check=False, wait=1)
        return fits, too_large.errors[0].reason

    fits, reason = play(Tunnel6(), work)
    assert fits.received == 1
    assert fits.replies[0].ttl == 64
    assert "too long" in reason
