"""Columns select the frames that dissection packet by packet selects."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

import pytest
from crowds import KINDS, Crowd, crowd, made, numbered, table
from filter.generated import Generator
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from wirelab.verify.columns.select import select
from wirelab.verify.dissect import dissect
from wirelab.verify.fields import FIELDS
from wirelab.verify.filter import display_filter

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wirelab.verify.frame import Frame

_FIELDS = list(FIELDS)


def _packet_by_packet(some: Sequence[Frame], texts: Sequence[str]) -> dict[str, list[int]]:
    packets = dissect(some)
    chosen = {text: display_filter(text) for text in texts}
    return {
        text: [place for place, packet in enumerate(packets) if each.selects(packet)]
        for text, each in chosen.items()
    }


def _by_columns(some: Sequence[Frame], texts: Sequence[str]) -> dict[str, list[int]]:
    tests = [display_filter(text).test for text in texts]
    found = select(table(some), tests)
    return {text: places.tolist() for text, places in zip(texts, found, strict=True)}


def _agree(some: Sequence[Frame], texts: Sequence[str]) -> None:
    fast, slow = _by_columns(some, texts), _packet_by_packet(some, texts)
    assert {text: fast[text] for text in texts if fast[text] != slow[text]} == {
        text: slow[text] for text in texts if fast[text] != slow[text]
    }


@pytest.mark.parametrize("kind", KINDS)
def test_every_field_is_found_in_the_same_frames(kind: str) -> None:
    _agree(numbered(made(kind)), _FIELDS)


@pytest.mark.parametrize("kind", KINDS)
def test_a_field_that_is_asked_alone_is_found_in_the_same_frames(kind: str) -> None:
    some = numbered(made(kind))
    slow = _packet_by_packet(some, _FIELDS)
    for text in Random(kind).sample(_FIELDS, 40):
        assert _by_columns(some, [text])[text] == slow[text], text


_CROWDS = st.builds(
    Crowd,
    st.lists(st.sampled_from(KINDS), min_size=1, max_size=3).map(tuple),
    st.sampled_from([("",), ("lan",), ("lan", "wan")]),
    st.sampled_from([0.0, 0.1, 0.5]),
    st.integers(0, 1 << 32),
)
_EXAMPLES = settings(
    max_examples=1500,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
)


@_EXAMPLES
@given(_CROWDS, st.data())
def test_any_filter_selects_the_same_frames_of_any_capture(
    asked: Crowd, data: st.DataObject
) -> None:
    some = crowd(asked)
    filters = Generator(dissect(some)).filters()
    _agree(some, data.draw(st.lists(filters, min_size=1, max_size=12)))


@_EXAMPLES
@given(_CROWDS, st.lists(st.sampled_from(_FIELDS), min_size=1, max_size=40))
def test_any_field_is_found_in_the_same_frames_of_any_capture(
    asked: Crowd, texts: list[str]
) -> None:
    _agree(crowd(asked), texts)
