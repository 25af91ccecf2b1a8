"""Rings: a tap whose frames the kernel writes into memory."""

import socket
from time import monotonic
from typing import Any

import pytest

from wirelab.emulator import Captured, Lab, sandbox
from wirelab.topologies.lan import Lan

_POINTS = {"c": "c-eth0", "s": "s-eth0"}
_OURS = 0x88B5  # IEEE 802, for experiments
_PLAIN = bytes.fromhex("ffffffffffff 020000000001 88b5")
_TAGGED = bytes.fromhex("ffffffffffff 020000000001 8100 6064 88b5")


def _captured(frames: list[bytes], *, ring: bool) -> tuple[list[Captured], dict[str, Any]]:
    """What the points saw of some frames that `c` sent, and the kernel's counts."""

    def work() -> Any:
        lab = Lab(Lan(), taps=_POINTS, ring=ring)
        lab.start()
        with (
            lab["c"].namespace.entered(),
            socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0) as out,
        ):
            out.bind(("c-eth0", 0))
            for frame in frames:
                out.send(frame)
        statistics = lab.taps.stop()
        return lab.taps.frames(), statistics

    captured, statistics = sandbox.call(work)
    return [each for each in captured if _OURS.to_bytes(2) in each.data[12:18]], statistics


@pytest.mark.parametrize("ring", [False, True])
def test_frames_of_every_size_come_whole_and_in_order(ring: bool) -> None:
    sent = [_PLAIN + bytes([n % 251]) * n for n in (0, 1, 46, 100, 1000, 1500)]
    captured, _ = _captured(sent, ring=ring)
    for point in _POINTS:
        mine = [each for each in captured if each.point == point]
        assert [each.data for each in mine] == sent
        assert {each.outgoing for each in mine} == {point == "c"}
    assert [each.time for each in captured] == sorted(each.time for each in captured)


@pytest.mark.parametrize("ring", [False, True])
def test_a_tag_is_where_it_was(ring: bool) -> None:
    captured, _ = _captured([_TAGGED + bytes(46)], ring=ring)
    assert {each.data for each in captured} == {_TAGGED + bytes(46)}


def test_a_ring_loses_nothing_while_frames_fill_many_blocks() -> None:
    sent = [_PLAIN + number.to_bytes(4) + bytes(1000) for number in range(40_000)]
    captured, statistics = _captured(sent, ring=True)
    assert [each.data for each in captured if each.point == "s"] == sent
    assert {counts.dropped for counts in statistics.values()} == {0}


def test_what_passes_a_ring_can_be_waited_for() -> None:
    def work() -> Any:
        lab = Lab(Lan(), taps=_POINTS, ring=True)
        lab.start()
        before = len(lab.taps.frames())
        with (
            lab["c"].namespace.entered(),
            socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0) as out,
        ):
            out.bind(("c-eth0", 0))
            out.send(_PLAIN)
        came = lab.taps.wait_for_more(before, monotonic() + 10)
        return came, len(lab.taps.frames()) > before

    assert sandbox.call(work) == (True, True)
