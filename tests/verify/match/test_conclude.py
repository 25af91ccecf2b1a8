"""What holds for a capture as a whole: closed scopes, allowances, what must not be seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from handmade import S, Sent, capture, echo, error, is_at, ping, probe, who_has

from wirelab.verify import allow, judge, never, optional, seq, step
from wirelab.verify.verdict import ProblemKind, Verdict

if TYPE_CHECKING:
    from wirelab.verify.items import Item

REQUEST = step("request", "icmp.type == 8")
REPLY = step("reply", "icmp.type == 0")


def kinds(expectation: Item, sent: list[Sent], **names: str) -> list[ProblemKind]:
    return [each.kind for each in judged(expectation, sent, **names).problems]


def judged(expectation: Item, sent: list[Sent], **names: str) -> Verdict:
    given = {name.replace("_", "."): value for name, value in names.items()}
    return judge(expectation, capture(sent), given, own=False)


def test_an_open_sequence_does_not_mind_other_frames() -> None:
    assert judged(seq(REQUEST), ping()).passed


def test_a_closed_sequence_minds_frames_that_its_filters_select() -> None:
    assert judged(seq(REQUEST, REPLY, closed=["icmp"]), ping()).passed
    verdict = judged(seq(REQUEST, REPLY, closed=["arp", "icmp"]), ping())
    assert [each.frame for each in verdict.problems] == [1, 2]
    assert verdict.packets.unexpected == 2
    assert "arp 10.0.0.10" in verdict.problems[0].message


def test_a_scope_is_closed_at_the_points_of_its_sequence_only() -> None:
    expectation = seq(step("a", "arp", at="lan"), closed=["arp"])
    elsewhere: list[Sent] = [("lan", 0, who_has()), ("wan", 1, who_has())]
    assert judged(expectation, elsewhere).passed
    both = seq(expectation, step("b", "icmp", at="wan"), closed=["arp"])
    assert kinds(both, [*elsewhere, ("wan", 2, echo(1))]) == [ProblemKind.UNEXPECTED_FRAME]


def test_a_closed_scope_minds_errors_about_its_packets() -> None:
    """Other filters leave quoted packets out; a closed scope says what Wireshark shows for it."""
    expectation = seq(step("probe", "udp"), closed=["udp"])
    assert judged(expectation, [("c", 0, probe())]).passed
    assert not judged(expectation, [("c", 0, probe()), ("c", 1, error(probe()))]).passed


def test_an_allowance_covers_so_many_frames() -> None:
    def expectation(most: int) -> Item:
        noise = allow("somebody asks", "arp", most=most)
        return seq(REQUEST, REPLY, closed=["arp", "icmp"], allow=[noise])

    verdict = judged(expectation(2), ping())
    assert verdict.passed
    assert [(each.name, each.frames) for each in verdict.allowances] == [("somebody asks", (1, 2))]
    assert verdict.packets.allowed == 2
    assert kinds(expectation(1), ping()) == [ProblemKind.ALLOWANCE]


def test_an_allowance_does_not_take_what_a_step_needs() -> None:
    noise = allow("echoes", "icmp", most=1)
    assert judged(seq(REQUEST, REPLY, closed=["icmp"], allow=[noise]), ping()).passed


def test_an_allowance_may_hold_at_one_point() -> None:
    noise = allow("asks", "arp", most=5, at="lan")
    expectation = seq(
        step("a", "icmp", at="lan"), step("b", "icmp", at="wan"), closed=["arp"], allow=[noise]
    )
    echoes: list[Sent] = [("lan", 0, echo(1)), ("wan", 1, echo(1))]
    assert judged(expectation, [*echoes, ("lan", 2, who_has())]).passed
    assert not judged(expectation, [*echoes, ("wan", 2, who_has())]).passed


def test_what_must_never_be_seen_fails_where_it_is() -> None:
    verdict = judged(seq(REQUEST, never("arp.opcode == 2")), ping())
    (problem,) = verdict.problems
    assert (problem.kind, problem.frame) == (ProblemKind.FORBIDDEN_FRAME, 2)
    assert judged(seq(REQUEST, never("arp.opcode == 3")), ping()).passed


def test_a_never_may_begin_and_end_with_a_step() -> None:
    assert judged(seq(REQUEST, never("arp", since="request", seen="icmp")), ping()).passed
    assert not judged(seq(REQUEST, never("arp", until="request")), ping()).passed
    assert judged(seq(REQUEST, REPLY, never("icmp", since="reply", seen="icmp")), ping()).problems
    last: list[Sent] = [*ping(), ("c", 5, who_has())]
    assert judged(seq(REQUEST, REPLY, never("icmp", since="reply", seen="arp")), last).passed


def test_a_never_holds_at_its_point() -> None:
    sent: list[Sent] = [("lan", 0, echo(1)), ("wan", 1, who_has())]
    expectation = seq(step("a", "icmp", at="lan"), step("b", "arp", at="wan"))
    there = seq(expectation, never("icmp.type == 8", at="wan", seen="arp"))
    assert judged(there, sent).passed
    assert not judged(seq(expectation, never("icmp.type == 8")), sent).passed


@pytest.mark.parametrize(
    ("banned", "sent"),
    [
        ("icmp.type == 3", ping()[:2]),  # no ICMP at all
        ("icmp", ping()[:2]),  # nothing that could carry ICMP
        ("tcp.flags.reset == 1", ping()),
        ("dns", ping()),
    ],
)
def test_the_absence_of_what_could_not_be_seen_proves_nothing(
    banned: str, sent: list[Sent]
) -> None:
    expectation = seq(step("a", "arp.opcode == 1"), never(banned))
    assert kinds(expectation, sent) == [ProblemKind.UNSEEN]


def test_the_absence_of_a_protocol_counts_where_something_could_carry_it() -> None:
    assert judged(seq(REQUEST, never("udp")), ping()).passed
    assert judged(seq(REQUEST, never("arp")), ping()[2:]).passed


def test_a_name_in_a_closed_filter_is_the_one_that_steps_bound() -> None:
    who = step("who", "arp.opcode == 1 && arp.dst.proto_ipv4 == ${s.ip}")
    expectation = seq(who, closed=["arp.src.proto_ipv4 == ${s.ip}"])
    assert kinds(expectation, ping()) == [ProblemKind.UNEXPECTED_FRAME]
    assert judged(expectation, [("c", 0, who_has()), ("c", 1, is_at(address="10.0.0.77"))]).passed


def test_a_name_that_nothing_binds_is_a_problem() -> None:
    request = step("request", "icmp.type == 8 && ip.dst != ${s.ip}")
    assert kinds(seq(request), ping()) == [ProblemKind.UNBOUND]
    assert kinds(seq(REQUEST, never("arp.src.proto_ipv4 == ${s.ip}")), ping()) == [
        ProblemKind.UNBOUND
    ]
    assert kinds(seq(request), ping(), s_ip=S) == [ProblemKind.MISSING_STEP]


def test_a_test_that_was_put_off_is_asked_when_its_name_is_bound() -> None:
    request = step("request", "icmp.type == 8 && ip.src != ${s.ip}")
    reply = step("reply", "icmp.type == 0 && ip.src == ${s.ip}")
    assert judged(seq(request, reply), ping()).passed
    reflexive = step("reply", "icmp.type == 0 && ip.dst == ${s.ip}")
    assert not judged(seq(request, reflexive), ping()).passed


def test_when_all_is_optional_something_must_be_seen() -> None:
    assert kinds(optional(step("a", "udp")), ping()) == [ProblemKind.NOTHING_MATCHED]
