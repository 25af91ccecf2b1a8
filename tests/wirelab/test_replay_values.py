"""What is typed behind the options of `lab replay`."""

import click
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wirelab.cli.replay_values import Moment, interfaces, pairs, ttl, vlan
from wirelab.traffic.replay.errors import ReplayError
from wirelab.traffic.replay.frame_options import EPOCH
from wirelab.traffic.replay.rewrite import Tagging, Ttl, Vlan

_SECOND = 1_000_000_000


@given(st.integers(0, 4 * 10**18))
def test_seconds_are_read_to_the_nanosecond(nanoseconds: int) -> None:
    text = f"{nanoseconds // _SECOND}.{nanoseconds % _SECOND:09}"
    assert Moment().convert(text, None, None) == nanoseconds


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("1970-01-01T00:00:01", 1),
        ("2026-03-01T12:00:00", 1772366400),
        ("2026-03-01T12:00:00+02:00", 1772359200),
        ("2026-03-01", 1772323200),
    ],
)
def test_a_date_is_utc_unless_it_says_otherwise(text: str, seconds: int) -> None:
    assert Moment().convert(text, None, None) == seconds * _SECOND


def test_times_since_the_epoch_are_told_from_times_into_a_capture() -> None:
    assert Moment().convert("2000-01-01", None, None) > EPOCH
    assert Moment().convert("86400", None, None) < EPOCH


@pytest.mark.parametrize("text", ["-1", "nan", "inf", "soon", "", "1e99", "12:00"])
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(click.BadParameter):
        Moment().convert(text, None, None)


def test_interfaces_are_for_all_points_or_for_one() -> None:
    assert interfaces(["c-eth0", "a=b=s-eth0"]) == {"": "c-eth0", "a=b": "s-eth0"}
    assert interfaces([]) == {}


@pytest.mark.parametrize("words", [["=c-eth0"], ["a="], [""], ["x", "y"], ["a=x", "a=y"]])
def test_interfaces_of_another_form_are_refused(words: list[str]) -> None:
    with pytest.raises(click.UsageError):
        interfaces(words)


def test_an_ipv6_address_may_be_mapped() -> None:
    assert pairs(["2001:db8::1=c"], "--map", "ADDRESS=HOST") == {"2001:db8::1": "c"}


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        (None, None),
        ("add:5", Vlan(Tagging.ADD, 5)),
        ("remove", Vlan(Tagging.REMOVE)),
        ("5", Vlan(Tagging.CHANGE, 5)),
        ("3=5", Vlan(Tagging.CHANGE, 5, 3)),
    ],
)
def test_tags_are_added_removed_or_changed(text: str | None, meant: Vlan | None) -> None:
    assert vlan(text) == meant


@pytest.mark.parametrize(
    ("text", "meant"),
    [(None, None), ("64", Ttl(64)), ("+1", Ttl(1, relative=True)), ("-1", Ttl(-1, relative=True))],
)
def test_a_ttl_is_set_or_moved(text: str | None, meant: Ttl | None) -> None:
    assert ttl(text) == meant


@pytest.mark.parametrize("text", ["", "x", "+", "--1", "1.5", "999", "0", "9" * 12, "٣"])
def test_what_is_no_ttl_is_refused(text: str) -> None:
    with pytest.raises((click.UsageError, ReplayError)):
        ttl(text)
