"""Which packets a filter selects, where that is not what one might guess."""

from __future__ import annotations

import pytest
from handmade import C, R, capture, echo, error, ping, probe

from wirelab.verify.dissect import dissect
from wirelab.verify.filter import display_filter

PACKETS = dissect(capture([*ping(), ("c", 5, probe()), ("c", 6, error(probe()))]).frames)
REQUEST, REPLY, ECHO, _, PROBE, ERROR = PACKETS


@pytest.mark.parametrize("operator", ["==", "!=", "===", "!==", "<", "<=", ">", ">="])
def test_a_field_that_is_not_there_satisfies_no_operator(operator: str) -> None:
    assert not display_filter(f"udp.dstport {operator} 53").selects(REQUEST)
    assert not display_filter(f"all udp.dstport {operator} 53").selects(REQUEST)
    assert display_filter(f"!(udp.dstport {operator} 53)").selects(REQUEST)


def test_not_equal_means_that_no_value_is_equal() -> None:
    assert not display_filter(f"ip.addr != {C}").selects(ECHO)
    assert display_filter(f"ip.addr !== {C}").selects(ECHO)
    assert display_filter("ip.addr != 9.9.9.9").selects(ECHO)


def test_the_layer_operator_tells_an_error_from_what_it_quotes() -> None:
    assert display_filter(f"ip.src#1 == {R} && ip.src#2 == {C}").selects(ERROR)
    assert not display_filter(f"ip.src#2 == {R}").selects(ERROR)
    assert not display_filter("ip.src#2").selects(PROBE)


def test_a_quoted_packet_is_dissected_like_any_other() -> None:
    assert display_filter("udp.dstport == 33434").selects(ERROR)


def test_a_slice_of_too_short_a_value_is_empty() -> None:
    assert not display_filter("eth.src[4:4]").selects(ECHO)
    assert not display_filter("eth.src[4:4] == 01:02:03:04").selects(ECHO)
    assert display_filter("eth.src[4:4] != 01:02:03:04").selects(ECHO)
    assert display_filter("eth.src[4:2] == 00:0c").selects(ECHO)


def test_dividing_by_zero_gives_no_value() -> None:
    assert not display_filter("ip.ttl / ip.dsfield == 0").selects(ECHO)
    assert not display_filter("ip.ttl / ip.dsfield != 0").selects(ECHO)


def test_all_frames_satisfy_the_empty_filter() -> None:
    assert all(display_filter("").selects(packet) for packet in PACKETS)


def test_comparing_with_a_field_of_the_same_packet() -> None:
    (packet,) = dissect(capture([("c", 0, echo(64, ttl=64))]).frames)
    assert display_filter("icmp.seq == ip.ttl").selects(packet)
