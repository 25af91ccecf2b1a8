"""When an interface lets frames pass."""

import pytest

from wirelab.emulator.rtnetlink import IFF_LOWER_UP, LinkState

UNKNOWN, DOWN, LOWER_LAYER_DOWN, UP = 0, 2, 3, 6
FORWARDING, LEARNING = 3, 2


def link(
    *, flags: int = IFF_LOWER_UP, state: int = UP, queue: str = "noqueue", port: int | None = None
) -> LinkState:
    return LinkState(1, flags, bytes(6), state, queue, port)


@pytest.mark.parametrize("state", [UNKNOWN, UP])
def test_an_interface_with_a_carrier_passes_frames(state: int) -> None:
    assert link(state=state).passes
    assert link(state=state, port=FORWARDING).passes


@pytest.mark.parametrize("state", [DOWN, LOWER_LAYER_DOWN])
def test_a_carrier_that_is_not_noticed_yet_passes_nothing(state: int) -> None:
    assert not link(state=state).passes
    assert not link(state=state, port=FORWARDING).passes


def test_a_queue_that_drops_all_passes_nothing() -> None:
    assert not link(queue="noop").passes


def test_a_port_that_learns_passes_nothing() -> None:
    assert not link(port=LEARNING).passes


def test_an_interface_without_a_carrier_is_waited_for_by_nobody() -> None:
    assert link(flags=0, state=DOWN, queue="noop").passes


def test_only_what_is_up_is_operational() -> None:
    assert [each for each in (UNKNOWN, DOWN, UP) if link(state=each).operational] == [UP]
