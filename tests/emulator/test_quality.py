"""What a topology may say of a link's quality."""

import pytest

from wirelab.emulator import TopologyError
from wirelab.emulator.quality import Quality


def test_delay_loss_and_rate_are_taken_out_of_the_parameters() -> None:
    params = {"mtu": 1400, "delay": "20ms", "loss": 2.5, "rate": "512kbit"}
    assert Quality.of(params) == Quality(20_000_000, 2.5, 512_000)
    assert params == {"mtu": 1400}


@pytest.mark.parametrize("nothing", [{}, {"delay": "0ms", "loss": 0, "rate": 0}, {"delay": None}])
def test_a_link_without_any_is_an_ordinary_one(nothing: dict[str, object]) -> None:
    assert not Quality.of(nothing)


@pytest.mark.parametrize(
    ("params", "told"),
    [
        ({"delay": 20}, "as in '20ms'"),
        ({"delay": "20 ms"}, "us, ms, s"),
        ({"delay": "11s"}, "at most 10 s"),
        ({"rate": "10M"}, "as in '10mbit'"),
        ({"loss": "2%"}, "0 to 100 percent"),
        ({"loss": 101}, "0 to 100 percent"),
    ],
)
def test_what_is_not_of_its_form_is_refused(params: dict[str, object], told: str) -> None:
    with pytest.raises(TopologyError, match=told):
        Quality.of(params)


def test_sending_takes_longer_the_slower_the_link_is() -> None:
    assert Quality(rate=1_000_000).sending(1250) == 10_000_000
    assert Quality().sending(1250) == 0
