"""Captures of other people, played by the hosts of our topologies."""

from pathlib import Path

import pytest
from mininet.topo import Topo
from replayed import replayed

from wirelab.topologies.lan import Lan
from wirelab.topologies.lan6 import Lan6
from wirelab.topologies.routed import Routed
from wirelab.topologies.routed6 import Routed6
from wirelab.traffic.replay.errors import ReplayError
from wirelab.traffic.replay.hosts_options import HostsOptions
from wirelab.verify import CaptureError, read_capture

CAPTURES = Path(__file__).parents[2] / "shared" / "captures"

pytestmark = pytest.mark.skipif(
    not CAPTURES.is_dir(), reason=f"the foreign captures are not there ({CAPTURES.parent.name}/)"
)

FOUR = (
    "arp_resolution.pcapng",
    "dhcp_inlease_renewal.pcapng",
    "dhcp_nolease_initialization.pcapng",
    "dns_query_response.pcapng",
    "icmp_echo.pcapng",
    "ip_frag_source.pcapng",
    "ip_ttl_source.pcapng",
    "tcp_handshake.pcapng",
    "tcp_refuseconnection.pcapng",
    "tcpdump-dhcp-rfc3004.pcap",
    "tcpdump-tftp.pcap",
)


@pytest.mark.parametrize("topology", [Lan, Routed])
@pytest.mark.parametrize("file", FOUR)
def test_every_packet_is_sent_and_arrives(file: str, topology: type[Topo]) -> None:
    capture = read_capture(CAPTURES / file)
    done = replayed(capture, topology, HostsOptions())
    assert not done.judged.problems
    assert done.played.otherwise == {}
    assert sum(done.judged.details["outcomes"].values()) == len(capture.frames)


def test_neighbours_of_one_link_need_one_with_room_for_both() -> None:
    capture = read_capture(CAPTURES / "icmpv6_neighbor_solicitation.pcapng")
    assert not replayed(capture, Routed6, HostsOptions()).judged.problems
    with pytest.raises(ReplayError, match="no host is left"):
        replayed(capture, Lan6, HostsOptions())


def test_what_is_no_ethernet_is_refused() -> None:
    with pytest.raises((ReplayError, CaptureError), match="link type"):
        replayed(read_capture(CAPTURES / "tcpdump-mpls-traceroute.pcap"), Lan, HostsOptions())
