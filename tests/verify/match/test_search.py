"""How much work a search does."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from handmade import capture, echo, echo_reply, who_has

from wirelab.verify import judge, par, repeat, seq, step
from wirelab.verify.dissect import dissect
from wirelab.verify.match.attempt import Attempt
from wirelab.verify.match.planner import plan
from wirelab.verify.match.search import Exhausted, Search
from wirelab.verify.match.sightings import Sightings
from wirelab.verify.verdict import ProblemKind

if TYPE_CHECKING:
    from wirelab.verify.items import Item

ECHOES = [("c", float(n), echo(n // 2 + 1) if n % 2 == 0 else echo_reply(n // 2 + 1))
          for n in range(600)]  # fmt: skip
PINGS = repeat(
    seq(
        step("request", "icmp.type == 8"),
        step("reply", "icmp.type == 0 && icmp.seq == ${request.icmp.seq}"),
    )
)


def attempts(expectation: Item, length: int, budget: int = 10**6) -> int:
    """How many frames a search tries until it has its first match, or knows that there is none."""
    packets = dissect(capture(ECHOES[:length]).frames)
    seen = Sightings(packets, ("c",))
    ready = plan(expectation, {None: "c"}, {}, own=False)
    candidates = {leaf.uid: seen.candidates(leaf.fixed, leaf.point) for leaf in ready.leaves}
    search = Search(ready, seen, candidates, budget=budget)
    next(search.matches(), None)
    return search.attempts


def test_matching_takes_time_in_proportion_to_the_capture() -> None:
    short, long = attempts(PINGS, 100), attempts(PINGS, 600)
    assert long < 7 * short
    assert long < 600 * 6


def test_failing_takes_no_more_than_the_square_of_it() -> None:
    steps = [step(f"s{n}", "icmp") for n in range(6)]
    hopeless = seq(*steps, step("never", "icmp.type == 3"))
    assert attempts(hopeless, 60) < 60 * 60 * 6


def test_branches_do_not_multiply() -> None:
    branches = par(*(seq(step(f"a{n}", "icmp.type == 8"), step(f"b{n}", "icmp.type == 0"))
                     for n in range(8)))  # fmt: skip
    assert attempts(branches, 100) < 100 * 16


def test_a_search_that_tries_too_much_is_given_up() -> None:
    with pytest.raises(Exhausted):
        attempts(PINGS, 100, budget=50)


def test_giving_up_is_a_problem_of_its_own() -> None:
    verdict = judge(PINGS, capture(ECHOES[:100]), budget=50)
    (problem,) = verdict.problems
    assert problem.kind is ProblemKind.BUDGET
    assert "given up after 50 attempts" in problem.message


def test_a_repetition_of_what_needs_no_frame_ends() -> None:
    idle = repeat(repeat(step("a", "udp"), 0), 0)
    assert judge(seq(idle, step("b", "icmp")), capture(ECHOES[:2])).passed


def test_two_searches_find_the_same() -> None:
    expectation = par(PINGS, step("other", "icmp.type == 8"))
    found = {judge(expectation, capture(ECHOES[:40])).steps for _ in range(3)}
    assert len(found) == 1


def test_an_attempt_says_what_it_had_to_pass_over() -> None:
    packets = dissect(capture([*ECHOES[:3], ("c", 9, who_has())]).frames)
    ready = plan(seq(PINGS, step("is_at", "arp.opcode == 2")), {None: "c"}, {}, own=False)
    outcome = Attempt(ready, Sightings(packets, ("c",)), 10_000).outcome()
    assert [getattr(each, "name", "") for each in outcome.broken] == ["is_at"]
