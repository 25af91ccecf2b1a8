"""What an interface is to send."""

from __future__ import annotations

import gzip
import struct
from pathlib import Path

import numpy as np
import pytest
from written import SECOND, pcap

from wirelab.traffic.replay.errors import ReplayError
from wirelab.traffic.replay.order import Order
from wirelab.verify.capture import load_capture

FRAMES = [bytes([number]) * (60 + number) for number in range(5)]


def ints(*values: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.array(values, np.int64)


def frames_of(order: Order) -> list[bytes]:
    data = order.source if isinstance(order.source, bytes) else order.source.read_bytes()
    spans = zip(order.start.tolist(), order.captured.tolist(), strict=True)
    return [data[start : start + size] for start, size in spans]


@pytest.mark.parametrize("form", ["mapped", "small", "compressed"])
def test_chosen_frames_of_a_capture_are_found_however_it_was_loaded(
    tmp_path: Path, form: str
) -> None:
    content = pcap([(n * SECOND, frame, len(frame) + 7) for n, frame in enumerate(FRAMES)])
    path = tmp_path / "capture"
    path.write_bytes(gzip.compress(content) if form == "compressed" else content)
    capture = load_capture(path, small=0 if form != "small" else 1 << 20)
    order = Order.of(path, capture, ints(3, 1, 1), ints(0, 5, 9), 2)
    assert frames_of(order) == [FRAMES[3], FRAMES[1], FRAMES[1]]
    assert order.length.tolist() == [70, 68, 68]
    assert isinstance(order.source, Path) == (form == "mapped")
    assert (len(order), order.total, order.period) == (3, 6, 13)


def test_frames_in_memory_are_an_order_too() -> None:
    order = Order.of_bytes(FRAMES, loops=3)
    assert frames_of(order) == FRAMES
    assert (order.total, order.due, order.period) == (15, None, 0)


def test_no_frame_is_nothing_to_send(tmp_path: Path) -> None:
    with pytest.raises(ReplayError, match="no frame to send"):
        Order.of_bytes([])
    path = tmp_path / "capture"
    path.write_bytes(pcap([]))
    with pytest.raises(ReplayError, match="no frame to send"):
        Order.of(path, load_capture(path), ints())


@pytest.mark.parametrize("loops", [0, -1, 1 << 50])
def test_loops_are_one_at_least_and_not_without_end(loops: int) -> None:
    with pytest.raises(ReplayError, match="loops"):
        Order.of_bytes(FRAMES, loops=loops)


@pytest.mark.parametrize("due", [(0, 1, 2, 3), (-1, 1, 2, 3, 4), (0, 2, 1, 3, 4)])
def test_due_times_are_one_after_the_other_for_each_frame(due: tuple[int, ...]) -> None:
    with pytest.raises(ReplayError, match="due"):
        Order.of_bytes(FRAMES, ints(*due))


def test_loops_neither_overlap_nor_last_for_ever() -> None:
    with pytest.raises(ReplayError, match="loop"):
        Order.of_bytes(FRAMES, ints(0, 1, 2, 3, 4), period=3)
    with pytest.raises(ReplayError, match="loop"):
        Order.of_bytes(FRAMES, ints(0, 1, 2, 3, 4), 1000, period=1 << 60)


def test_a_frame_may_be_as_large_as_the_mtu_a_header_and_a_tag() -> None:
    plain, tagged = struct.pack(">12xH", 0x0800), struct.pack(">12xH", 0x8100)
    sized = [plain.ljust(1514), plain.ljust(1515), tagged.ljust(1518), tagged.ljust(1519)]
    order = Order.of_bytes(sized)
    assert isinstance(order.source, bytes)
    assert order.too_large(1500, np.frombuffer(order.source, np.uint8)).tolist() == [1, 3]
