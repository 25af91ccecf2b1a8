"""Captures of other people, judged by the catalogue's expectations."""

from pathlib import Path

import pytest

from wirelab.run.plan import plan
from wirelab.verify import Verdict, judge, read_capture

CAPTURES = Path(__file__).parents[2] / "shared" / "captures"

pytestmark = pytest.mark.skipif(
    not CAPTURES.is_dir(), reason=f"the foreign captures are not there ({CAPTURES.parent.name}/)"
)


def judged(file: str, scenario: str, *assignments: str) -> Verdict:
    (job,) = plan([scenario], assignments, seed=0)
    return judge(job.scenario.expect(job.settings), read_capture(CAPTURES / file))


@pytest.mark.parametrize(
    ("file", "scenario", "assignments", "names"),
    [
        (
            "dhcp_nolease_initialization.pcapng",
            "dhcp-dora",
            (),
            {"s.ip": "192.168.1.5", "lease.ip": "192.168.1.10"},
        ),
        (
            "tcpdump-dhcp-rfc3004.pcap",
            "dhcp-dora",
            (),
            {"s.ip": "192.168.1.1", "lease.ip": "192.168.1.4"},
        ),
        (
            "arp_resolution.pcapng",
            "arp-cold-resolve",
            (),
            {"c.ip": "192.168.0.114", "s.mac": "00:13:46:0b:22:ba"},
        ),
        ("tcpdump-tftp.pcap", "tftp", ("size=1133",), {}),
        (
            "dns_query_response.pcapng",
            "dns-simple",
            ("ttl=14400",),
            {"rec.ip": "205.152.37.23", "www.name": "wireshark.org"},
        ),
        (
            "ip_frag_source.pcapng",
            "frag-source",
            ("size=3500",),
            {"c.ip": "10.10.0.3", "s.ip": "192.168.0.128"},
        ),
    ],
)
def test_a_capture_that_shows_the_behaviour_passes_with_its_own_addresses(
    file: str, scenario: str, assignments: tuple[str, ...], names: dict[str, str]
) -> None:
    verdict = judged(file, scenario, *assignments)
    assert not verdict.problems
    assert names.items() <= verdict.names.items()


@pytest.mark.parametrize(
    ("file", "scenario", "missing", "field"),
    [
        ("dhcp_inlease_renewal.pcapng", "dhcp-dora", "discover", "dhcp.option.dhcp"),
        ("dns_query_response.pcapng", "dns-recursion", "answer", "dns.count.answers"),
        ("ip_frag_source.pcapng", "frag-source", "request3", "ip.len"),
        ("icmpv6_neighbor_solicitation.pcapng", "v6-ndp", "who_is_the_way_back", "eth.src"),
    ],
)
def test_a_capture_that_differs_says_in_which_step_and_field(
    file: str, scenario: str, missing: str, field: str
) -> None:
    verdict = judged(file, scenario)
    (problem,) = [each for each in verdict.problems if each.step == missing]
    assert problem.nearest is not None
    assert field in [each.subject for each in problem.nearest.differences]


@pytest.mark.parametrize("file", ["tcp_handshake.pcapng", "icmp_echo.pcapng", "tcpdump-tftp.pcap"])
@pytest.mark.parametrize(
    "scenario", ["arp-cold-resolve", "dhcp-dora", "dns-recursion", "ftp-passive", "unreach-port"]
)
def test_a_capture_of_something_else_fails(file: str, scenario: str) -> None:
    assert not judged(file, scenario).passed
