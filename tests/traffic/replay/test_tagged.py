"""What VLAN tags mean to a replay by hosts."""

import pytest
from frames import MS, START
from mininet.topo import Topo
from scapy.layers.inet import IP, UDP
from scapy.layers.l2 import Dot1Q, Ether

from wirelab.topologies.lan import Lan
from wirelab.topologies.routed import Routed
from wirelab.traffic.replay.errors import ReplayError
from wirelab.traffic.replay.hosts import prepare
from wirelab.traffic.replay.hosts_options import HostsOptions
from wirelab.traffic.replay.rewrite import Vlan
from wirelab.traffic.replay.rewrite.rewriting import Tagging
from wirelab.traffic.replay.tagged import crowding, tags
from wirelab.verify import Capture, Frame, Point

A, B = "02:00:00:00:00:0a", "02:00:00:00:00:0b"
ADD, REMOVE = Vlan(Tagging.ADD, 5), Vlan(Tagging.REMOVE)


def tagged(*outermost_first: tuple[int, int], size: int = 100) -> bytes:
    types = [kind for kind, _ in outermost_first]
    packet = Ether(src=A, dst=B, type=[*types, 0x0800][0])
    for number, (_, vlan) in enumerate(outermost_first, 1):
        packet /= Dot1Q(vlan=vlan, type=[*types, 0x0800][number])
    return bytes(packet / IP(src="192.0.2.1", dst="192.0.2.2") / UDP() / bytes(size - 28))


def prepared(topo: Topo, *frames: bytes, **options: object) -> None:
    found = [Frame(n, START + n * MS, "", each, len(each), 1) for n, each in enumerate(frames, 1)]
    prepare(Capture(tuple(found), (Point(""),)), topo, options=HostsOptions(**options))  # type: ignore[arg-type] # as given


def test_tags_are_those_that_the_frame_has_in_the_end() -> None:
    two = tagged((0x88A8, 3), (0x8100, 7))
    assert tags(two) == [(0x88A8, 3), (0x8100, 7)]
    assert tags(two, ADD) == [(0x8100, 5), (0x88A8, 3), (0x8100, 7)]
    assert tags(two, REMOVE) == [(0x8100, 7)]
    assert tags(two, Vlan(Tagging.CHANGE, 9, 3)) == [(0x88A8, 9), (0x8100, 7)]
    assert tags(two, Vlan(Tagging.CHANGE, 9, 4)) == tags(two)
    assert tags(tagged(), REMOVE) == []
    assert [crowding(tags(each)) for each in (tagged(), tagged((0x8100, 1)), two)] == [0, 0, 8]


def test_only_one_tag_comes_on_top_of_an_mtu() -> None:
    prepared(Lan(), tagged((0x8100, 7), size=1500))
    prepared(Lan(), tagged((0x8100, 3), (0x8100, 7), size=1500), vlan=REMOVE)
    for frame, vlan in (
        (tagged((0x8100, 3), (0x8100, 7), size=1500), None),
        (tagged((0x88A8, 3), size=1500), None),
        (tagged((0x8100, 3), size=1500), ADD),
    ):
        with pytest.raises(ReplayError, match="bytes of stacked tags"):
            prepared(Lan(), frame, vlan=vlan)


def test_what_a_router_is_to_forward_is_in_no_vlan() -> None:
    prepared(Lan(), tagged((0x8100, 7)))
    prepared(Routed(), tagged((0x8100, 7)), vlan=REMOVE)
    for frame, vlan in ((tagged((0x8100, 7)), None), (tagged(), ADD)):
        with pytest.raises(ReplayError, match=r"VLAN [57].* \(--vlan remove\)"):
            prepared(Routed(), frame, vlan=vlan)
    prepared(Routed(), tagged((0x8100, 7)), routers="recorded")
