"""The examples of docs/expectations.md and docs/matching.md pass and fail as they say."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from handmade import (
    R,
    S,
    Sent,
    big,
    capture,
    download,
    echo,
    echo_reply,
    error,
    is_at,
    pieces,
    ping,
    probe,
    routed,
    segment,
    who_has,
    with_twice,
    without,
)

from wirelab.verify import Item, display_filter, judge
from wirelab.verify.verdict import ProblemKind

if TYPE_CHECKING:
    from wirelab.verify import Capture

_DOCS = Path(__file__).parents[2] / "docs"
PAGE = (_DOCS / "expectations.md").read_text()
MATCHING = (_DOCS / "matching.md").read_text()
EXAMPLES = re.findall(
    r"^```python passes=(\S+) fails=(\S+)\n(.*?)^```", PAGE + MATCHING, re.MULTILINE | re.DOTALL
)
HARD = re.findall(
    r"^```python (gives_up|fails_with_missing_step)=(\S+)\n(.*?)^```",
    MATCHING,
    re.MULTILINE | re.DOTALL,
)
FILTERS = [
    line.partition("  #")[0].strip()
    for block in re.findall(r"^```filter\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    for line in block.splitlines()
]


def at_c(*packets: object) -> list[Sent]:
    return [("c", float(time), packet) for time, packet in enumerate(packets)]  # type: ignore[misc]  # Scapy's


PINGED = capture(ping())
HELLO = [b"220 hello\r\n", b"331 who?\r\n"]
ASKED = echo(1, to="r1")
CAPTURES: dict[str, Capture] = {
    "ping": PINGED,
    "ping_slow": capture(ping(3)),
    "ping_unresolved": without(PINGED, 2),
    "ping_unanswered": without(PINGED, 4),
    "ping_answered_twice": with_twice(PINGED, 4),
    "ping_strange_reply": capture(at_c(echo(1), echo_reply(1, ip="10.0.0.77"))),
    "traceroute": capture(at_c(probe(), error(probe()))),
    "traceroute_about_another": capture(at_c(probe(), error(probe(33435)))),
    "routed": capture([("lan", 0, ASKED), ("wan", 1, routed(ASKED))]),
    "routed_but_not": capture([("lan", 0, ASKED)], points=["lan", "wan"]),
    "routed_changed": capture([("lan", 0, ASKED), ("wan", 1, routed(echo(2, to="r1")))]),
    "cut": capture(at_c(*pieces(big(), 1480))),
    "cut_incomplete": capture(at_c(*pieces(big(), 1480)[:2])),
    "cut_too_small": capture(at_c(*pieces(big(), 1472))),
    "cut_by_router": capture(
        [("lan", 0, big()), *(("wan", 1, piece) for piece in pieces(big(), 1376))]
    ),
    "cut_of_another": capture(
        [("lan", 0, big()), *(("wan", 1, piece) for piece in pieces(big(2999), 1376))]
    ),
    "resolved_both": capture(at_c(who_has(address=R), is_at("r1", R), who_has(), is_at())),
    "resolved_interleaved": capture(at_c(who_has(address=R), who_has(), is_at("r1", R), is_at())),
    "ping_unreachable": capture(
        at_c(who_has(), is_at(), echo(1), error(echo(1), kind=3, code=1, ttl=64))
    ),
    "many_echoes": capture(at_c(*(echo(n) for n in range(1, 25)))),
    "download": capture(download(HELLO)),
    "download_cut_short": capture(download(HELLO[:1])),
    "download_sent_again": capture(
        [*download(HELLO), ("c", 9, segment("s", 5001, HELLO[0], "PA", 1001))]
    ),
}


def expectation(code: str) -> object:
    """What an example calls EXPECT; it may use what earlier ones imported."""
    everything: dict[str, object] = {"Item": Item}
    for _, _, earlier in EXAMPLES:
        exec("\n".join(re.findall(r"^from .*$", earlier, re.MULTILINE)), everything)
    exec(code, everything)
    return everything["EXPECT"]


@pytest.mark.parametrize(("passing", "failing", "code"), EXAMPLES)
def test_an_example_judges_as_it_says(passing: str, failing: str, code: str) -> None:
    expected = expectation(code)
    for name in passing.split(","):
        for names in ({}, {"s.ip": S}):
            verdict = judge(expected, CAPTURES[name], names)  # type: ignore[arg-type]  # exec
            assert verdict.passed, (name, verdict.problems)
    for name in failing.split(","):
        assert not judge(expected, CAPTURES[name]).passed, name  # type: ignore[arg-type]  # exec


@pytest.mark.parametrize("text", FILTERS)
def test_a_filter_of_the_page_is_one(text: str) -> None:
    assert str(display_filter(text))


def test_the_page_has_examples() -> None:
    assert len(EXAMPLES) >= 8
    assert len(FILTERS) >= 10


def test_every_capture_is_used() -> None:
    used = {name for passing, failing, _ in EXAMPLES for name in f"{passing},{failing}".split(",")}
    assert used | {name for _, name, _ in HARD} == set(CAPTURES)


@pytest.mark.parametrize(("how", "name", "code"), HARD)
def test_a_hard_example_ends_as_it_says(how: str, name: str, code: str) -> None:
    verdict = judge(expectation(code), CAPTURES[name], diagnose=False)  # type: ignore[arg-type]  # exec
    kind = ProblemKind.BUDGET if how == "gives_up" else ProblemKind.MISSING_STEP
    assert [each.kind for each in verdict.problems] == [kind]


def test_both_hard_examples_are_tried() -> None:
    assert [how for how, _, _ in HARD] == ["gives_up", "fails_with_missing_step"]


WORDS = (
    "allow any_order either forwarded fragments habit never optional par reassembles_to repeat seq"
    " step stream within= quotes= closed= at= count= of="
)


@pytest.mark.parametrize("word", WORDS.split())
def test_every_word_has_an_example_that_is_run(word: str) -> None:
    code = "".join(example for _, _, example in EXAMPLES)
    assert re.search(rf"\b{word}" if word.endswith("=") else rf"\b{word}\(", code), word
