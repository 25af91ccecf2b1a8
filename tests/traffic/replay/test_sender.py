"""Frames that are sent arrive as they were, in order, and not before they are due."""

from __future__ import annotations

import os
import select
import signal
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from replay_labs import FAR, HOUR, NEAR, Pair, arrived, frame, in_pair, received, senders
from written import pcap

from wirelab.emulator import EmulatorError, Lab, NodeError
from wirelab.traffic.replay.errors import ReplayError
from wirelab.traffic.replay.order import Order
from wirelab.traffic.replay.schedule import packets_a_second
from wirelab.traffic.replay.sender import Enough, play
from wirelab.verify.capture import load_capture

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from wirelab.traffic.replay.sent import Sent

MS = 1_000_000


def ints(*values: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.array(values, np.int64)


def sent_and_arrived(order: Order) -> tuple[Sent, list[bytes]]:
    def work(lab: Lab) -> tuple[Sent, list[bytes]]:
        sent = play(lab, {NEAR: order})[NEAR]
        return sent, arrived(lab, sent.frames)

    found: tuple[Sent, list[bytes]] = in_pair(work)
    return found


@pytest.mark.parametrize(
    "frames",
    [
        [frame(1)],
        [frame(7)[:14]],
        [frame(1, 1514), frame(2, 61), frame(3, 1514)],
        [frame(number, 60 + number % 1400) for number in range(9000)],
    ],
    ids=["one", "a header alone", "of the MTU's size", "thousands"],
)
@pytest.mark.parametrize("paced", [False, True], ids=["top speed", "paced"])
def test_frames_arrive_byte_by_byte_in_order(frames: list[bytes], paced: bool) -> None:
    due = packets_a_second(len(frames), 50_000).due if paced else None
    sent, there = sent_and_arrived(Order.of_bytes(frames, due))
    assert there == frames
    assert sent.complete
    assert (sent.frames, sent.bytes) == (len(frames), sum(map(len, frames)))
    assert (sent.refused, sent.refusals, sent.segmented) == ((), 0, ())
    assert (sent.errors_ns is not None) == (paced and len(frames) > 1)


def test_a_capture_is_sent_from_its_file_in_any_order(tmp_path: Path) -> None:
    frames = [frame(number, 60 + number % 7) for number in range(100)]
    path = tmp_path / "capture.pcap"
    path.write_bytes(pcap([(n, each, len(each)) for n, each in enumerate(frames)]))
    places = ints(*range(99, 0, -3), 5, 5)
    order = Order.of(path, load_capture(path, small=0), places)
    assert sent_and_arrived(order)[1] == [frames[place] for place in places]
    path.write_bytes(path.read_bytes()[:5000])
    with pytest.raises(ReplayError, match="shorter"):
        sent_and_arrived(order)
    path.unlink()
    with pytest.raises(ReplayError, match="No such file"):
        sent_and_arrived(order)


@pytest.mark.parametrize("paced", [False, True], ids=["top speed", "paced"])
@pytest.mark.parametrize("order", ["in order", "in no order"])
def test_a_large_file_is_sent_without_being_held_in_memory(
    tmp_path: Path, order: str, paced: bool
) -> None:
    path, count, apart = tmp_path / "sparse", 6000, 40_000  # 240 MB, most of which are holes
    with path.open("wb") as file:
        for number in range(count):
            file.seek(number * apart)
            file.write(frame(number))
    places = np.arange(count)
    if order == "in no order":
        places = np.random.default_rng(1).permutation(count)
    sizes = np.full(count, 60)
    due = packets_a_second(count, 100_000).due if paced else None
    made = Order(path, places * apart, sizes.astype(np.int32), sizes, places, due, 2, 10**9)
    sent, there = sent_and_arrived(made)
    assert there == [frame(place) for place in places.tolist()] * 2
    assert sent.complete


@pytest.mark.parametrize("count", [3, 5000])
@pytest.mark.parametrize("paced", [False, True], ids=["top speed", "paced"])
def test_loops_send_all_again(count: int, paced: bool) -> None:
    frames = [frame(number) for number in range(count)]
    due = packets_a_second(count, 100_000).due if paced else None
    sent, there = sent_and_arrived(Order.of_bytes(frames, due, 3))
    assert there == frames * 3
    assert (sent.total, sent.frames, sent.complete) == (3 * count, 3 * count, True)


def test_no_frame_is_sent_before_it_is_due() -> None:
    due, loops = ints(0, 0, 3 * MS, 20 * MS, 21 * MS), 2
    order = Order.of_bytes([frame(number) for number in range(5)], due, loops, period=30 * MS)

    def work(lab: Lab) -> tuple[Sent, list[int]]:
        sent = play(lab, {NEAR: order})[NEAR]
        arrived(lab, 10)
        return sent, [each.time for each in lab.taps.frames()]

    sent, times = in_pair(work)
    targets = np.concatenate([due, due + 30 * MS])
    settling = MS // 5  # between two readings of two clocks
    assert (np.array(times) - sent.started + settling >= targets).all()
    assert sent.errors_ns is not None
    assert sent.worst >= 0


def test_what_is_too_late_is_counted() -> None:
    def work(lab: Lab) -> Sent:
        order = Order.of_bytes([frame(number) for number in range(50)], np.arange(50) * 1000)
        return play(lab, {NEAR: order}, bound=0)[NEAR]

    sent = in_pair(work)
    assert sent.late == 50, "the clock is read after a frame was sent, so each is late by some"
    assert sent.worst > 0


def test_several_interfaces_have_one_time_zero_and_one_period() -> None:
    one = Order.of_bytes([frame(1), frame(2)], ints(0, 4 * MS), 2)
    two = Order.of_bytes([frame(3)], ints(9 * MS), 2)

    def work(lab: Lab) -> tuple[Mapping[str, Sent], list[bytes]]:
        sent = play(lab, {NEAR: one, FAR: two})
        return sent, arrived(lab, 6)

    sent, there = in_pair(work)
    assert sent[NEAR].started == pytest.approx(sent[FAR].started, abs=MS)
    assert sent[NEAR].complete
    assert sent[FAR].complete
    assert sorted(there) == sorted([frame(1), frame(2), frame(3)] * 2)


@pytest.mark.parametrize("paced", [False, True], ids=["top speed", "paced"])
def test_what_is_too_large_or_no_frame_is_refused_and_the_rest_sent(paced: bool) -> None:
    frames = [frame(1), frame(2, 1515), frame(3)[:13], frame(4, 1514), frame(5, 9000)]
    due = ints(0, 0, MS, MS, 2 * MS) if paced else None
    sent, there = sent_and_arrived(Order.of_bytes(frames, due, 2))
    assert there == [frame(1), frame(4, 1514)] * 2
    assert (sent.refused, sent.refusals, sent.frames) == ((1, 2, 4), 6, 4)
    assert sent.bytes == 2 * (60 + 1514)
    assert sent.complete


def test_a_progress_that_has_seen_enough_ends_sending_at_once() -> None:
    frames = [frame(number) for number in range(5)]
    order = Order.of_bytes(frames, ints(0, 1, 2, HOUR, HOUR))

    def enough(done: int) -> None:
        if done == 3:
            raise Enough

    def work(lab: Lab) -> tuple[Sent, list[bytes], list[int]]:
        sent = play(lab, {NEAR: order}, progress=enough)[NEAR]
        return sent, arrived(lab, 3), senders()

    sent, there, left = in_pair(work)
    assert (sent.frames, sent.total, sent.complete) == (3, 5, False)
    assert there == frames[:3]
    assert left == []


def test_top_speed_ends_at_once_too_and_says_how_far_it_got() -> None:
    order = Order.of_bytes([frame(number) for number in range(1000)], loops=1 << 30)

    def enough(done: int) -> None:
        if done:
            raise Enough

    def work(lab: Lab) -> tuple[Sent, int]:
        sent = play(lab, {NEAR: order}, progress=enough)[NEAR]
        return sent, received(lab)

    sent, there = in_pair(work)
    assert not sent.complete
    assert there == sent.frames > 0


def test_progress_is_told_all_and_its_errors_go_on_and_leave_nothing() -> None:
    told: list[int] = []

    def broken(_: int) -> None:
        raise ZeroDivisionError

    def work(lab: Lab) -> tuple[list[int], list[int]]:
        play(lab, {NEAR: Order.of_bytes([frame(1)] * 7)}, progress=told.append)
        with pytest.raises(ZeroDivisionError):
            play(lab, {NEAR: Order.of_bytes([frame(1)], ints(HOUR))}, progress=broken)
        return told, senders()

    steps, left = in_pair(work)
    assert steps == sorted(steps)
    assert steps[-1] == 7
    assert left == []


def test_a_sender_ends_with_whoever_started_it() -> None:
    def work(lab: Lab) -> bool:
        child = os.fork()
        if child == 0:
            play(lab, {NEAR: Order.of_bytes([frame(1), frame(2)], ints(0, HOUR))})
            os._exit(0)
        arrived(lab, 1)
        (sender,) = senders()
        watched = os.pidfd_open(sender)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        return bool(select.select([watched], [], [], 20)[0])

    assert in_pair(work)


def test_a_sender_that_is_killed_is_an_error() -> None:
    def kill(done: int) -> None:
        if done:
            for pid in senders():
                os.kill(pid, signal.SIGKILL)

    def work(lab: Lab) -> None:
        play(lab, {NEAR: Order.of_bytes([frame(1), frame(2)], ints(0, HOUR))}, progress=kill)

    with pytest.raises(EmulatorError, match="sending from a-eth0 has ended early"):
        in_pair(work)


def test_an_interface_that_goes_down_is_an_error() -> None:
    def work(lab: Lab) -> None:
        near = lab["a"].interface(NEAR)

        def take_down(done: int) -> None:
            if done == 1:
                near.down()
                near.node.namespace.netlink.check()

        order = Order.of_bytes([frame(1), frame(2)], ints(0, 300 * MS))
        play(lab, {NEAR: order}, progress=take_down)

    with pytest.raises(EmulatorError, match="a-eth0: Network is down"):
        in_pair(work)


def test_what_the_kernel_drops_is_sent_again() -> None:
    frames = [frame(number) for number in range(300)]

    def work(lab: Lab) -> tuple[Sent, list[bytes]]:
        def tc(*words: str) -> str:
            told: str = lab["a"].run(["tc", *words]).stdout
            return told

        def make_room(done: int) -> None:
            if done == 0 and "(dropped 0," not in tc("-s", "qdisc", "show", "dev", NEAR):
                tc("qdisc", "change", "dev", NEAR, "root", "pfifo", "limit", "1000")

        tc("qdisc", "add", "dev", NEAR, "root", "pfifo", "limit", "0")
        sent = play(lab, {NEAR: Order.of_bytes(frames)}, progress=make_room)[NEAR]
        return sent, arrived(lab, 300)

    sent, there = in_pair(work)
    assert there == frames
    assert (sent.frames, sent.refusals, sent.complete) == (300, 0, True)
    assert sent.waits > 0


def test_there_must_be_something_to_send_and_somewhere_to_send_it() -> None:
    with pytest.raises(ReplayError, match="no interface"):
        in_pair(lambda lab: play(lab, {}))
    with pytest.raises(NodeError, match="x-eth0"):
        in_pair(lambda lab: play(lab, {"x-eth0": Order.of_bytes([frame(1)])}))


def test_an_ordinary_user_may_send(play: Any) -> None:
    from wirelab.traffic.replay.sender import play as send

    def work(lab: Lab) -> dict[str, Any]:
        order = Order.of_bytes([frame(1), frame(2)], ints(0, MS))
        return dict(send(lab, {NEAR: order})[NEAR].as_json())

    told = play(Pair(), work)
    assert (told["frames"], told["complete"]) == (2, True)
