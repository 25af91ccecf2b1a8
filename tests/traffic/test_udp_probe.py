"""One datagram and what comes of it."""

from traffic_labs import in_lab

from wirelab.emulator import Lab
from wirelab.topologies.routed import Routed
from wirelab.traffic.clients import Probe, udp_probe

CLOSED = 33999
FULL_TIMESTAMP = bytes((68, 4, 5, 0))


def test_a_closed_port_is_reported_as_refused() -> None:
    def work(lab: Lab) -> tuple[Probe, str]:
        return udp_probe(lab["c"], lab["s"].ip(), CLOSED, "x", source_port=5000), lab["s"].ip()

    probe, server = in_lab(Routed(), work)
    assert probe == Probe(server, CLOSED, 5000, "x", "ECONNREFUSED", "")


def test_a_network_that_is_not_there_is_reported_as_unreachable() -> None:
    probe = in_lab(Routed(), lambda lab: udp_probe(lab["c"], "203.0.113.1", CLOSED))
    assert probe.error == "ENETUNREACH"
    assert probe.source_port > 0


def test_silence_is_no_error() -> None:
    def work(lab: Lab) -> Probe:
        lab["s"].run(["nft", "-f", "-"], input=_DROP)
        return udp_probe(lab["c"], lab["s"].ip(), CLOSED, wait=0.1)

    probe = in_lab(Routed(), work)
    assert (probe.error, probe.answer) == ("", "")


def test_options_go_into_the_header() -> None:
    def work(lab: Lab) -> Probe:
        return udp_probe(lab["c"], lab["s"].ip(), CLOSED, options=FULL_TIMESTAMP)

    assert in_lab(Routed(hops=16), work).error == "EPROTO"  # the sixteenth cannot count it
    assert in_lab(Routed(), work).error == "ECONNREFUSED"


_DROP = """
table ip filter {
    chain input { type filter hook input priority 0; udp dport 33999 drop; }
}
"""
