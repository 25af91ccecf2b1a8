"""The words of expectations, and what they refuse."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from wirelab.verify import (
    ExpectationError,
    FilterError,
    allow,
    either,
    forwarded,
    fragments,
    habit,
    never,
    optional,
    par,
    reassembles_to,
    repeat,
    seq,
    step,
    stream,
)
from wirelab.verify.items import Repeat, Seq, Step

if TYPE_CHECKING:
    from pathlib import Path


def test_filters_are_read_when_the_expectation_is_written() -> None:
    with pytest.raises(FilterError, match=r"did you mean arp\.opcode"):
        step("a", "arp.opcod == 1")
    with pytest.raises(FilterError):
        seq(step("a", "arp"), closed=["arp ="])
    with pytest.raises(FilterError):
        forwarded("a", "lan", "wan", rewrites=["ip.srx"])


@pytest.mark.parametrize("name", ["", "two words", "a.b", "${a}"])
def test_a_name_is_one_word_without_dots(name: str) -> None:
    with pytest.raises(ExpectationError, match="is no name"):
        step(name, "arp")


def test_a_count_makes_a_repetition() -> None:
    found = step("probe", "arp", count=3)
    assert isinstance(found, Repeat)
    assert (found.least, found.most) == (3, 3)


def test_several_items_of_an_optional_are_a_sequence() -> None:
    found = optional(step("a", "arp"), step("b", "arp"))
    assert isinstance(found.item, Seq)


def test_the_name_of_what_is_forwarded_follows_from_the_step() -> None:
    request = step("request", "icmp")
    assert isinstance(request, Step)
    assert forwarded(request, "lan", "wan").name == "request@wan"
    assert forwarded("request", "lan", "wan", name="again").name == "again"


def test_a_stream_may_be_compared_with_a_file(tmp_path: Path) -> None:
    file = tmp_path / "hello"
    file.write_bytes(b"hello")
    assert stream("data", "tcp", equals=file).equals == b"hello"


@pytest.mark.parametrize(
    "wrong",
    [
        seq,
        par,
        either,
        lambda: habit("why"),
        optional,
        lambda: repeat(step("a", "arp"), -1),
        lambda: repeat(step("a", "arp"), 3, 2),
        lambda: repeat(step("a", "arp"), 0, 0),
        lambda: step("a", "arp", count=0),
        lambda: step("a", "arp", of="b"),
        lambda: step("a", "arp", within="soon"),
        lambda: step("a", "arp", within="3"),
        lambda: step("a", "arp", within="2s..1s"),
        lambda: forwarded("a", "lan", "wan", hops=-1),
        lambda: fragments("a", mtu=60),
        lambda: reassembles_to("a"),
        lambda: stream("a", "tcp", equals="abc"),
        lambda: allow("a", "arp", most=0),
    ],
)
def test_what_could_never_be_meant_is_refused(wrong: object) -> None:
    assert callable(wrong)
    with pytest.raises(ExpectationError):
        wrong()


def test_a_never_reads_its_witness() -> None:
    assert str(never("icmp", seen="arp").seen) == "arp"
    with pytest.raises(FilterError):
        never("icmp", seen="apr")
