"""What waits for its acknowledgment: the same as when every segment is looked at every time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from wirelab.verify.dissectors import tcp_flight
from wirelab.verify.dissectors.tcp_flight import InFlight
from wirelab.verify.layer import Layer

if TYPE_CHECKING:
    import pytest

_MODULO = 1 << 32


def _layer() -> Layer:
    return Layer.__new__(Layer)


@dataclass
class _Sent:
    start: int
    end: int
    layer: Layer


class _Plain:
    """The same without heaps, and with positions that need no unwrapping."""

    def __init__(self) -> None:
        self.waiting: list[_Sent] = []
        self.reached: int | None = None

    def add(self, start: int, size: int, layer: Layer) -> None:
        self.waiting.append(_Sent(start, start + size, layer))

    def acknowledge(self, ack: int) -> Layer | None:
        answered = [each.layer for each in self.waiting if each.end == ack]
        self.waiting = [each for each in self.waiting if each.end > ack]
        known = [ack] if self.reached is None else [ack, self.reached]
        self.reached = max(known) if self.waiting else None
        for each in self.waiting:
            each.start = max(each.start, self.reached or 0)
        return answered[0] if answered else None

    def span(self) -> tuple[int, int] | None:
        if not self.waiting:
            return None
        return min(each.start for each in self.waiting), max(each.end for each in self.waiting)


_SEGMENT = st.tuples(st.integers(0, 60), st.integers(1, 30))
_ACK = st.integers(0, 100)


@given(
    base=st.sampled_from([0, 1000, _MODULO - 40, 1 << 31, 3_000_000_000]),
    events=st.lists(st.one_of(_SEGMENT, _ACK), max_size=40),
)
def test_it_knows_what_is_on_its_way_and_what_is_answered(base: int, events: list) -> None:
    flight, plain = InFlight(), _Plain()
    for event in events:
        if isinstance(event, int):
            ack = base + event
            assert flight.acknowledge(ack % _MODULO) is plain.acknowledge(ack)
        else:
            start, size = event
            layer = _layer()
            flight.add((base + start) % _MODULO, size, layer)
            plain.add(base + start, size, layer)
        expected = plain.span()
        assert flight.span() == (expected and tuple(each % _MODULO for each in expected))


def test_an_acknowledgment_in_the_midst_of_a_segment_takes_a_part_of_it() -> None:
    flight = InFlight()
    flight.add(100, 10, _layer())
    assert flight.acknowledge(104) is None
    assert flight.span() == (104, 110)


def test_no_more_than_so_many_segments_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tcp_flight, "_MOST", 3)
    flight = InFlight()
    for number in range(10):
        flight.add(number, 1, _layer())
    assert flight.span() == (0, 3)
