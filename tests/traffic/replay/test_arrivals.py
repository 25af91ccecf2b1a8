"""The judge of a replay by hosts: what may become of a packet, and what not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scapy.layers.inet import ICMP, IP, UDP, fragment
from scapy.layers.l2 import Ether
from scapy.packet import Packet

from wirelab.traffic.replay.arrivals import Limits, Sent, departed, problems, received
from wirelab.traffic.replay.conductor import Outcome

A, B = "02:00:00:00:00:0a", "02:00:00:00:00:0b"
LIMITS = Limits(least_mtu=1400, routers=2)


def packet(size: int = 100, flags: str = "", ttl: int = 64, payload: bytes = b"") -> Packet:
    return (
        Ether(src=A, dst=B)
        / IP(src="10.0.0.1", dst="10.9.0.1", flags=flags, ttl=ttl, id=3)
        / (UDP(sport=1, dport=2) / (payload or bytes(size - 28)))
    )


def sent(made: Packet, hops: int | None = 2) -> Sent:
    return Sent(1, "c-eth0", ("s-eth0",), bytes(made), hops)


def told(made: Sent, outcome: Outcome | None) -> list[str]:
    return problems([made], {0: outcome} if outcome else {}, LIMITS)


def test_what_arrives_with_a_ttl_less_by_the_hops_is_right() -> None:
    assert not told(sent(packet()), Outcome(0, "arrived", 0, 62))


@pytest.mark.parametrize("ttl", [64, 63, 61, 65])
def test_another_ttl_is_a_problem(ttl: int) -> None:
    (problem,) = told(sent(packet()), Outcome(0, "arrived", 0, ttl))
    assert problem == f"frame 1: its TTL fell by {64 - ttl}, over 2 routers"


def test_what_is_lost_is_a_problem_that_names_the_frame() -> None:
    (problem,) = told(sent(packet()), None)
    assert problem == "frame 1: sent by c-eth0, and not seen at s-eth0"
    assert told(sent(packet()), Outcome(0, "unseen", 0)) == [problem]
    waited = Sent(4, "", ("c-eth0",), bytes(packet()))
    assert told(waited, None) == ["frame 4: no router sent its like to c-eth0"]


@pytest.mark.parametrize(
    ("made", "error", "fine"),
    [
        (packet(1500, "DF"), (3, 4), True),
        (packet(1500), (3, 4), False),
        (packet(1400, "DF"), (3, 4), False),
        (packet(ttl=2), (11, 0), True),
        (packet(ttl=3), (11, 0), False),
        (packet(), (3, 1), False),
    ],
)
def test_an_error_is_right_where_the_topology_explains_it(
    made: Packet, error: tuple[int, int], fine: bool
) -> None:
    found = told(sent(made), Outcome(0, "error", 0, 0, error[0] << 8 | error[1]))
    assert not found if fine else f"type {error[0]}, code {error[1]}" in found[0]


def test_an_error_that_was_recorded_is_right() -> None:
    made = packet()
    error = Ether(src=B, dst=A) / IP(src="10.0.0.2", dst="10.0.0.1") / ICMP(type=3, code=1)
    waited = Sent(2, "", ("c-eth0",), bytes(error / bytes(made)[14:42]))
    outcomes = {0: Outcome(0, "error", 0, 0, 3 << 8 | 1), 1: Outcome(1, "arrived", 0)}
    assert not problems([sent(made), waited], outcomes, LIMITS)
    other = sent(packet(payload=b"of another length"))
    assert problems([other, waited], outcomes, LIMITS), "it was recorded about another packet"


def test_fragments_of_what_fits_every_link_are_a_problem() -> None:
    assert not told(sent(packet(1500)), Outcome(0, "fragmented", 0, 62, 2))
    assert "2 fragments" in told(sent(packet(1400)), Outcome(0, "fragmented", 0, 62, 2))[0]


def test_what_left_an_interface_is_compared_byte_by_byte() -> None:
    one, two = sent(packet(100)), sent(packet(200))
    assert not departed([one, two], "c-eth0", [one.data, two.data])
    assert departed([one, two], "c-eth0", [two.data, one.data])
    assert departed([one, two], "c-eth0", [one.data]) == [
        "c-eth0: 2 frames were sent, and 1 left it"
    ]


@given(st.binary(min_size=1400, max_size=4000), st.sampled_from([400, 1000, 1376]), st.data())
def test_fragments_are_put_together_to_what_was_sent(
    payload: bytes, size: int, data: st.DataObject
) -> None:
    made = packet(payload=payload)
    parts = [bytes(Ether(src=A, dst=B) / each) for each in fragment(made[IP], size)]
    parts = data.draw(st.permutations(parts))
    outcomes = {0: Outcome(0, "fragmented", 0, 62, len(parts))}
    assert not received([sent(made)], outcomes, "s-eth0", parts)
    spoilt = bytearray(parts[0])
    spoilt[-1] ^= 1
    for wrong in (parts[1:], [bytes(spoilt), *parts[1:]], [*parts, parts[0]]):
        assert received([sent(made)], outcomes, "s-eth0", wrong)


def test_a_byte_that_changed_on_the_way_is_noticed() -> None:
    made = packet()
    outcomes = {0: Outcome(0, "arrived", 0, 62)}
    arrived = bytearray(bytes(packet(ttl=62)))
    assert not received([sent(made)], outcomes, "s-eth0", [bytes(arrived)])
    arrived[-1] ^= 1
    assert received([sent(made)], outcomes, "s-eth0", [bytes(arrived)])


def test_fragments_that_were_cut_again_are_put_together_each_by_itself() -> None:
    whole = packet(payload=bytes(range(256)) * 10)
    recorded = [bytes(Ether(src=A, dst=B) / each) for each in fragment(whole[IP], 1480)]
    parts = [
        bytes(Ether(src=A, dst=B) / part)
        for each in recorded
        for part in fragment(Ether(each)[IP], 1376)
    ]
    made = [Sent(n, "c-eth0", ("s-eth0",), each, 2) for n, each in enumerate(recorded, 1)]
    outcomes = {n: Outcome(n, "fragmented", 0, 62, 2) for n in range(len(made))}
    last = Ether(parts[1])
    last[IP].flags = "MF"  # scapy forgets that the fragment was not the last one
    parts[1] = bytes(last)
    assert not received(made, outcomes, "s-eth0", parts)
    assert received(made, outcomes, "s-eth0", parts[1:])


def test_datagrams_of_one_identification_are_put_together_each_by_itself() -> None:
    """RFC 6864: a host may use one identification again, and 65,536 are soon used up."""
    packets = [packet(payload=bytes([n]) * 1472) for n in range(6)]
    parts = [
        bytes(Ether(src=A, dst=B) / each) for one in packets for each in fragment(one[IP], 576)
    ]
    made = [Sent(n, "c-eth0", ("s-eth0",), bytes(each), 2) for n, each in enumerate(packets, 1)]
    outcomes = {n: Outcome(n, "fragmented", 0, 62, 3) for n in range(len(made))}
    assert not received(made, outcomes, "s-eth0", parts)
    (problem,) = received(made, outcomes, "s-eth0", [*parts[:4], *parts[5:]])
    assert problem.startswith("frame 2: ")
    assert received(made, outcomes, "s-eth0", [*parts, parts[3]])
