"""Which frames an expectation finds in a capture, and which captures fail."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from handmade import (
    FAR,
    C,
    S,
    Sent,
    capture,
    echo,
    echo_reply,
    error,
    is_at,
    ping,
    probe,
    routed,
    who_has,
    with_twice,
    without,
)
from scapy.layers.inet import IP, UDP

from wirelab.verify import (
    Verdict,
    any_order,
    either,
    forwarded,
    habit,
    judge,
    optional,
    par,
    repeat,
    seq,
    step,
)
from wirelab.verify.verdict import ProblemKind

if TYPE_CHECKING:
    from wirelab.verify.items import Item

REQUEST = step("request", "icmp.type == 8 && ip.dst == ${s.ip}")
REPLY = step("reply", "icmp.type == 0 && icmp.seq == ${request.icmp.seq} && ip.src == ${s.ip}")
ARP = (
    step("who_has", "arp.opcode == 1 && eth.dst == ff:ff:ff:ff:ff:ff"),
    step("is_at", "arp.opcode == 2 && eth.dst == ${who_has.eth.src}"),
)
PING = seq(*ARP, REQUEST, REPLY, closed=["arp", "icmp"])
NAMES = {"s.ip": S}


def kinds(verdict: Verdict) -> list[str]:
    return [problem.kind.value for problem in verdict.problems]


def seen(verdict: Verdict) -> list[tuple[str, int | None]]:
    """The steps with the numbers of their frames."""
    return [(each.name, each.frame) for each in verdict.steps]


def found(expectation: Item, sent: list[Sent], **how: object) -> list[tuple[str, int | None]]:
    """The steps of a capture that passes, with the numbers of their frames."""
    verdict = judge(expectation, capture(sent), **how)  # type: ignore[arg-type]  # tests only
    assert verdict.passed, verdict.problems
    return seen(verdict)


def test_a_sequence_takes_frames_in_the_order_of_time() -> None:
    steps = found(PING, ping(), names=NAMES)
    assert steps == [("who_has", 1), ("is_at", 2), ("request", 3), ("reply", 4)]


@pytest.mark.parametrize("number", [1, 2, 3, 4])
def test_dropping_a_frame_that_a_step_took_fails(number: int) -> None:
    verdict = judge(PING, without(capture(ping()), number), NAMES)
    assert kinds(verdict) == ["missing-step"]
    assert verdict.problems[0].step == ["who_has", "is_at", "request", "reply"][number - 1]


@pytest.mark.parametrize("number", [1, 2, 3, 4])
def test_doubling_a_frame_that_a_step_took_fails(number: int) -> None:
    verdict = judge(PING, with_twice(capture(ping()), number), NAMES)
    assert kinds(verdict) == ["unexpected-frame"]
    assert verdict.problems[0].frame == number + 1


def test_exchanged_frames_fail() -> None:
    first, second, *rest = ping()
    assert not judge(PING, capture([second, first, *rest]), NAMES).passed


def test_the_earliest_frames_are_preferred() -> None:
    assert found(REQUEST, [("c", n, echo(n)) for n in range(1, 4)]) == [("request", 1)]


def test_a_frame_is_taken_once() -> None:
    twice = par(step("one", "icmp"), step("other", "icmp"))
    assert found(twice, ping()) == [("one", 3), ("other", 4)]
    assert not judge(twice, capture(ping()[:3])).passed


def test_what_was_chosen_wrongly_is_chosen_again() -> None:
    sent = [("c", 0, echo(1)), ("c", 1, echo(2)), ("c", 2, echo_reply(2))]
    assert found(seq(REQUEST, REPLY), sent, names=NAMES) == [("request", 2), ("reply", 3)]


def test_a_repetition_takes_as_many_as_it_finds() -> None:
    expectation = seq(*ARP, repeat(seq(REQUEST, REPLY), 2, 5), closed=["icmp"])
    assert len(found(expectation, ping(3), names=NAMES)) == 2 + 6
    assert kinds(judge(expectation, capture(ping(1)), NAMES)) == ["missing-step"] * 2
    assert kinds(judge(expectation, capture(ping(6)), NAMES)) == ["unexpected-frame"] * 2


def test_a_repetition_gives_back_what_a_later_step_needs() -> None:
    expectation = seq(repeat(step("any", "icmp.type == 8"), 1), step("last", "icmp.type == 8"))
    sent = [("c", n, echo(n)) for n in range(1, 4)]
    assert found(expectation, sent) == [("any", 1), ("any", 2), ("last", 3)]


def test_a_reference_means_the_latest_frame_of_a_repeated_step() -> None:
    steps = found(repeat(seq(REQUEST, REPLY)), ping(2), names=NAMES)
    assert steps == [("request", 3), ("reply", 4), ("request", 5), ("reply", 6)]


def test_an_optional_item_may_be_missing_as_a_whole() -> None:
    expectation = seq(optional(*ARP), REQUEST, REPLY, closed=["arp"])
    assert len(found(expectation, ping(), names=NAMES)) == 4
    assert len(found(expectation, ping()[2:], names=NAMES)) == 2
    assert not judge(expectation, capture(ping()[1:]), NAMES).passed


def test_branches_of_par_may_interleave() -> None:
    one = seq(step("a1", "icmp.seq == 1"), step("a2", "icmp.seq == 2"))
    two = seq(step("b1", "arp.opcode == 1"), step("b2", "arp.opcode == 2"))
    sent = [("c", 0, echo(1)), ("c", 1, who_has()), ("c", 2, echo(2)), ("c", 3, is_at())]
    assert found(par(one, two), sent) == [("a1", 1), ("b1", 2), ("a2", 3), ("b2", 4)]
    verdict = judge(any_order(one, two), capture(sent))
    assert kinds(verdict) == [ProblemKind.INTERLEAVED.value]


def test_what_follows_par_follows_all_of_its_branches() -> None:
    expectation = seq(par(step("a", "icmp"), step("b", "arp.opcode == 1")), step("c", "udp"))
    late = [("c", 0, who_has()), ("c", 1, probe()), ("c", 2, echo(1))]
    assert not judge(expectation, capture(late)).passed
    in_order = [late[2], late[0], late[1]]
    assert len(found(expectation, in_order)) == 3


def test_items_in_any_order_are_found_in_either() -> None:
    two = any_order(seq(*ARP), seq(REQUEST, REPLY))
    resolve, ask = [packet for _, _, packet in ping()[:2]], [echo(1), echo_reply(1)]
    for packets in (resolve + ask, ask + resolve):
        sent: list[Sent] = [("c", time, packet) for time, packet in enumerate(packets)]
        assert len(found(two, sent, names=NAMES)) == 4


def test_the_first_alternative_that_fits_is_taken() -> None:
    expectation = either(step("a", "udp"), step("b", "arp"), step("c", "icmp"))
    assert found(expectation, ping()) == [("b", 1)]


def test_an_alternative_that_leaves_frames_over_gives_way_to_one_that_does_not() -> None:
    short, whole = REQUEST, seq(REQUEST, REPLY)
    expectation = seq(either(short, whole), closed=["icmp"])
    assert len(found(expectation, ping()[2:], names=NAMES)) == 2


def test_a_window_counts_from_the_step_before() -> None:
    def pinged(within: str) -> Item:
        return seq(REQUEST, step("reply", "icmp.type == 0", within=within))

    assert judge(pinged("1ms"), capture(ping()), NAMES).passed
    assert judge(pinged("0.5ms..1ms"), capture(ping()), NAMES).passed
    assert kinds(judge(pinged("0.5ms"), capture(ping()), NAMES)) == ["missing-step"]
    assert not judge(pinged("0.7ms..1ms"), capture(ping()), NAMES).passed


def test_a_window_may_count_from_another_step() -> None:
    def resolved(within: str) -> Item:
        return seq(*ARP, REQUEST, step("reply", "icmp.type == 0", within=within, of="who_has"))

    assert judge(resolved("0.9ms"), capture(ping()), NAMES).passed
    assert not judge(resolved("0.8ms"), capture(ping()), NAMES).passed


def test_a_sequence_may_have_a_window_of_its_own() -> None:
    assert judge(seq(REQUEST, REPLY, within="0.6ms"), capture(ping()), NAMES).passed
    verdict = judge(seq(REQUEST, REPLY, within="0.5ms"), capture(ping()), NAMES)
    assert kinds(verdict) == [ProblemKind.TOO_SLOW.value]


def test_habits_are_required_of_the_lab_and_optional_elsewhere() -> None:
    expectation = seq(habit("it asks first", *ARP), REQUEST, closed=["arp"])
    quiet, half = capture(ping()[2:]), capture(ping()[1:])
    assert not judge(expectation, quiet, NAMES).passed
    assert judge(expectation, quiet, NAMES, own=False).passed
    assert judge(expectation, capture(ping()), NAMES).passed
    assert not judge(expectation, half, NAMES, own=False).passed  # the reply answers nobody


def test_a_packet_that_is_only_quoted_is_not_matched() -> None:
    about = probe()
    sent = [("c", 0, error(about)), ("c", 1, about)]
    assert found(step("probe", "udp.dstport == 33434"), sent) == [("probe", 2)]
    assert found(step("quoted", "icmp && udp.dstport == 33434"), sent) == [("quoted", 1)]


def test_an_error_must_quote_the_packet_of_its_step() -> None:
    expectation = seq(
        step("probe", "udp.dstport == 33434"), step("error", "icmp.type == 11", quotes="probe")
    )
    about, other = probe(33434), probe(33435)
    assert len(found(expectation, [("c", 0, about), ("c", 1, error(about))])) == 2
    verdict = judge(expectation, capture([("c", 0, about), ("c", 1, error(other))]))
    (problem,) = verdict.problems
    assert problem.nearest is not None
    assert [each.subject for each in problem.nearest.differences] == ["udp.dstport"]


def test_an_error_quotes_the_bytes_behind_the_header_too() -> None:
    expectation = seq(step("probe", "udp"), step("error", "icmp.type == 11", quotes="probe"))
    about, other = probe(), probe()
    other[UDP].chksum = 0x1234
    verdict = judge(expectation, capture([("c", 0, about), ("c", 1, error(other))]))
    (problem,) = verdict.problems
    assert problem.nearest is not None
    assert [each.subject for each in problem.nearest.differences] == ["quoted bytes"]


def test_an_error_cannot_quote_more_hops_than_the_packet_had() -> None:
    expectation = seq(step("probe", "udp"), step("error", "icmp.type == 11", quotes="probe"))
    about = probe(ttl=3)
    assert judge(expectation, capture([("c", 0, about), ("c", 1, error(about, ttl=3))])).passed
    assert not judge(expectation, capture([("c", 0, about), ("c", 1, error(about, ttl=4))])).passed


LAN_TO_WAN = seq(step("request", "icmp.type == 8", at="lan"), forwarded("request", "lan", "wan"))


def test_a_forwarded_packet_is_the_same_with_one_hop_less() -> None:
    packet = echo(1, to="r1", ip=FAR)
    sent = [("lan", 0, packet), ("wan", 1, routed(packet))]
    assert found(LAN_TO_WAN, sent) == [("request", 1), ("request@wan", 2)]


@pytest.mark.parametrize("change", ["ttl", "id", "dst", "payload", "mac", "earlier"])
def test_another_packet_is_not_the_forwarded_one(change: str) -> None:
    packet = echo(1, to="r1", ip=FAR)
    behind = routed(packet)
    if change == "mac":
        behind.src = packet.src
    elif change == "payload":
        behind.load = behind.load[:-1] + b"!"
    elif change != "earlier":
        setattr(behind[IP], change, {"ttl": 64, "id": 5, "dst": S}[change])
    times = (1, 0) if change == "earlier" else (0, 1)
    sent = [("lan", times[0], packet), ("wan", times[1], behind)]
    verdict = judge(LAN_TO_WAN, capture(sorted(sent, key=lambda each: each[1])))
    assert kinds(verdict) == ["missing-step"]


def test_without_a_router_the_very_same_frame_is_seen_again() -> None:
    expectation = seq(
        step("who_has", "arp", at="c"), forwarded("who_has", "c", "x", hops=0), closed=["arp"]
    )
    assert len(found(expectation, [("c", 0, who_has()), ("x", 1, who_has())])) == 2
    other = [("c", 0, who_has()), ("x", 1, who_has(address=FAR))]
    assert not judge(expectation, capture(other)).passed


def test_a_translator_may_change_what_is_said() -> None:
    def translated(*rewrites: str) -> Item:
        first = step("probe", "udp.dstport == 33434", at="lan")
        return seq(first, forwarded("probe", "lan", "wan", rewrites=rewrites))

    packet = probe(ttl=9)
    behind = routed(packet)
    behind[IP].src = "192.0.2.1"
    del behind[IP].chksum, behind[UDP].chksum
    sent = capture([("lan", 0, packet), ("wan", 1, behind)])
    assert judge(translated("ip.src"), sent).passed
    assert not judge(translated(), sent).passed
    assert not judge(translated("ip.dst"), sent).passed


def test_times_at_different_points_are_compared_where_the_clock_is_shared() -> None:
    expectation = seq(step("a", "arp", at="lan"), step("b", "icmp", at="wan"))
    sent = capture([("wan", 0, echo(1)), ("lan", 1, who_has())])
    assert not judge(expectation, sent).passed
    assert judge(expectation, sent, shared_clock=False).passed


def test_the_order_of_a_point_is_that_of_the_capture_even_at_one_time() -> None:
    expectation = seq(step("a", "arp"), step("b", "icmp"))
    assert judge(expectation, capture([("c", 0, who_has()), ("c", 0, echo(1))])).passed
    assert not judge(expectation, capture([("c", 0, echo(1)), ("c", 0, who_has())])).passed


def test_addresses_agree_between_frames_on_a_foreign_capture() -> None:
    verdict = judge(PING, capture(ping()))
    assert verdict.passed
    assert verdict.names == {"s.ip": S}
    stranger = capture([*ping()[:3], ("c", 9, echo_reply(1, ip=C))])
    assert not judge(PING, stranger).passed
