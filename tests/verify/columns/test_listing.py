"""The list of frames says of each what its packet says."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from crowds import KINDS, Crowd, crowd, made, numbered, table
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from wirelab.verify.columns.listing import listed
from wirelab.verify.dissect import dissect
from wirelab.verify.filter import display_filter
from wirelab.verify.found import by_itself

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wirelab.verify.frame import Frame


def _agree(some: Sequence[Frame], text: str) -> None:
    chosen = display_filter(text)
    found = [(each.place, str(each.summary)) for each in listed(table(some), chosen.test)]
    places = [at for at, packet in enumerate(dissect(some)) if chosen.selects(packet)]
    assert found == [(at, str(by_itself(some[at]))) for at in places]


@pytest.mark.parametrize("kind", KINDS)
def test_all_frames_of_a_sample_are_listed_with_their_summaries(kind: str) -> None:
    _agree(numbered(made(kind)), "")


@settings(
    max_examples=80,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
)
@given(
    st.builds(
        Crowd,
        st.lists(st.sampled_from(KINDS), min_size=1, max_size=3).map(tuple),
        st.sampled_from([("",), ("lan", "wan")]),
        st.sampled_from([0.0, 0.1, 0.5]),
        st.integers(0, 1 << 32),
    ),
    st.sampled_from(["", "tcp", "dns || icmp", "http || arp", "frame.number > 9"]),
)
def test_any_capture_is_listed_with_the_summaries_of_its_packets(asked: Crowd, text: str) -> None:
    _agree(crowd(asked), text)


def test_a_list_begins_before_the_capture_was_read_to_its_end() -> None:
    some = numbered(made("arp") * 400)
    looked_at: list[int] = []
    first = next(listed(table(some), display_filter("arp.opcode == 2").test, looked_at.append))
    assert first.place < len(some)
    assert looked_at == []
