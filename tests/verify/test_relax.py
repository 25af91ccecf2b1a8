"""Expectations without their closed scopes."""

from __future__ import annotations

from handmade import capture, ping

from wirelab.verify import (
    allow,
    any_order,
    either,
    habit,
    judge,
    never,
    optional,
    par,
    relaxed,
    repeat,
    seq,
    step,
)
from wirelab.verify.items import Seq
from wirelab.verify.lint import everything

CLOSED = seq(step("a", "icmp.type == 8"), closed=["icmp"], allow=[allow("noise", "arp", most=1)])


def test_frames_that_no_step_took_pass() -> None:
    assert not judge(CLOSED, capture(ping())).passed
    assert judge(relaxed(CLOSED), capture(ping())).passed


def test_steps_and_bans_stay() -> None:
    assert not judge(relaxed(CLOSED), capture(ping()[:2])).passed
    assert not judge(relaxed(seq(CLOSED, never("arp"))), capture(ping())).passed


def test_scopes_are_opened_however_deep_they_lie() -> None:
    names = iter("bcdefgh")

    def inner() -> Seq:
        return seq(step(next(names), "icmp"), closed=["icmp"])

    item = seq(par(inner()), any_order(inner()), either(inner()), optional(inner()),
               repeat(inner()), habit("why", inner()))  # fmt: skip
    found = [each for each in everything(relaxed(item)) if isinstance(each, Seq)]
    assert len(found) == 7
    assert not any(each.closed or each.allow for each in found)
    assert len(list(everything(relaxed(item)))) == len(list(everything(item)))
