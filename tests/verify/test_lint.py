"""Expectations that contradict themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from wirelab.verify import (
    ExpectationError,
    either,
    forwarded,
    fragments,
    never,
    par,
    reassembles_to,
    seq,
    step,
    stream,
)
from wirelab.verify.lint import names_of, validate

if TYPE_CHECKING:
    from wirelab.verify.items import Item

A = step("a", "arp", at="lan")


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        (seq(A, A), "two steps are called 'a'"),
        (seq(step("b", "arp.opcode == ${a.arp.opcode}"), A), "'a', which comes later"),
        (seq(A, step("b", "arp", within="1s", of="c")), "'c', which is no step"),
        (seq(A, step("b", "icmp", quotes="c")), "'c', which is no step"),
        (seq(A, step("b", "arp.opcode == ${a.arp.opcod}")), r"no field; did you mean arp\.opcode"),
        (seq(A, step("b", "arp.opcode == ${a.arp.src.hw_mac}")), "cannot be compared"),
        (seq(A, forwarded("b", "lan", "wan")), "'b', which is no step"),
        (seq(A, forwarded("a", "wan", "lan")), "step 'a' is at 'lan', not at 'wan'"),
        (seq(A, fragments("b", mtu=1400, of="c")), "'c', which is no step"),
        (seq(A, reassembles_to("c", length=3)), "'c', which is no step"),
        (seq(A, never("icmp", since="c")), "'c', which is no step"),
        (seq(A, never("icmp", until="c")), "'c', which is no step"),
    ],
)
def test_what_contradicts_itself_is_refused(wrong: Item, reason: str) -> None:
    with pytest.raises(ExpectationError, match=reason):
        validate(wrong)


def test_alternatives_may_have_steps_of_one_name() -> None:
    reply = either(step("b", "arp"), step("b", "icmp"))
    validate(seq(A, reply, step("c", "eth.src == ${b.eth.src}")))


def test_branches_may_refer_to_what_is_written_before_them() -> None:
    validate(par(A, step("b", "eth.src == ${a.eth.src}")))


def test_names_are_what_refers_to_no_step() -> None:
    expectation = seq(
        A,
        step("b", "ip.src == ${s.ip} && eth.src == ${a.eth.src}"),
        stream("c", "tcp", equals="${file.sha256}"),
        closed=["ip.dst == ${t.ip}"],
    )
    assert names_of(expectation) == {"s.ip", "t.ip", "file.sha256"}
