"""What a capture says about what made it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wirelab.verify import Provenance, provenance

TEXTS = st.dictionaries(st.text(), st.text(), max_size=3)


@given(st.text(), st.none() | st.integers(), TEXTS, TEXTS)
def test_what_is_written_is_read_again(
    scenario: str, seed: int | None, settings: dict[str, str], names: dict[str, str]
) -> None:
    made = Provenance(scenario, seed, settings, names)
    assert provenance(made.comment()) == made
    assert provenance(f"something else\n{made.comment()}\n") == made


@pytest.mark.parametrize(
    "comment", ["", "made by hand", "{", "[]", "{}", '{"scenario": 1, "names": {}}', "{1:2}"]
)
def test_other_comments_say_nothing(comment: str) -> None:
    assert provenance(comment) is None
