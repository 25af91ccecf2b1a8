"""The matcher against a second one that tries everything.

A naive judge enumerates every way in which the steps can take the frames of a small capture, from
the definitions in docs/matching.md, and asks of each whether the whole capture is in order. The
matcher must pass exactly the captures for which there is such a way.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import TYPE_CHECKING

from handmade import capture, probe
from hypothesis import given, settings
from hypothesis import strategies as st

from wirelab.verify import allow, any_order, either, judge, never, optional, par, repeat, seq, step

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hypothesis.strategies import SearchStrategy

    from wirelab.verify import Item

PORTS = "abc"
"""A frame is a letter, its destination port, and a digit, its TTL."""
Frame = tuple[str, int, int]
"""The letter, the digit, and the millisecond."""


@dataclass(frozen=True)
class Word:
    """An expectation, written down without the judge's own classes."""

    kind: str
    parts: tuple[Word, ...] = ()
    letter: str = ""
    refers: str = ""
    """The step whose digit the frame must have; "" for none."""
    within: int | None = None
    """Milliseconds since the latest frame before; None for any time."""
    least: int = 0
    most: int = 0
    name: str = ""


@dataclass(frozen=True)
class Way:
    """How far a naive match has come."""

    taken: frozenset[int] = frozenset()
    frontier: int = -1
    digits: dict[str, int] = field(default_factory=dict)


def ways(word: Word, frames: list[Frame], way: Way) -> Iterator[Way]:
    """Every way to go on from one by finding a word behind its frontier."""
    match word.kind:
        case "step":
            yield from _steps(word, frames, way)
        case "seq":
            yield from _chained(list(word.parts), frames, way)
        case "par":
            yield from _joined(list(word.parts), frames, way)
        case "any_order":
            yield from _ordered(list(word.parts), frames, way)
        case "optional":
            yield from ways(word.parts[0], frames, way)
            yield way
        case "either":
            for part in word.parts:
                yield from ways(part, frames, way)
        case "repeat":
            for count in range(word.least, word.most + 1):
                yield from _chained([word.parts[0]] * count, frames, way)


def _steps(word: Word, frames: list[Frame], way: Way) -> Iterator[Way]:
    since = frames[way.frontier][2] if way.frontier >= 0 else frames[0][2]
    for at in range(way.frontier + 1, len(frames)):
        letter, digit, time = frames[at]
        fits = letter == word.letter and at not in way.taken
        fits = fits and (not word.refers or way.digits.get(word.refers) == digit)
        if fits and (word.within is None or time - since <= word.within):
            yield Way(way.taken | {at}, at, {**way.digits, word.name: digit})


def _chained(parts: list[Word], frames: list[Frame], way: Way) -> Iterator[Way]:
    if not parts:
        yield way
        return
    for first in ways(parts[0], frames, way):
        yield from _chained(parts[1:], frames, first)


def _joined(parts: list[Word], frames: list[Frame], way: Way) -> Iterator[Way]:
    """Parts that all begin at one frontier; what follows, follows all of them."""
    if not parts:
        yield way
        return
    for first in ways(parts[0], frames, way):
        for rest in _joined(parts[1:], frames, replace(first, frontier=way.frontier)):
            yield replace(rest, frontier=max(rest.frontier, first.frontier))


def _ordered(parts: list[Word], frames: list[Frame], way: Way) -> Iterator[Way]:
    """Like `_joined`, but the frames of one part lie wholly before or behind another's."""
    spans: list[tuple[Way, list[tuple[int, int]]]] = [(way, [])]
    for part in parts:
        following = []
        for before, known in spans:
            for after in ways(part, frames, replace(before, frontier=way.frontier)):
                new = after.taken - before.taken
                span = [(min(new), max(new))] if new else []
                both = sorted([*known, *span])
                if all(one[1] < other[0] for one, other in pairwise(both)):
                    latest = max(before.frontier, after.frontier)
                    following.append((replace(after, frontier=latest), both))
        spans = following
    for found, _ in spans:
        yield found


def accepted(
    word: Word, frames: list[Frame], closed: str, allowed: str, most: int, banned: str
) -> bool:
    """Whether there is a way with which the whole capture is in order."""
    if any(letter == banned for letter, _, _ in frames):
        return False
    for way in ways(word, frames, Way()):
        left = [letter for at, (letter, _, _) in enumerate(frames) if at not in way.taken]
        covered = min(left.count(allowed), most) if allowed else 0
        over = [letter for letter in left if letter in closed and letter != allowed]
        excess = left.count(allowed) - covered if allowed else 0
        if way.taken and not over and not excess:
            return True
    return False


def written(word: Word) -> Item:
    """The same expectation in the words of the judge."""
    parts = tuple(map(written, word.parts))
    match word.kind:
        case "step":
            test = f"udp.dstport == {1000 + PORTS.index(word.letter)}"
            test += f" && ip.ttl == ${{{word.refers}.ip.ttl}}" if word.refers else ""
            within = None if word.within is None else f"{word.within}ms"
            return step(word.name, test, within=within)
        case "optional":
            return optional(*parts)
        case "repeat":
            return repeat(parts[0], word.least, word.most)
    return {"seq": seq, "par": par, "any_order": any_order, "either": either}[word.kind](*parts)


def named(word: Word, counter: Iterator[int], known: list[str], refer: Iterator[int]) -> Word:
    """The word with a name for each step, and references only to steps that come before.

    A step refers only to one that must have been there: not out of an alternative or a branch.
    """
    if word.kind == "step":
        name = f"s{next(counter)}"
        choice = next(refer)
        refers = known[choice % len(known)] if known and choice >= 6 else ""
        known.append(name)
        return replace(word, name=name, refers=refers)
    inner = known if word.kind == "seq" else list(known)
    parts = []
    for part in word.parts:
        scope = inner if word.kind == "seq" else list(known)
        parts.append(named(part, counter, scope, refer))
    return replace(word, parts=tuple(parts))


def _composed(inner: SearchStrategy[Word]) -> SearchStrategy[Word]:
    several = st.lists(inner, min_size=1, max_size=3).map(tuple)
    kinds = st.sampled_from(["seq", "seq", "par", "any_order", "either"])
    return (
        st.builds(Word, kinds, several)
        | st.builds(lambda part: Word("optional", (part,)), inner)
        | st.builds(
            lambda part, least, more: Word("repeat", (part,), least=least, most=least + more),
            inner,
            st.integers(0, 2),
            st.integers(1, 2),
        )
    )


LEAVES = st.builds(
    lambda letter, within: Word("step", letter=letter, within=within),
    st.sampled_from(PORTS),
    st.sampled_from([None, None, None, 1, 3]),
)
WORDS = st.recursive(LEAVES, _composed, max_leaves=5)
FRAMES = st.lists(
    st.tuples(st.sampled_from(PORTS), st.integers(1, 2), st.integers(0, 3)), min_size=1, max_size=6
)


@st.composite
def cases(draw: st.DrawFn) -> tuple[Word, list[Frame], str, str, int, str]:
    """An expectation, a capture, a closed scope, an allowance and what is banned."""
    choices = iter(draw(st.lists(st.integers(0, 9), min_size=12, max_size=12)))
    word = named(draw(WORDS), iter(range(99)), [], choices)
    time, frames = 0, []
    for letter, digit, gap in draw(FRAMES):
        time += gap
        frames.append((letter, digit, time))
    closed = "".join(sorted(draw(st.sets(st.sampled_from(PORTS)))))
    allowed = draw(st.sampled_from(["", "", *closed]))
    return word, frames, closed, allowed, draw(st.integers(1, 2)), draw(st.sampled_from("----c"))


def test_the_matcher_passes_what_the_naive_judge_passes(long: bool) -> None:
    seen = {True: 0, False: 0}

    @settings(max_examples=8000 if long else 500, deadline=None, derandomize=not long)
    @given(cases())
    def check(case: tuple[Word, list[Frame], str, str, int, str]) -> None:
        word, frames, closed, allowed, most, banned = case
        noise = [allow("noise", _port(allowed), most=most)] if allowed else []
        bans = [never(_port(banned), seen="udp")] if banned != "-" else []
        expectation = seq(written(word), *bans, closed=map(_port, closed), allow=noise)
        sent = [
            ("c", float(time), probe(1000 + PORTS.index(letter), ttl=digit))
            for letter, digit, time in frames
        ]
        wanted = accepted(word, frames, closed, allowed, most, banned)
        seen[wanted] += 1
        assert judge(expectation, capture(sent), diagnose=False).passed == wanted

    check()
    assert min(seen.values()) > 30, seen


def _port(letter: str) -> str:
    return f"udp.dstport == {1000 + PORTS.index(letter)}"
