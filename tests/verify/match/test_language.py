"""A closed expectation is a set of words, and a capture passes when it is one of them.

Frames are letters here, told apart by their port, and what an expectation means is written down a
second time, as operations on sets of words.
"""

from __future__ import annotations

from itertools import permutations, product
from typing import TYPE_CHECKING

from handmade import capture, probe
from hypothesis import given, settings
from hypothesis import strategies as st

from wirelab.verify import any_order, either, judge, optional, par, repeat, seq, step
from wirelab.verify.items import AnyOrder, Either, Item, Optional, Par, Repeat, Seq, Step

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

LETTERS = "abc"
LONGEST = 5
Words = frozenset[str]


def letter(which: str) -> Item:
    """A step that wants a letter; its name is made unique later."""
    return step(which, f"udp.dstport == {1000 + LETTERS.index(which)}")


def named(item: Item, place: str = "s") -> Item:
    """The same expectation with a name for each step."""
    match item:
        case Step(name, own):
            return Step(f"{name}{place}", own)
        case Optional(inner):
            return Optional(named(inner, place))
        case Repeat(inner, least, most):
            return Repeat(named(inner, place), least, most)
        case Seq(items) | Par(items) | AnyOrder(items) | Either(items):
            parts = tuple(named(each, f"{place}{n}") for n, each in enumerate(items))
            return type(item)(parts)
    raise TypeError(item)


def words(item: Item) -> Words:
    """The words that an expectation allows, up to the longest that are tried."""
    match item:
        case Step(name):
            return frozenset({name[0]})
        case Optional(inner):
            return words(inner) | {""}
        case Repeat(inner, least, most):
            return repeated(words(inner), least, most or LONGEST + 1)
        case Seq(items):
            return joined(*map(words, items))
        case Par(items):
            found = frozenset({""})
            for each in items:
                found = shuffled(found, words(each))
            return found
        case AnyOrder(items):
            return frozenset().union(*(joined(*map(words, p)) for p in permutations(items)))
        case Either(items):
            return frozenset().union(*map(words, items))
    raise TypeError(item)


def short(found: set[str]) -> Words:
    return frozenset(word for word in found if len(word) <= LONGEST)


def joined(*parts: Words) -> Words:
    found = frozenset({""})
    for part in parts:
        found = short({one + other for one, other in product(found, part)})
    return found


def repeated(part: Words, least: int, most: int) -> Words:
    found: set[str] = set()
    for count in range(least, most + 1):
        found |= joined(*[part] * count)
    return frozenset(found)


def shuffled(ones: Words, others: Words) -> Words:
    return short({word for one, other in product(ones, others) for word in shuffles(one, other)})


def shuffles(one: str, other: str) -> set[str]:
    if not one or not other:
        return {one + other}
    first = {one[0] + rest for rest in shuffles(one[1:], other)}
    return first | {other[0] + rest for rest in shuffles(one, other[1:])}


def composed(inner: SearchStrategy[Item]) -> SearchStrategy[Item]:
    several = st.lists(inner, min_size=1, max_size=3)
    words_ = st.sampled_from([seq, par, any_order, either])
    return (
        st.builds(lambda word, items: word(*items), words_, several)
        | st.builds(optional, inner)
        | st.builds(repeat, inner, st.integers(0, 2), st.sampled_from([2, 3, None]))
    )


ITEMS = st.recursive(st.sampled_from(LETTERS).map(letter), composed, max_leaves=5).map(named)
WORDS = st.text(LETTERS, min_size=1, max_size=LONGEST)


def passes(item: Item, word: str) -> bool:
    sent = [("c", float(n), probe(1000 + LETTERS.index(each))) for n, each in enumerate(word)]
    return judge(seq(item, closed=["udp"]), capture(sent)).passed


@settings(max_examples=200, deadline=None)
@given(ITEMS, st.data())
def test_a_capture_passes_when_it_is_a_word_of_it(item: Item, data: st.DataObject) -> None:
    allowed = sorted(words(item) - {""})
    word = data.draw((st.sampled_from(allowed) | WORDS) if allowed else WORDS)
    assert passes(item, word) == (word in words(item))
