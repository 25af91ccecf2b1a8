"""A replay of frames, prepared: what it tells, where it is captured, how it is judged."""

from pathlib import Path

import pytest
from captures import numbered, write, write_points

from wirelab.emulator import Captured
from wirelab.topologies.lan import Lan
from wirelab.topologies.span import Span
from wirelab.traffic.replay.besides import told_apart
from wirelab.traffic.replay.errors import ReplayError
from wirelab.traffic.replay.frame_options import FrameOptions, TooLarge
from wirelab.traffic.replay.frames import Frames, prepare
from wirelab.traffic.replay.kind import Played

_C = {"": "c-eth0"}


@pytest.fixture
def frames(tmp_path: Path) -> Frames:
    return prepare(write(tmp_path / "x.pcap", numbered(5)), Lan(), FrameOptions(at=_C, loops=2))


def _came(data: list[bytes], point: str = "s1-eth1") -> list[Captured]:
    return [Captured(number, point, each, False) for number, each in enumerate(data)]


def test_it_is_captured_at_both_ends_of_each_link(frames: Frames, tmp_path: Path) -> None:
    assert frames.points == {"c-eth0": "c-eth0", "s1-eth1": "s1-eth1"}
    path = write_points(tmp_path / "x.pcapng", {"a": numbered(1), "b": numbered(1)})
    both = prepare(path, Span(), FrameOptions(at={"a": "s1-eth4", "b": "m-eth0"}))
    assert both.points == {"s1-eth4": "s1-eth4", "m-eth0": "m-eth0"}


def test_the_points_of_a_scenario_say_where_to(tmp_path: Path) -> None:
    path = write_points(tmp_path / "x.pcapng", {"lan": numbered(2), "wan": numbered(2)})
    asked = prepare(path, Lan(), FrameOptions(), {"lan": "c-eth0", "wan": "s-eth0"})
    assert list(asked.orders) == ["c-eth0", "s-eth0"]
    other = prepare(path, Lan(), FrameOptions(at=_C), {"lan": "x-eth0"})
    assert list(other.orders) == ["c-eth0"]


def test_points_have_one_time_zero(tmp_path: Path) -> None:
    path = write_points(tmp_path / "x.pcapng", {"a": numbered(2), "b": numbered(2)})
    asked = prepare(path, Lan(), FrameOptions(at={"a": "c-eth0", "b": "s-eth0"}))
    due = {name: order.due for name, order in asked.orders.items()}
    assert {name: each.tolist() for name, each in due.items() if each is not None} == {
        "c-eth0": [0, 2_000_000],
        "s-eth0": [1_000_000, 3_000_000],
    }


def test_it_tells_how_many_how_large_and_how_long(frames: Frames) -> None:
    assert frames.total == 10
    assert list(frames.told()) == [
        "c-eth0 → s1-eth1: 5 frames, 2 times of 60 bytes, 600 in all",
        "pace: as recorded; it takes 0.009 s",
    ]
    assert frames.as_json()["interfaces"]["c-eth0"]["bytes"] == 600


def test_what_is_left_out_is_told(tmp_path: Path) -> None:
    path = write(tmp_path / "x.pcap", [*numbered(2), *numbered(3, 2000)])
    asked = prepare(path, Lan(), FrameOptions(at=_C, too_large=TooLarge.SKIP, loops=2))
    assert (asked.total, asked.skipped) == (4, 6)
    assert "left out, larger than their links carry: 6" in asked.told()
    with pytest.raises(ReplayError, match="nothing would be sent"):
        prepare(path, Lan(), FrameOptions(at=_C, too_large=TooLarge.SKIP, filter="frame.len > 99"))


def test_points_that_no_interface_is_named_for_are_told(tmp_path: Path) -> None:
    path = write_points(tmp_path / "x.pcapng", {"a": numbered(2), "b": numbered(3), "c": []})
    asked = prepare(path, Lan(), FrameOptions(at={"a": "c-eth0"}, loops=2))
    assert "3 frames of point b are left out" in asked.told()
    assert asked.as_json()["left_out"] == {"b": 3}
    assert asked.judge(Played(4), _came(numbered(2) * 2)).details["left_out"] == {"b": 3}


def test_every_loop_has_to_arrive(frames: Frames) -> None:
    once, played = numbered(5), Played(10)
    assert not frames.judge(played, _came(once * 2)).problems
    (problem,) = frames.judge(played, _came(once + once[:3])).problems
    assert problem == (
        "2 of 10 frames did not arrive at s1-eth1, the first is frame 4 (60 bytes) in loop 2"
    )
    assert frames.judge(played, _came(once * 2, "c-eth0")).problems


def test_who_else_sent_is_told_apart(frames: Frames) -> None:
    own, back = b"\xff" * 12 + b"\x88\xb6" + bytes(46), b"\xff" * 12 + b"\x88\xb7" + bytes(46)
    seen = [*_came([own, *numbered(5) * 2]), *_came([back], "c-eth0")]
    judged = frames.judge(Played(10), seen)
    assert not judged.problems
    link = judged.details["links"]["c-eth0"]
    assert (sum(link["of_the_node_itself"].values()), sum(link["from_the_lab"].values())) == (1, 1)


def test_what_another_interface_sent_is_not_the_labs(tmp_path: Path) -> None:
    path = write_points(tmp_path / "x.pcapng", {"a": numbered(2), "b": numbered(3, 70)})
    both = prepare(path, Lan(), FrameOptions(at={"a": "c-eth0", "b": "s-eth0"}, loops=2))
    sent = [*_came(numbered(2) * 2), *_came(numbered(3, 70) * 2, "s1-eth3")]
    answer = numbered(3, 70)[2]  # the lab says the same once more
    back = _came([*numbered(3, 70) * 2, answer], "c-eth0")
    judged = both.judge(Played(10), [*sent, *back])
    link = judged.details["links"]["c-eth0"]
    assert not judged.problems
    assert (link["from_other_interfaces"], sum(link["from_the_lab"].values())) == (6, 1)
    assert not judged.details["links"]["s-eth0"]["from_the_lab"]


def test_of_what_the_lab_sends_back_not_all_is_kept() -> None:
    came = (Captured(number, "c-eth0", bytes(60), False) for number in range(20_000))
    back = told_apart(came, [bytes(60)], 5)
    assert (back.replayed, back.others.count, len(back.others.kept)) == (5, 19_995, 10_000)


@pytest.mark.parametrize(("received", "problems"), [(10, 0), (12, 0), (9, 1)])
def test_where_the_capture_has_holes_frames_are_counted(
    received: int, problems: int, frames: Frames
) -> None:
    played = Played(10, {}, {"interfaces": {"c-eth0": {"frames": 10}}})
    judged = frames.count(played, {"s1-eth1": received, "c-eth0": 0})
    assert len(judged.problems) == problems
