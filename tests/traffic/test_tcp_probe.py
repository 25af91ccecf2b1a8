"""One attempt to connect and what comes of it."""

from traffic_labs import in_lab

from wirelab.emulator import Lab
from wirelab.topologies.routed import Routed
from wirelab.traffic.clients import TcpProbe, tcp_probe
from wirelab.traffic.daemon import start
from wirelab.traffic.tcp_peers import DRAIN, TcpListener

PORT = 7000


def test_a_port_on_which_somebody_listens_is_open() -> None:
    def work(lab: Lab) -> TcpProbe:
        start(lab, lab["s"], TcpListener(PORT, ((DRAIN,),)))
        return tcp_probe(lab["c"], lab["s"].ip(), PORT)

    probe = in_lab(Routed(), work)
    assert (probe.port, probe.error) == (PORT, "")
    assert probe.source_port > 0


def test_a_port_on_which_nobody_listens_is_refused() -> None:
    probe = in_lab(Routed(), lambda lab: tcp_probe(lab["c"], lab["s"].ip(), PORT))
    assert probe.error == "ECONNREFUSED"


def test_silence_is_a_timeout() -> None:
    def work(lab: Lab) -> TcpProbe:
        lab["c"].sysctl("net.ipv4.tcp_syn_retries", 1)
        lab["r1"].run(["nft", "-f", "-"], input=_DROP)
        return tcp_probe(lab["c"], lab["s"].ip(), PORT, retries=1)

    assert in_lab(Routed(), work).error == "ETIMEDOUT"


_DROP = """
table ip filter {
    chain forward { type filter hook forward priority 0; tcp dport 7000 drop; }
}
"""
