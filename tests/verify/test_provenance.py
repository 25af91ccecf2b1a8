"""What a capture says about what made it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wirelab.verify import Provenance, Way, provenance

TEXTS = st.dictionaries(st.text(), st.text(), max_size=3)
ROUTE = st.builds(Way, st.text(), st.integers(0, 9), st.lists(st.text(), max_size=2).map(tuple))
WAYS = st.dictionaries(st.text(), st.dictionaries(st.text(), ROUTE, max_size=3), max_size=3)


@given(st.text(), st.none() | st.integers(), TEXTS, TEXTS, WAYS, st.text())
def test_what_is_written_is_read_again(
    scenario: str,
    seed: int | None,
    settings: dict[str, str],
    names: dict[str, str],
    ways: dict[str, dict[str, Way]],
    origin: str,
) -> None:
    made = Provenance(scenario, seed, settings, names, ways, origin)
    assert provenance(made.comment()) == made
    assert provenance(f"something else\n{made.comment()}\n") == made


@pytest.mark.parametrize(
    "comment", ["", "made by hand", "{", "[]", "{}", '{"scenario": 1, "names": {}}', "{1:2}"]
)
def test_other_comments_say_nothing(comment: str) -> None:
    assert provenance(comment) is None


@pytest.mark.parametrize(
    "ways", ["3", "[]", '{"lan": 1}', '{"lan": {"a": []}}', '{"lan": {"a": "bcd"}}']
)
def test_ways_of_another_form_are_no_ways(ways: str) -> None:
    made = provenance(f'{{"scenario": "x", "names": {{}}, "ways": {ways}}}')
    assert made is not None
    assert made.ways in ({}, {"lan": {}})
