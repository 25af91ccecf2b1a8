"""One sighting a packet."""

from hypothesis import given
from hypothesis import strategies as st
from scapy.layers.inet import IP, UDP, fragment
from scapy.layers.l2 import ARP, Ether
from scapy.packet import Packet

from wirelab.topologies.routed import Routed
from wirelab.traffic.replay.glance import glance
from wirelab.traffic.replay.network import Network
from wirelab.traffic.replay.sightings import Sighting, first_on_link, first_on_way, interfaces
from wirelab.verify import Frame, Point, Way

A, B, R, Q = (f"02:00:00:00:00:{n}" for n in ("0a", "0b", "f1", "f2"))
MS = 1_000_000
Seen = tuple[str, int, Packet]


def frames(*seen: Seen) -> list[Frame]:
    datas = [(point, time * MS, bytes(packet)) for point, time, packet in seen]
    return [
        Frame(number, time, point, data, len(data))
        for number, (point, time, data) in enumerate(datas, 1)
    ]


def firsts(
    made: list[Frame], ways: dict[str, dict[str, Way]] | None = None, mirrors: tuple[str, ...] = ()
) -> list[Sighting]:
    return first_on_way(made, [glance(each.data) for each in made], ways or {}, mirrors)


def ping(number: int = 1, ttl: int = 64, macs: tuple[str, str] = (A, R)) -> Packet:
    network = IP(src="10.0.0.1", dst="10.9.0.1", id=number, ttl=ttl)
    return Ether(src=macs[0], dst=macs[1]) / network / UDP() / b"hello"


def test_a_packet_seen_before_and_behind_a_router_is_one() -> None:
    made = frames(("lan", 0, ping()), ("wan", 1, ping(ttl=63, macs=(Q, B))), ("lan", 9, ping(2)))
    found = firsts(made)
    assert [each.at for each in found] == [0, 2]
    assert found[0].arrived == 1 * MS


def test_the_same_packet_sent_again_is_another() -> None:
    made = frames(("lan", 0, ping()), ("wan", 1, ping(ttl=63)), ("lan", 5, ping()))
    assert [each.at for each in firsts(made)] == [0, 2]


def test_fragments_that_a_router_made_are_no_packets_of_the_host() -> None:
    whole = Ether(src=A, dst=R) / IP(src="10.0.0.1", dst="10.9.0.1", id=3) / UDP() / bytes(1400)
    parts = [Ether(src=Q, dst=B) / each for each in fragment(whole[IP], 800)]
    ways = {"wan": {"10.0.0.1": Way(Q, 1, ("lan",))}, "lan": {"10.0.0.1": Way(A, 0)}}
    made = frames(("lan", 0, whole), *(("wan", 1 + n, each) for n, each in enumerate(parts)))
    (found,) = firsts(made, ways)
    assert (found.at, found.arrived, found.hops) == (0, 2 * MS, 0)


def test_what_is_first_seen_behind_routers_tells_how_many() -> None:
    made = frames(("wan", 0, ping(ttl=61)))
    assert firsts(made, {"wan": {"10.0.0.1": Way(Q, 3, ("lan",))}})[0].hops == 3


def test_an_analyzer_with_copies_of_several_ports_sees_one_packet_twice() -> None:
    made = frames(("m", 0, ping()), ("m", 0, ping()), ("m", 50, ping()))
    assert [each.at for each in firsts(made, mirrors=("m",))] == [0, 2]
    assert [each.at for each in first_on_link(made, {"m": 1}, ["m"])] == [0, 2]


def test_two_points_of_a_link_see_one_frame_and_two_links_two() -> None:
    asks = Ether(src=A, dst="ff:ff:ff:ff:ff:ff") / ARP()
    made = frames(("c", 0, asks), ("x", 0, asks), ("wan", 0, asks), ("c", 2000, asks))
    found = first_on_link(made, {"c": 1, "x": 1, "wan": 2}, [])
    assert [each.at for each in found] == [0, 2, 3]


def test_points_of_the_lab_say_where_they_were() -> None:
    points = [Point("lan", "interface r1-eth0 of the lab"), Point("y", "eth0"), Point("z", "")]
    assert interfaces(points, Network.of(Routed())) == {"lan": "r1-eth0"}


@given(st.lists(st.tuples(st.sampled_from(["a", "b"]), st.integers(0, 3), st.integers(60, 64))))
def test_every_packet_is_kept_and_none_twice(seen: list[tuple[str, int, int]]) -> None:
    made = frames(*((point, n, ping(number, ttl)) for n, (point, number, ttl) in enumerate(seen)))
    found = firsts(made)
    assert {made[each.at].data[18:20] for each in found} == {each.data[18:20] for each in made}
    assert len({each.at for each in found}) == len(found)
