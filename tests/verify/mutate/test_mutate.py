"""Mutants: what is altered, that everything else is right, and what is made of survivors."""

from __future__ import annotations

from collections import Counter

import lab_capture as lab
import pytest
from samples.addresses import dhcpv6
from scapy.layers.inet import ICMP, fragment
from scapy.layers.inet6 import (
    ICMPv6MLDMultAddrRec,
    ICMPv6MLReport2,
    ICMPv6ND_RA,
    ICMPv6ND_RS,
    ICMPv6NDOptMTU,
    ICMPv6NDOptPrefixInfo,
    ICMPv6NDOptRDNSS,
    ICMPv6NDOptSrcLLAddr,
    IPv6,
    IPv6ExtHdrHopByHop,
    PadN,
    RouterAlert,
)
from scapy.layers.l2 import Ether

from wirelab.verify import (
    Capture,
    ExpectationError,
    dissect,
    equivalent,
    forwarded,
    par,
    seq,
    step,
)
from wirelab.verify.invariants import check
from wirelab.verify.mutate import (
    Donor,
    NotAccepted,
    Operator,
    Report,
    Subject,
    Trial,
    fate,
    mutants,
)
from wirelab.verify.mutate.content import sites_of
from wirelab.verify.mutate.mutant import Mutant, without_change
from wirelab.verify.mutate.order import unordered
from wirelab.verify.mutate.structure import LATE

PING = seq(
    step("echo", "icmp.type == 8", at="lan"),
    forwarded("echo", "lan", "wan"),
    step("reply", "icmp.type == 0", at="wan"),
    forwarded("reply", "wan", "lan"),
    closed=["icmp"],
)
LENGTHS = {"ip.len", "ip.hdr_len", "udp.length", "tcp.hdr_len", "ip.flags.mf", "ip.proto"}
"""Fields that say what follows: other bytes are a checksum then."""


def subject(expectation: object = PING, seen: list[lab.Seen] | None = None) -> Subject:
    capture = lab.capture(lab.ping() if seen is None else seen)
    return Subject(expectation, capture, {})  # type: ignore[arg-type]  # only passed on


def of(operator: Operator, about: Subject) -> list[Mutant]:
    return [each for each in mutants(about) if each.operator is operator]


def everything() -> Subject:
    """All traffic of the small lab, each frame taken by a step."""
    seen = lab.everything()
    counts = Counter(point for point, _ in seen)
    steps = (
        seq(*(step(f"{point}{n}", "frame", at=point) for n in range(count)))
        for point, count in counts.items()
    )
    return subject(par(*steps), seen)


def test_every_bit_of_a_frame_is_a_field_or_a_checksum() -> None:
    about = everything()
    for number, packet in about.packets.items():
        bits = 8 * len(packet.frame.data)
        covered = 0
        for place in sites_of(about):
            if place.packet.frame.number == number:
                site = place.site
                covered |= site.mask << 8 * (len(packet.frame.data) - site.end)
        sums = sum(each in ("ip", "udp", "tcp", "icmp") for each in packet.protocols)
        assert bits - covered.bit_count() == 16 * sums


def test_every_bit_of_what_hosts_say_to_get_an_ipv6_address_is_a_field_or_a_checksum() -> None:
    prefix = ICMPv6NDOptPrefixInfo(prefix="2001:db8::")
    told = ICMPv6ND_RA() / prefix / ICMPv6NDOptMTU() / ICMPv6NDOptRDNSS(dns=["2001:db8::53"])
    listens = IPv6ExtHdrHopByHop(options=[RouterAlert(), PadN()])
    report = ICMPv6MLReport2(records=[ICMPv6MLDMultAddrRec(dst="ff02::1:ff00:1")])
    messages = [listens / report, ICMPv6ND_RS() / ICMPv6NDOptSrcLLAddr(), told]
    seen = [("lan", Ether() / IPv6() / message) for message in messages]
    seen += [("lan", message) for message in dhcpv6()[:5]]
    steps = (step(f"f{n}", "frame", at="lan") for n in range(len(seen)))
    about = Subject(seq(*steps), lab.capture(seen), {}, own=False)
    for number, packet in about.packets.items():
        covered = 0
        for place in sites_of(about):
            if place.packet.frame.number == number:
                site = place.site
                covered |= site.mask << 8 * (len(packet.frame.data) - site.end)
        assert 8 * len(packet.frame.data) - covered.bit_count() == 16


def test_an_altered_field_has_the_value_that_is_said_and_every_checksum_is_right() -> None:
    for mutant in of(Operator.FIELD, everything()):
        assert mutant.before != mutant.after
        capture = mutant.capture(everything_capture())
        broken = {each.name for each in check(dissect(capture.frames), {})}
        if mutant.subject not in LENGTHS:
            assert not {name for name in broken if name.endswith("-checksum")}, mutant


def everything_capture() -> Capture:
    return lab.capture(lab.everything())


def test_only_one_frame_is_altered() -> None:
    about = everything()
    for mutant in of(Operator.FIELD, about):
        differing = [
            new.number
            for old, new in zip(about.capture.frames, mutant.frames, strict=True)
            if old != new
        ]
        assert differing == [mutant.frame]


def test_a_fragment_is_altered_together_with_the_checksum_of_the_message() -> None:
    whole = Ether(src=lab.C, dst=lab.R_LAN) / lab.there() / ICMP(type=8) / bytes(range(64))
    pieces = [("lan", piece) for piece in fragment(whole, 40)]
    steps = (step(f"f{n}", "frame", at="lan") for n in range(len(pieces)))
    about = Subject(seq(*steps), lab.capture(pieces), {}, own=False)
    seen = {mutant.subject for mutant in of(Operator.FIELD, about)}
    assert {"icmp.ident", "icmp.seq", "data.data"} <= seen
    for mutant in of(Operator.FIELD, about):
        if mutant.subject in ("icmp.ident", "data.data"):
            broken = check(dissect(mutant.capture(about.capture).frames), {})
            assert broken == (), mutant


def test_the_same_seed_makes_the_same_mutants_and_another_seed_others() -> None:
    capture = lab.capture(lab.ping())
    made = [mutants(Subject(PING, capture, {}, seed=seed)) for seed in (1, 1, 2)]
    assert made[0] == made[1]
    assert made[0] != made[2]


def test_no_mutant_is_the_capture_itself() -> None:
    about = everything()
    assert not any(without_change(about.capture, each.frames) for each in mutants(about))


def test_dropped_duplicated_and_moved_frames_are_as_many_as_matter() -> None:
    about = subject()
    for operator in (Operator.DROP, Operator.DUPLICATE, Operator.MOVE):
        assert [each.frame for each in of(operator, about)] == [1, 2, 3, 4]
    assert [len(each.frames) for each in of(Operator.DROP, about)] == [3] * 4
    assert [len(each.frames) for each in of(Operator.DUPLICATE, about)] == [5] * 4


def test_neighbours_at_one_point_change_places_and_keep_the_times() -> None:
    about = subject()
    first, *_ = of(Operator.SWAP, about)
    assert (first.step, first.other) == ("echo", "reply@lan")
    assert [f.time for f in first.frames] == [f.time for f in about.capture.frames]
    assert first.frames[0].data == about.capture.frames[3].data


def test_a_frame_is_late_alone_and_with_all_that_follow() -> None:
    about = subject()
    second = [each for each in of(Operator.DELAY, about) if each.frame == 2]
    alone, rest = second
    assert [frame.number for frame in alone.frames] == [1, 3, 4, 2]
    assert [frame.number for frame in rest.frames] == [1, 2, 3, 4]
    assert rest.frames[3].time - about.capture.frames[3].time == LATE


def test_a_cut_datagram_has_lengths_and_checksums_that_agree() -> None:
    about = everything()
    for mutant in of(Operator.TRUNCATE, about):
        if mutant.subject == "sent in part":
            names = {each.name for each in check(dissect(mutant.frames), {})}
            assert not names - {"malformed"}, mutant


def test_a_foreign_transaction_has_addresses_of_the_house() -> None:
    about = subject()
    other = lab.capture(lab.refused())
    guests = [m for m in mutants(about, [Donor("x", other)]) if m.operator is Operator.FOREIGN]
    assert {mutant.point for mutant in guests} == {"lan", "wan"}
    for mutant in guests:
        packets = dissect(mutant.capture(about.capture).frames)
        assert len(packets) == 6
        addresses = {value for packet in packets for value in packet.values("ip.src", 1)}
        assert addresses == {bytes(map(int, a.split("."))) for a in (lab.CLIENT, lab.SERVER)}
        assert check(packets, {}) == ()


def test_so_many_of_each_operator_and_no_more() -> None:
    counts = Counter(each.operator for each in mutants(everything(), most=5))
    assert set(counts.values()) == {5}


def test_a_capture_that_does_not_pass_cannot_be_mutated() -> None:
    with pytest.raises(NotAccepted, match="does not pass to begin with"):
        subject(PING, lab.ping()[:3])


def test_what_rejects_sooner_rejects_the_same() -> None:
    about = subject()
    for mutant in mutants(about):
        capture = mutant.capture(about.capture)
        assert bool(about.rejection(capture)) != about.judged(capture).passed


def test_a_strong_expectation_kills_all_and_a_weak_one_does_not() -> None:
    strong = report(subject())
    assert {each.mutant.subject for each in strong.survivors} == set()
    loose = Subject(
        seq(step("echo", "icmp.type == 8", at="lan")), lab.capture(lab.ping()), {}, own=False
    )
    weak = report(loose)
    assert not weak.good
    assert {"icmp.seq", "ip.ttl", "eth.dst"} <= {each.mutant.subject for each in weak.survivors}


def report(about: Subject, *equivalents: object) -> Report:
    trials = [Trial(each, fate(about, each, equivalents)) for each in mutants(about)]  # type: ignore[arg-type]  # only passed on
    return Report("ping", len(about.capture.frames), len(about.matter), 0, trials)


def test_an_equivalent_is_counted_apart_and_only_for_its_steps_and_operators() -> None:
    about = Subject(
        seq(step("echo", "icmp.type == 8", at="lan")), lab.capture(lab.ping()), {}, own=False
    )
    plain = report(about)
    survived = Counter(each.mutant.subject for each in plain.survivors)
    excused = report(about, equivalent("ip.id", "any will do"))
    assert excused.excused[("ip.id", "any will do")] >= survived["ip.id"] >= 2
    assert excused.tally([Operator.FIELD]).survived == plain.tally([Operator.FIELD]).survived - 2
    other = report(about, equivalent("ip.id", "any will do", steps=["reply"]))
    assert not other.excused
    dropped = report(about, equivalent("ip.id", "any will do", operators=["drop"]))
    assert not dropped.excused


@pytest.mark.parametrize(
    ("why", "operators", "reason"), [("", [], "why"), ("x", ["explode"], "explode")]
)
def test_an_equivalent_needs_a_reason_and_known_operators(
    why: str, operators: list[str], reason: str
) -> None:
    with pytest.raises(ExpectationError, match=reason):
        equivalent("ip.id", why, operators=operators)


def test_only_a_par_makes_order_free() -> None:
    a, b, c = (step(name, "frame", at="lan") for name in "abc")
    assert unordered(seq(par(a, b), c), "a", "b")
    assert not unordered(seq(par(a, b), c), "a", "c")
    assert not unordered(par(seq(a, b), c), "a", "b")


def test_a_swap_that_a_par_allows_survives_as_free_of_order() -> None:
    seen = [*lab.out(lab.question())[:1], *lab.ping()[:1]]
    free = par(step("ask", "dns", at="lan"), step("echo", "icmp", at="lan"))
    about = Subject(free, lab.capture(seen), {}, own=False)
    (swap,) = [each for each in report(about).trials if each.mutant.operator is Operator.SWAP]
    assert (swap.fate.killed, swap.fate.order_free, swap.survived) == (False, True, True)


def test_the_report_is_json_with_a_figure_for_every_operator() -> None:
    written = report(subject()).as_json()
    assert set(written) == {
        "scenario", "good", "frames", "operators", "total", "killed_by", "survivors", "equivalents",
    }  # fmt: skip
    assert set(written["operators"]) == set(map(str, Operator))  # type: ignore[call-overload]  # of JSON
    assert written["total"]["rate"] == 1.0  # type: ignore[index]  # of JSON
