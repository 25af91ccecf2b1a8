"""Nothing passes because nothing could fail: each way has a reason and a message of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from handmade import capture, echo, ping

from wirelab.verify import any_order, either, explain, judge, never, optional, repeat, seq, step
from wirelab.verify.errors import ExpectationError
from wirelab.verify.verdict import ProblemKind, Verdict

if TYPE_CHECKING:
    from wirelab.verify.capture import Capture
    from wirelab.verify.items import Item

_PING = seq(step("request", "icmp.type == 8", at="c"), step("reply", "icmp.type == 0", at="c"))
_TWO = [("lan", 0.0, echo(1)), ("wan", 1.0, echo(1))]
_MANY = [("c", float(number), echo(number)) for number in range(1, 40)]
_HARD = seq(*[step(f"s{place}", "icmp.type == 8 && ip.src == ${a.ip}") for place in range(20)],
            step("last", "icmp.type == 0"))  # fmt: skip

CASES: dict[str, tuple[Item, Capture, ProblemKind, str]] = {
    "no steps": (
        seq(never("udp")),
        capture(ping()),
        ProblemKind.NO_STEPS,
        "the expectation asks for no frame",
    ),
    "an empty capture": (
        _PING,
        capture([], points=["c"]),
        ProblemKind.EMPTY_CAPTURE,
        "the capture has no frame",
    ),
    "an empty capture where all is optional": (
        optional(step("a", "arp")),
        capture([], points=["c"]),
        ProblemKind.EMPTY_CAPTURE,
        "the capture has no frame",
    ),
    "a missing point": (
        _PING,
        capture(_TWO),
        ProblemKind.MISSING_POINT,
        "the capture has no point 'c', only 'lan', 'wan'; supply it with --point c=FILE, "
        "or judge what one point shows with --at",
    ),
    "never a field that nobody saw": (
        seq(_PING, never("tcp.flags.reset == 1", at="c")),
        capture(ping()),
        ProblemKind.UNSEEN,
        "nothing that satisfies 'tcp' was seen, so that nothing satisfies 'tcp.flags.reset == 1 "
        "&& !icmp && !icmpv6' proves nothing; `seen=` says what else must be seen",
    ),
    "only optional steps": (
        optional(step("a", "udp")),
        capture(ping()),
        ProblemKind.NOTHING_MATCHED,
        "no step was seen; all are optional",
    ),
    "a repetition that may be none": (
        repeat(step("a", "udp"), 0, 5),
        capture(ping()),
        ProblemKind.NOTHING_MATCHED,
        "no step was seen; all are optional",
    ),
    "a name that nothing bound": (
        seq(step("a", "icmp.type == 8 && ip.dst != ${s.ip}")),
        capture(ping()),
        ProblemKind.UNBOUND,
        "no equality bound ${s.ip}; give its value as a name",
    ),
    "a search that was given up": (
        _HARD,
        capture(_MANY),
        ProblemKind.BUDGET,
        "the search was given up after 300 attempts and nothing is known; "
        "steps that say more about their frames are found sooner",
    ),
}


def judged(name: str) -> Verdict:
    expectation, captured, _, _ = CASES[name]
    return judge(expectation, captured, {}, own=False, budget=300)


@pytest.mark.parametrize("name", CASES)
def test_it_fails_with_a_reason_and_a_message_of_its_own(name: str) -> None:
    _, _, kind, message = CASES[name]
    verdict = judged(name)
    assert not verdict.passed
    assert [(each.kind, each.message) for each in verdict.problems] == [(kind, message)]


@pytest.mark.parametrize("name", CASES)
def test_its_message_is_what_people_and_programs_are_told(name: str) -> None:
    _, _, kind, message = CASES[name]
    verdict = judged(name)
    told = " ".join(explain(verdict, 400).split())
    assert " ".join(message.split()) in told
    problem = verdict.as_json()["problems"][0]
    assert (problem["kind"], problem["message"]) == (kind.value, message)
    assert verdict.as_json()["status"] == "fail"


def test_every_reason_has_words_of_its_own() -> None:
    by_kind = {kind: message for _, _, kind, message in CASES.values()}
    assert len(set(by_kind.values())) == len(by_kind) == 7


@pytest.mark.parametrize("word", [seq, optional, any_order, either])
def test_an_expectation_of_nothing_cannot_be_written(word) -> None:
    with pytest.raises(ExpectationError, match="without items expects nothing"):
        word()
