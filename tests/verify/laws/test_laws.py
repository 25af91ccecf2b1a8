"""What the stacks of a lab never do; each violation is made on purpose."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import lab_capture as lab
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scapy.layers.inet import ICMP, IP, TCP, UDP, IPOption
from scapy.layers.l2 import ARP, Ether

from wirelab.verify import Provenance, dissect, judge, seq, step
from wirelab.verify.laws import NAMES, broken

if TYPE_CHECKING:
    from collections.abc import Callable


def names(seen: list[lab.Seen], **more: int) -> set[str]:
    """The names of the laws that a capture breaks."""
    return {each.name for each in broken(dissect(lab.capture(seen, **more).frames), lab.MADE)}


def lan(packet: object) -> list[lab.Seen]:
    """Something that is only seen at the client's point."""
    return [("lan", packet)]


def from_client(packet: object) -> list[lab.Seen]:
    return lan(Ether(src=lab.C, dst=lab.R_LAN) / packet)


def with_options(flags: str, seq: int, ack: int, *options: tuple[str | int, object]) -> object:
    """A segment of the client with options; with an earlier SYN it breaks no other law."""
    packet = lab.segment(flags, seq, ack)
    packet[TCP].options = list(options)
    return packet


def clock(value: int) -> tuple[str, tuple[int, int]]:
    return ("Timestamp", (value, 0))


def ticking(*values: int) -> list[lab.Seen]:
    """A SYN and what follows it, with time stamps of the client."""
    first, *rest = values
    syn = lab.out(with_options("S", 100, 0, ("MSS", 1460), clock(first)))
    more = [lab.out(with_options("A", 101, 501, clock(value))) for value in rest]
    return [*syn, *TALK[2:4], *(seen for each in more for seen in each)]


def changed(seen: list[lab.Seen], at: int, **fields: object) -> list[lab.Seen]:
    """The same with other fields in the IP header of one packet."""
    point, packet = seen[at]
    copy = packet.copy()
    for name, value in fields.items():
        setattr(copy[IP], name, value)
    return [*seen[:at], (point, copy), *seen[at + 1 :]]


PROPER = [
    lab.resolution, lab.ping, lab.refused, lab.redirected, lab.lookup, lab.talk, lab.closed_port,
    lab.shut_window, lab.lost_segment, lab.lease, lab.everything,
]  # fmt: skip


@pytest.mark.parametrize("values", [(7, 7, 9), (2**32 - 1, 0, 1)])
def test_a_clock_of_time_stamps_may_stand_still_and_wrap(values: tuple[int, ...]) -> None:
    assert names(ticking(*values)) == set()


@pytest.mark.parametrize("made", PROPER, ids=lambda made: made.__name__)
def test_proper_traffic_breaks_no_law(made: Callable[[], list[lab.Seen]]) -> None:
    assert names(made()) == set()


PING, REFUSED, LOOKUP, TALK = lab.ping(), lab.refused(), lab.lookup(), lab.talk()
UDP_OUT = lab.there() / UDP(sport=1, dport=2)
NAMED, OTHER = [("hostname", "c")], [("server_id", "10.1.0.9"), ("lease_time", 600)]
PROPER_LEASES = {
    "a boot file": [
        *lan(lab.message("discover")),
        *lan(lab.message("offer", file=b"x", sname=b"y")),
        *lan(lab.message("ack", file=b"x", sname=b"y")),
    ],
    "two servers": [*lab.lease(), *lan(lab.message("offer", options=OTHER))],
    "a refusal": [
        *lan(lab.message("request")),
        *lan(lab.message("nak", yiaddr="0.0.0.0", flags="B", options=OTHER[:1])),
    ],
    "a relay's address": [
        *lan(lab.message("discover")),
        *lan(lab.message("offer", giaddr=lab.NEAR)),
    ],
}
CASES = [
    ("station", lan(Ether(src=lab.S, dst=lab.R_LAN) / UDP_OUT)),
    ("station", lan(Ether(src=lab.C, dst=lab.EVERYBODY) / UDP_OUT)),
    ("station", lan(Ether(src=lab.C, dst="02:00:00:00:00:77") / ARP(
        op=2, hwsrc=lab.C, psrc=lab.CLIENT, hwdst="02:00:00:00:00:77", pdst=lab.NEAR))),
    ("station", lan(Ether(src=lab.C, dst="01:00:5e:00:00:02") / IP(
        src=lab.CLIENT, dst="224.0.0.1") / UDP())),
    ("stranger", from_client(IP(src="10.9.9.9", dst=lab.SERVER) / UDP())),
    ("trailer", from_client(IP(src=lab.CLIENT, dst=lab.SERVER, len=28) / UDP(len=8) / b"xy")),
    ("hops", from_client(lab.there(ttl=63) / UDP(sport=1, dport=2))),
    ("hops", changed(PING, 1, ttl=64)),
    ("service", from_client(lab.there(tos=0x10) / ICMP(type=8))),
    ("service", changed(REFUSED, 2, tos=0)),
    ("reserved", from_client(lab.there(flags="evil") / UDP(sport=1, dport=2))),
    ("reserved", from_client(lab.there() / ICMP(type=8, code=1))),
    ("reserved", from_client(lab.there() / TCP(flags="S", reserved=1))),
    ("reserved", from_client(lab.there() / TCP(flags="S", urgptr=5))),
    ("transit", changed(PING, 1, tos=1)),
    ("transit", changed(PING, 1, id=77)),
    ("transit", [*lab.resolution(), PING[1]]),
    ("echo", [PING[0], PING[1], *lab.back(lab.here() / ICMP(type=0, id=7, seq=2) / bytes(20))]),
    ("echo", PING[2:]),
    ("quote", REFUSED[2:]),
    ("quote", [*REFUSED[:2], *lab.back(
        lab.here(tos=0xC0) / ICMP(type=3, code=3) / bytes(lab.there(3) / UDP(sport=1, dport=9)))]),
    ("quote", lab.redirected(b"x")),
    ("arp", lan(Ether(src=lab.C, dst=lab.R_LAN) / ARP(
        op=3, hwsrc=lab.C, psrc=lab.CLIENT, pdst=lab.NEAR))),
    ("arp", lan(Ether(src=lab.C, dst=lab.EVERYBODY) / ARP(
        op=1, hwsrc=lab.R_LAN, psrc=lab.NEAR, pdst=lab.NEAR))),
    ("arp", lan(Ether(src=lab.C, dst=lab.EVERYBODY) / ARP(
        op=1, hwsrc=lab.C, psrc=lab.NEAR, pdst=lab.NEAR))),
    ("arp", lan(Ether(src=lab.C, dst=lab.EVERYBODY) / ARP(
        op=1, hwsrc=lab.C, psrc=lab.CLIENT, hwdst=lab.R_LAN, pdst=lab.NEAR))),
    ("arp", lan(Ether(src=lab.C, dst=lab.R_LAN) / ARP(
        op=2, hwtype=6, hwsrc=lab.C, psrc=lab.CLIENT, hwdst=lab.R_LAN, pdst=lab.NEAR))),
    ("arp", lab.resolution()[1:]),
    ("arp", lab.resolution()[::-1]),
    ("tcp", TALK[2:]),
    ("tcp", [*TALK[:6], *lab.out(lab.segment("A", 101, 502))]),
    ("tcp", [*TALK[:6], *lab.out(lab.segment("A", 102, 501))]),
    ("tcp", [*TALK[:10], *lab.out(lab.segment("A", 101, 501))]),
    ("tcp", [*TALK[:6], *lab.back(lab.segment("P", 501, 0, b"x", server=True))]),
    ("tcp", [*TALK[:6], *lab.out(lab.segment("A", 99, 501))]),
    ("tcp", [*TALK[:2], *lab.back(lab.segment("RA", 5, 101, server=True))]),
    ("tcp", [*TALK[:2], *lab.back(lab.segment("RA", 0, 102, server=True))]),
    ("tcp", lab.overtaken_segment()),
    ("tcp", lab.out(lab.segment("SF", 100, 0))),
    ("tcp", lab.out(lab.segment("S", 100, 1))),
    ("tcp", [*TALK[:4], *lab.out(with_options("A", 101, 501, ("MSS", 1460)))]),
    ("tcp", lab.out(with_options("S", 100, 0, (253, b"ab")))),
    ("tcp", lab.out(with_options("S", 100, 0, ("WScale", 7), (2, b"x")))),
    ("tcp", lab.out(with_options("S", 100, 0, ("WScale", 15)))),
    ("tcp", ticking(7, 8, 6)),
    ("dns", LOOKUP[2:]),
    ("dns", lab.out(lab.question(z=1))),
    ("dns", lab.out(lab.question(ra=1))),
    ("dns", lab.out(lab.question(rcode=1))),
    ("dns", [*LOOKUP[:2], *lab.back(lab.answer("b.test"))]),
    ("dns", [*LOOKUP[:2], *lab.back(lab.answer(opcode=2))]),
    ("dns", [*LOOKUP[:2], *lab.back(lab.answer(cd=1))]),
    ("dhcp", lan(lab.message("offer"))),
    ("dhcp", lan(lab.message("discover", op=2))),
    ("dhcp", lan(lab.message("discover", secs=9))),
    ("dhcp", lan(lab.message("discover", hops=1))),
    ("dhcp", lan(lab.message("discover", yiaddr="10.1.0.1"))),
    ("dhcp", lan(lab.message("discover", file=b"x"))),
    ("dhcp", lan(lab.message("discover", chaddr=bytes(16)))),
    ("dhcp", [*lan(lab.message("discover")), *lan(lab.message("offer", flags="B"))]),
    ("dhcp", [*lan(lab.message("discover")), *lan(lab.message("offer", siaddr="10.1.0.9"))]),
    ("dhcp", [*lan(lab.message("discover")), *lan(lab.message("offer", file=b"a\0b"))]),
    ("dhcp", [*lan(lab.message("discover")), *lan(lab.message("offer", giaddr="10.1.0.9"))]),
    ("dhcp", [*lan(lab.message("discover")), *lan(lab.message("discover", flags="B"))]),
    ("dhcp", [*lan(lab.message("discover")), *lan(lab.message("release", secs=9))]),
    ("dhcp", [*lan(lab.message("discover", options=NAMED)), *lan(lab.message("discover"))]),
    ("dhcp", [*lan(lab.message("discover", options=NAMED)),
              *lan(lab.message("request", options=[("hostname", "d")]))]),
    ("dhcp", [*lan(lab.message("request")), *lan(lab.message("nak", yiaddr="0.0.0.0", file=b"x"))]),
    ("dhcp", [*lab.lease(), *lan(lab.message("ack", sname=b"x"))]),
    ("dhcp", [*lab.lease(), *lan(lab.message("ack", options=OTHER))]),
]  # fmt: skip


@pytest.mark.parametrize("seen", PROPER_LEASES.values(), ids=PROPER_LEASES)
def test_a_proper_lease_breaks_no_law(seen: list[lab.Seen]) -> None:
    assert names(seen) == set()


@pytest.mark.parametrize(("broadcast", "broken_laws"), [(255, set()), (254, {"dhcp"})])
def test_what_is_said_of_a_subnet_is_that_of_the_clients_own_address(
    broadcast: int, broken_laws: set[str]
) -> None:
    network = lab.CLIENT.rpartition(".")[0]
    told = [("server_id", lab.NEAR), ("subnet_mask", "255.255.255.0")]
    told.append(("broadcast_address", f"{network}.{broadcast}"))
    asked = lab.message("inform", ciaddr=lab.CLIENT)
    asked[IP].src = lab.CLIENT
    answer = lab.message("ack", yiaddr="0.0.0.0", ciaddr=lab.CLIENT, options=told)
    answer[IP].dst = lab.CLIENT
    assert names([*lan(asked), *lan(answer)]) == broken_laws


def test_an_address_may_be_given_although_another_station_has_it() -> None:
    given = lab.message("offer", yiaddr=lab.SERVER)
    given[IP].dst = lab.SERVER
    assert names([*lan(lab.message("discover")), *lan(given)]) == set()


@pytest.mark.parametrize(
    ("name", "seen"), CASES, ids=[f"{n}-{at}" for at, (n, _) in enumerate(CASES)]
)
def test_what_breaks_a_law_is_named(name: str, seen: list[lab.Seen]) -> None:
    assert name in names(seen)


def test_a_frame_that_was_not_captured_to_its_end_is_named() -> None:
    capture = lab.capture(lab.ping())
    short = replace(capture.frames[0], data=capture.frames[0].data[:-1])
    cut = replace(capture, frames=(short, *capture.frames[1:]))
    assert "cut-frame" in {each.name for each in broken(dissect(cut.frames), lab.MADE)}


def test_an_announcement_is_an_answer_without_a_question() -> None:
    told = ARP(op=2, hwsrc=lab.C, psrc=lab.CLIENT, hwdst=lab.EVERYBODY, pdst=lab.CLIENT)
    assert names(lan(Ether(src=lab.C, dst=lab.EVERYBODY) / told)) == set()


def test_a_long_silence_is_named() -> None:
    assert names(lab.resolution(), gap=40_000 * lab.MS) == {"pause"}


def test_a_packet_that_a_router_cuts_is_still_the_same_packet() -> None:
    whole = lab.there(9) / ICMP(type=8, id=1, seq=1) / bytes(64)
    payload = bytes(whole[ICMP])
    head = {"src": lab.CLIENT, "dst": lab.SERVER, "id": 9, "ttl": 63, "proto": 1}
    parts = [IP(flags="MF", **head) / payload[:40], IP(frag=5, **head) / payload[40:]]
    seen = [lab.out(whole)[0], *(("wan", Ether(src=lab.R_WAN, dst=lab.S) / p) for p in parts)]
    assert names(seen) == set()
    other = IP(frag=5, **head) / (b"x" * len(payload[40:]))
    assert "transit" in names([*seen[:2], ("wan", Ether(src=lab.R_WAN, dst=lab.S) / other)])


@pytest.mark.parametrize(
    ("kind", "size", "may_change"), [(68, 8, True), (7, 7, True), (82, 12, False)]
)
def test_routers_write_into_some_options_and_leave_others(
    kind: int, size: int, may_change: bool
) -> None:
    def probe(last: bytes) -> object:
        option = IPOption(bytes((kind, size)).ljust(size - 1, b"\x00") + last)
        return lab.there(options=[option]) / UDP(sport=1, dport=2)

    seen = [lab.out(probe(b"\x00"))[0], lab.out(probe(b"\x10"))[1]]
    assert ("transit" in names(seen)) is not may_change
    assert names(lab.out(probe(b"\x00"))) == set()


def test_a_capture_of_one_point_needs_no_other() -> None:
    assert names([each for each in lab.everything() if each[0] == "wan"]) == set()


def test_every_law_has_a_case_that_breaks_it() -> None:
    assert {name for name, _ in CASES} | {"cut-frame", "pause"} == set(NAMES)


def test_a_capture_that_tells_of_no_lab_is_held_to_no_law() -> None:
    assert broken(dissect(lab.capture(PING[2:]).frames), Provenance("x")) == []


def test_a_broken_law_fails_the_verdict_unless_it_is_excused() -> None:
    expectation, capture = seq(step("reply", "icmp.type == 0", at="lan")), lab.capture(PING[2:])
    verdict = judge(expectation, capture)
    assert [problem.kind.value for problem in verdict.problems] == ["invariant", "invariant"]
    assert judge(expectation, capture, excuse=["echo"]).passed
    assert judge(expectation, capture, own=False, names={}).passed


_WHOLE = lab.capture(lab.everything())


@given(
    st.integers(0, len(_WHOLE.frames) - 1),
    st.lists(st.tuples(st.integers(0, 400), st.integers(0, 255)), min_size=1, max_size=4),
    st.integers(0, 400),
)
def test_no_frame_is_too_strange_to_be_judged(
    at: int, changes: list[tuple[int, int]], kept: int
) -> None:
    octets = bytearray(_WHOLE.frames[at].data)
    for place, value in changes:
        octets[place % len(octets)] = value
    strange = replace(_WHOLE.frames[at], data=bytes(octets[: max(kept, 1)]))
    frames = (*_WHOLE.frames[:at], strange, *_WHOLE.frames[at + 1 :])
    assert isinstance(broken(dissect(frames), lab.MADE), list)
